"""A broken source shows why, and stops nobody else."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from groundswell_core.errors import InvalidInput, Unavailable
from groundswell_core.source_records import HealthState

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("failure", "state", "message"),
    [
        (RuntimeError("boom"), HealthState.FAILING, "RuntimeError: boom"),
        (InvalidInput("it serves HTML"), HealthState.FAILING, "it serves HTML"),
        (Unavailable("no route to host"), HealthState.UNREACHABLE, "no route to host"),
        (asyncio.CancelledError(), HealthState.FAILING, "cancelled its own read"),
        (RecursionError("deep \ud800\x00"), HealthState.FAILING, "RecursionError: deep"),
        ([{"documents": []}], HealthState.FAILING, "it must yield Batch"),
        (
            Unavailable("GET https://u:hunter2@one.example/?token=hunter2 failed"),
            HealthState.UNREACHABLE,
            "failed",
        ),
    ],
    ids=["a bug", "bad content", "unreachable", "cancels itself", "odd text", "a dict", "a secret"],
)
async def test_a_broken_source_shows_why_and_the_others_go_on(
    collector, running, script, make_source, make_batch, eventually, failure, state, message
):
    script.yields("sources/bad", failure)
    script.yields("sources/good", [make_batch("1", "a")])
    for name in ("bad", "good"):
        await collector.stores.sources.create(make_source(name), NOW)
    async with running(collector) as now:
        await now.asleep()
        bad, good = await now.health("bad"), await now.health("good")
        assert (bad.state, bad.consecutive_failures) == (state, 1)
        assert message in bad.last_error
        assert "hunter2" not in bad.last_error
        assert (good.state, good.stored_count) == (HealthState.HEALTHY, 1)
        await now.pass_time(60)
        await eventually(lambda: script.count("sources/good") == 2)
        await eventually(lambda: script.count("sources/bad") > 1)


async def test_a_source_that_recovers_is_healthy_again(
    collector, running, script, make_source, eventually
):
    script.yields("sources/one", RuntimeError("boom"), RuntimeError("boom"), [])
    await collector.stores.sources.create(make_source(), NOW)
    async with running(collector) as now:
        for seconds in (0, 5, 10):
            await now.pass_time(seconds)
        await eventually(lambda: script.count("sources/one") == 3)
        await now.asleep()
        health = await now.health()
    assert (health.state, health.last_error) == (HealthState.HEALTHY, "")
    assert health.consecutive_failures == 0
    assert health.next_read_time == health.last_success_time + timedelta(seconds=60)


async def test_a_config_that_its_kind_no_longer_takes_is_named(
    collector, running, script, make_source
):
    await collector.stores.sources.create(make_source(config={"uri": "x"}), NOW)
    await collector.stores.sources.create(make_source("two", kind="gone"), NOW)
    async with running(collector) as now:
        await now.asleep()
        assert "config.uri" in (await now.health()).last_error
        assert 'no kind "gone"' in (await now.health("two")).last_error
    assert not script.reads


class _Away:
    """A store that is away."""

    def __init__(self, wrapped, *names):
        self._wrapped, self._names = wrapped, names

    def __getattr__(self, name):
        if name not in self._names:
            return getattr(self._wrapped, name)

        async def fail(*given, **named):
            raise Unavailable("MongoDB did not answer in time")

        return fail


async def test_a_store_that_is_away_is_not_held_against_the_source(
    collector, running, script, make_source, make_batch, eventually
):
    script.yields("sources/one", [make_batch("1", "a")])
    await collector.stores.sources.create(make_source(), NOW)
    whole = collector.publisher._inbox
    collector.publisher._inbox = _Away(whole, "add")
    async with running(collector) as now:
        await now.asleep()
        assert (await now.health()).consecutive_failures == 0
        collector.publisher._inbox = whole
        await now.pass_time(2)
        await eventually(lambda: script.count("sources/one") == 2)
        await now.asleep()
        assert (await now.health()).stored_count == 1
