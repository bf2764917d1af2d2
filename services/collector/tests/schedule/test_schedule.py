"""Sources are read at their time, by one collector, and a broken one stops nobody else."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from groundswell_collector.stores import open_stores
from groundswell_core.source_records import HealthState, SourceState

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


async def test_a_source_is_read_at_its_interval_and_goes_on_from_its_cursor(
    collector, running, script, make_source, make_batch, eventually
):
    script.yields("sources/one", [make_batch("1", "a")], [make_batch("2", "b")], [])
    await collector.stores.sources.create(make_source(), NOW)
    async with running(collector) as now:
        await eventually(lambda: script.count("sources/one") == 1)
        await now.pass_time(59)
        await now.asleep()
        assert script.count("sources/one") == 1
        await now.pass_time(1)
        await eventually(lambda: script.count("sources/one") == 2)
        await now.pass_time(60)
        await eventually(lambda: script.count("sources/one") == 3)
    assert [cursor for _, cursor in script.reads] == [None, "1", "2"]
    assert script.opened == script.closed == 3


async def test_a_new_source_is_read_at_once_and_a_deleted_one_no_more(
    collector, running, script, make_source, eventually
):
    async with running(collector) as now:
        await now.asleep()
        await collector.stores.sources.create(make_source(), NOW)
        now.changes.notify()
        await eventually(lambda: script.count("sources/one") == 1)
        await now.asleep()
        await collector.stores.sources.delete("one", NOW)
        now.changes.notify()
        await eventually(lambda: not now.schedule._running)
        await now.pass_time(600)
        await now.asleep()
        assert script.count("sources/one") == 1


async def test_a_paused_source_rests_until_it_is_resumed(
    collector, running, script, make_source, eventually
):
    sources = collector.stores.sources
    await sources.create(make_source(state=SourceState.PAUSED), NOW)
    async with running(collector) as now:
        await now.pass_time(600)
        assert script.count("sources/one") == 0
        await sources.set_state("one", SourceState.ACTIVE, NOW)
        now.changes.notify()
        await eventually(lambda: script.count("sources/one") == 1)
        await now.asleep()
        await sources.set_state("one", SourceState.PAUSED, NOW)
        now.changes.notify()
        await eventually(lambda: not now.schedule._running)


async def test_a_change_through_another_collector_is_seen_by_polling(
    collector, running, script, make_source, eventually
):
    async with running(collector) as now:
        await now.asleep()
        await collector.stores.sources.create(make_source(), NOW)
        await now.pass_time(9)
        assert script.count("sources/one") == 0
        await now.pass_time(1)
        await eventually(lambda: script.count("sources/one") == 1)


async def test_a_batch_in_hand_is_finished_before_a_source_is_given_up(
    collector, running, script, make_source, make_batch, eventually
):
    script.yields("sources/one", [make_batch("1", "a")])
    await collector.stores.sources.create(make_source(), NOW)
    reached, go_on, whole = asyncio.Event(), asyncio.Event(), collector.publisher.send

    async def slow(entries):
        reached.set()
        await go_on.wait()
        await whole(entries)

    collector.publisher.send = slow
    async with running(collector) as now:
        await reached.wait()
        await collector.stores.sources.delete("one", NOW)
        now.changes.notify()
        await eventually(lambda: not now.schedule._running)
        assert (await collector.stores.cursors.acquire(make_source())).cursor is None
        go_on.set()
        await now.asleep()
    assert (await collector.stores.cursors.acquire(make_source())).cursor == "1"


async def test_reading_waits_while_too_much_is_unconfirmed(
    build,
    stores,
    producer,
    settings,
    running,
    script,
    make_source,
    make_batch,
    eventually,
    database,
):
    collector = build(stores, producer, settings.model_copy(update={"maximum_unconfirmed": 1}))
    script.yields("sources/one", [make_batch("1", "a", "b"), make_batch("2", "c")])
    await stores.sources.create(make_source(), NOW)
    async with running(collector) as now:
        await now.asleep()
        assert (await now.health()).stored_count == 2
        ids = [item["_id"] for item in await database.collection("inbox").find({})]
        await stores.inbox.confirm(ids, NOW)
        await now.pass_time(1)
        await eventually(lambda: _stored(now, 3))


async def _stored(now, count):
    return (await now.health()).stored_count == count


async def test_a_source_that_never_ends_its_read_is_healthy_meanwhile(
    collector, running, script, make_source, make_batch, clock, eventually
):
    async def push():
        for number in range(100):
            yield make_batch(str(number), f"d{number}")
            await clock.sleep(1)

    script.yields("sources/one", push)
    await collector.stores.sources.create(make_source(), NOW)
    async with running(collector) as now:
        await now.asleep()
        assert (await now.health()).state is HealthState.HEALTHY
        await now.pass_time(1)
        await eventually(lambda: _stored(now, 2))
    assert script.closed == 1


async def test_two_collectors_share_sources_and_one_takes_over_from_the_other(
    build, stores, producer, database, settings, running, script, make_source, eventually
):
    there = build(await open_stores(database, settings, owner="there:1"), producer)
    here = build(stores, producer)
    await stores.sources.create(make_source(), NOW)
    async with AsyncExitStack() as second:
        async with running(here) as first:
            await eventually(lambda: script.count("sources/one") == 1)
            await first.asleep()
            now = await second.enter_async_context(running(there))
            await eventually(lambda: now.clock.sleepers == 4)
            assert script.count("sources/one") == 1
        await now.asleep()
        await now.clock.move(61)
        await eventually(lambda: script.count("sources/one") == 2)


async def test_a_source_whose_settings_change_is_read_anew(
    collector, running, script, make_source, eventually
):
    made = await collector.stores.sources.create(make_source(), NOW)
    async with running(collector) as now:
        await now.asleep()
        changed = replace(made, config={"url": "https://other.example/"})
        await collector.stores.sources.update(changed, NOW + timedelta(seconds=1))
        now.changes.notify()
        await eventually(lambda: script.count("sources/one") == 2)
