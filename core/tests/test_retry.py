"""Retries and time: how long, how often, and a clock that tests can move."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell_core.clock import SystemClock, milliseconds
from groundswell_core.errors import Aborted, InvalidInput, Unavailable
from groundswell_core.retry import RetryPolicy, retry
from groundswell_core.testing.clock import FakeClock


class Flaky:
    """Fails as often as it is told, then answers."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.calls = 0
        self.waits: list[float] = []

    async def __call__(self) -> str:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return "done"

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)


def at_most(low: float, high: float) -> float:
    return high


def test_the_ceiling_doubles_up_to_its_maximum_and_never_overflows() -> None:
    policy = RetryPolicy(initial_interval=0.2, maximum_interval=30.0)
    ceilings = [policy.ceiling(attempt) for attempt in (1, 2, 3, 8, 9, 10_000)]
    assert ceilings == [0.2, 0.4, 0.8, 25.6, 30.0, 30.0]


@given(st.integers(1, 100), st.floats(0.0, 100.0))
def test_a_wait_is_never_longer_than_the_ceiling_nor_shorter_than_was_asked(
    attempt: int, asked: float
) -> None:
    policy = RetryPolicy()
    assert 0.0 <= policy.wait(attempt) <= policy.ceiling(attempt)
    error = Unavailable("busy", retry_after=asked)
    assert asked <= policy.wait(attempt, error) <= max(asked, policy.ceiling(attempt))


async def test_bad_moments_are_waited_out_as_the_policy_says() -> None:
    call = Flaky(Unavailable("1"), Unavailable("2", retry_after=9.0), Unavailable("3"))
    assert await retry(call, RetryPolicy(jitter=at_most), sleep=call.sleep) == "done"
    assert call.waits == [0.2, 9.0, 0.8]


async def test_attempts_end_where_the_policy_says() -> None:
    call = Flaky(*[Unavailable(str(number)) for number in range(9)])
    with pytest.raises(Unavailable, match="2"):
        await retry(call, RetryPolicy(maximum_attempts=3), sleep=call.sleep)
    assert (call.calls, len(call.waits)) == (3, 2)


@pytest.mark.parametrize("error", [InvalidInput("x"), Aborted("x"), ZeroDivisionError()])
async def test_only_bad_moments_are_tried_again(error: Exception) -> None:
    call = Flaky(error)
    with pytest.raises(type(error)):
        await retry(call, RetryPolicy(), sleep=call.sleep)
    assert call.calls == 1


async def test_sleepers_wake_in_the_order_of_their_times_and_see_them(clock: FakeClock) -> None:
    woken: list[tuple[str, float]] = []

    async def sleeper(name: str, seconds: float) -> None:
        await clock.sleep(seconds)
        woken.append((name, clock.monotonic()))

    tasks = [asyncio.create_task(sleeper(n, s)) for n, s in (("b", 20), ("a", 10), ("c", 31))]
    await clock.move(30)
    assert woken == [("a", 10.0), ("b", 20.0)]
    assert (clock.sleepers, clock.monotonic()) == (1, 30.0)
    assert clock.now() == datetime(2026, 1, 5, 8, 0, 30, tzinfo=UTC)
    await clock.move(1)
    assert woken[-1] == ("c", 31.0)
    await asyncio.gather(*tasks)


async def test_a_sleeper_that_sleeps_again_is_woken_again_in_one_move(clock: FakeClock) -> None:
    beats: list[float] = []

    async def beat() -> None:
        while True:
            await clock.sleep(1)
            beats.append(clock.monotonic())

    task = asyncio.create_task(beat())
    await clock.move(5)
    assert beats == [1.0, 2.0, 3.0, 4.0, 5.0]
    task.cancel()
    await clock.move(5)
    assert (len(beats), clock.sleepers) == (5, 0)


async def test_no_time_at_all_is_slept_without_a_move(clock: FakeClock) -> None:
    await clock.sleep(0)
    await clock.sleep(-1)
    assert clock.monotonic() == 0.0


async def test_the_system_clock_is_aware_and_goes_forward() -> None:
    clock = SystemClock()
    before, started = clock.now(), clock.monotonic()
    await clock.sleep(0.01)
    assert clock.now().utcoffset() == timedelta(0)
    assert clock.now() > before
    assert clock.monotonic() - started >= 0.009


def test_a_time_is_cut_to_what_mongodb_keeps() -> None:
    moment = datetime(2026, 1, 5, 8, 0, 0, 123_999, tzinfo=UTC)
    assert milliseconds(moment) == moment.replace(microsecond=123_000)
