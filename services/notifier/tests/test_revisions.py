import asyncio
from datetime import timedelta

import pytest

from groundswell_core.errors import Stalled
from groundswell_notifier import stores
from groundswell_notifier.revisions import Change, RevisionLog


def change(name: str) -> Change:
    return Change(message_id=name, kind="received", department="", exercise=False, payload=b"")


@pytest.fixture
async def make_log(database, clock):
    await database.ensure(stores.ALERT_LOG)

    async def make():
        log = RevisionLog(database.collection("alert_log"), clock)
        await log.start()
        return log

    return make


async def revs(log):
    return [revision.rev for revision in await log.read(0, 10_000)]


async def test_revisions_follow_each_other_without_a_gap(make_log):
    log = await make_log()
    await log.append([change("a"), change("b")])
    assert await log.append([change("c")]) == {"c": 3}
    assert await revs(log) == [1, 2, 3]


async def test_a_change_that_is_logged_already_keeps_its_revision_and_the_rest_goes_on(make_log):
    log = await make_log()
    await log.append([change("a"), change("b")])
    again = await make_log()
    assert await again.append([change("b"), change("c"), change("a"), change("d")]) == {
        "a": 1,
        "b": 2,
        "c": 3,
        "d": 4,
    }
    assert await revs(log) == [1, 2, 3, 4]


async def test_a_writer_that_slept_through_a_take_over_is_refused_and_leaves(make_log):
    zombie, heir = await make_log(), await make_log()
    await zombie.append([change("a")])
    await heir.append([change("b")])
    with pytest.raises(Stalled, match="another writer"):
        await zombie.append([change("c")])
    assert await revs(heir) == [1, 2]


async def test_the_first_conflict_after_a_take_over_is_the_predecessors_last_word(make_log):
    old, heir = await make_log(), await make_log()
    await old.append([change("a")])
    await heir.take_over()
    heir._maximum = await heir.last()
    await old.append([change("b")])
    assert await heir.append([change("c")]) == {"c": 3}


async def test_many_writers_at_once_leave_no_gap(make_log):
    logs = [await make_log() for _ in range(4)]

    async def write(number, log):
        for index in range(20):
            while True:
                await log.take_over()
                try:
                    await log.append([change(f"{number}-{index}")])
                    break
                except Stalled:
                    continue

    await asyncio.gather(*(write(number, log) for number, log in enumerate(logs)))
    assert await revs(logs[0]) == list(range(1, 81))


async def test_history_is_kept_by_number_and_by_age_and_stays_without_a_gap(make_log, clock):
    log = await make_log()
    for index in range(10):
        await log.append([change(str(index))])
        await clock.move(3600)
    assert await log.prune(keep=3, younger_than=timedelta(hours=20)) == 0
    assert await log.prune(keep=3, younger_than=timedelta(hours=5, minutes=30)) == 5
    assert (await revs(log), await log.earliest()) == ([6, 7, 8, 9, 10], 6)
    assert await log.prune(keep=1, younger_than=timedelta(0)) == 4
    assert await log.append([change("x")]) == {"x": 11}


async def test_a_log_keeps_its_incarnation_over_restarts(make_log, database):
    log = await make_log()
    assert (await make_log()).incarnation == log.incarnation
    await database.collection("alert_log").delete_many({})
    assert (await make_log()).incarnation != log.incarnation
