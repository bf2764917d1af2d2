"""A new monitor works from its first hour: what was usual is read from stored documents."""

from __future__ import annotations

from datetime import timedelta

import pytest_asyncio

from groundswell_analyzer.stories.backfill import past_hours
from groundswell_analyzer.stories.newcomers import Newcomers
from groundswell_analyzer.stories.usual import UsualKeeper
from groundswell_core.monitors import Monitor, MonitorState

QUAKE = "四川宜宾发生5.0级地震"
BLAST = "山西一煤矿发生瓦斯爆炸事故"
QUERY = "地震 OR 爆炸"
HOUR = timedelta(hours=1)
PAST = [timedelta(days=day, hours=hour) for day in (1, 2, 3) for hour in (0, 1)]


@pytest_asyncio.fixture
async def stored(analyzer, write, clock):
    """Gives an analyzer that gathered four documents about quakes in each of six past hours."""
    for ago in sorted(PAST, reverse=True):
        await analyzer.send(
            *(
                write(QUAKE, source=f"s{n}", key=f"{ago}-{n}", time=clock.now() - ago)
                for n in range(4)
            )
        )
    return analyzer


def usual_of(analyzer) -> UsualKeeper:
    return UsualKeeper(analyzer.database.collection("baselines"), analyzer.keeper.grader.snapshots)


def newcomers(analyzer) -> Newcomers:
    made = Newcomers(
        analyzer.book,
        analyzer.database.collection("documents"),
        usual_of(analyzer),
        analyzer.clock,
        analyzer.keeper.events,
    )
    analyzer.book.follow(lambda book: made.look())
    return made


async def learn_all(waiting: Newcomers) -> int:
    learned = 0
    while await waiting.learn_next():
        learned += 1
    return learned


async def burst(analyzer, write) -> dict:
    """Sends ten documents of one hour about a blast; returns the grade of their story."""
    await analyzer.send(*(write(BLAST, source=f"b{n}", key=f"b{n}") for n in range(10)))
    records = [record for record in await analyzer.stories() if BLAST[:4] in record["headline"]]
    return records[0]["grades"][0]


async def test_a_new_monitor_grades_its_first_burst_against_what_was_usual(stored, write, clock):
    waiting = newcomers(stored)
    await stored.monitor("new", QUERY)
    assert await learn_all(waiting) == 1
    assert stored.keeper.grader.hours.usual("monitors/new", clock.now()).value == 4.0
    graded = await burst(stored, write)
    assert graded["snapshot"]["usual_hour"] == 4.0
    assert graded["snapshot"]["last_hour"] == 10


async def test_without_a_past_a_burst_is_graded_against_the_rules_own_number(stored, write):
    await stored.monitor("new", QUERY)
    assert (await burst(stored, write))["snapshot"]["usual_hour"] == 1.0


async def test_a_past_that_was_learned_outlives_a_restart_and_is_not_learned_again(stored, clock):
    waiting = newcomers(stored)
    await stored.monitor("new", QUERY)
    await learn_all(waiting)
    await stored.start()
    await usual_of(stored).load()
    assert stored.keeper.grader.hours.usual("monitors/new", clock.now()).value == 4.0
    assert await learn_all(newcomers(stored)) == 0


async def test_a_monitor_made_while_nobody_looked_is_given_a_past_at_the_start(stored, clock):
    await stored.monitor("new", QUERY)
    assert await learn_all(newcomers(stored)) == 1
    assert stored.keeper.grader.hours.usual("monitors/new", clock.now()) is not None


async def test_repeats_replace_and_keep_peaks(stored, clock):
    usual, collection = usual_of(stored), stored.database.collection("baselines")
    hours = await past_hours(
        stored.database.collection("documents"),
        Monitor(name="monitors/a", query=QUERY),
        clock.now(),
    )
    assert set(hours.values()) == {4.0}
    assert len(hours) == len(PAST)
    await usual.learn_past("monitors/a", hours, clock.now())
    await collection.update_many({}, {"$set": {"peaks": {"story": 9.0}}})
    await usual.learn_past("monitors/a", hours, clock.now())
    records = await collection.find({})
    assert len(records) == len(PAST)
    assert all(record["peaks"] == {"story": 9.0} for record in records)


async def test_another_query_has_another_past(stored, clock):
    waiting = newcomers(stored)
    made = await stored.monitor("new", QUERY)
    await learn_all(waiting)
    await stored.store.update(Monitor(name=made.name, query="洪水"))
    await stored.book.refresh()
    assert await learn_all(waiting) == 1
    assert stored.keeper.grader.hours.usual(made.name, clock.now()) is None
    assert await stored.database.collection("baselines").find({}) == []


async def test_a_monitor_that_was_off_keeps_its_past(stored, clock):
    waiting = newcomers(stored)
    made = await stored.monitor("new", QUERY)
    await learn_all(waiting)
    for state in (MonitorState.OFF, MonitorState.ON):
        await stored.store.update(Monitor(name=made.name, query=QUERY, state=state))
        await stored.book.refresh()
    assert await learn_all(waiting) == 0
    assert stored.keeper.grader.hours.usual(made.name, clock.now()).value == 4.0


async def test_a_deleted_monitor_is_forgotten(stored):
    waiting = newcomers(stored)
    made = await stored.monitor("new", QUERY)
    await learn_all(waiting)
    await stored.store.delete(made.name)
    await stored.book.refresh()
    assert await learn_all(waiting) == 1
    assert await stored.database.collection("baselines").find({}) == []


async def test_of_more_documents_than_are_read_the_hours_that_were_read_whole_count(stored, clock):
    documents = stored.database.collection("documents")
    monitor = Monitor(name="monitors/a", query=QUERY)
    await documents.update_many({}, {"$set": {"near_copy": False}})
    some = await past_hours(documents, monitor, clock.now(), most=9)
    assert sorted(some) == [
        clock.now().replace(minute=0, second=0, microsecond=0) - timedelta(days=1, hours=one)
        for one in (1, 0)
    ]
    assert len(await past_hours(documents, monitor, clock.now(), most=24 + 1)) == len(PAST)


async def test_a_query_that_does_not_parse_has_no_past(stored, clock):
    broken = Monitor(name="monitors/a", query="(地震 AND")
    assert await past_hours(stored.database.collection("documents"), broken, clock.now()) == {}


async def test_drills_and_withdrawn_documents_are_no_past(stored, write, clock):
    documents, monitor = stored.database.collection("documents"), Monitor(name="m", query=QUERY)
    await documents.update_many({}, {"$set": {"analysis.document.state": "WITHDRAWN"}})
    assert await past_hours(documents, monitor, clock.now()) == {}
    await stored.send(write(QUAKE, exercise=True, time=clock.now() - 5 * HOUR))
    assert await past_hours(documents, monitor, clock.now()) == {}
