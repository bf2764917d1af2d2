"""States follow from what was read, and the books balance whatever comes."""

from datetime import UTC, datetime, timedelta

import hypothesis
import hypothesis.strategies as st
import pytest

from groundswell_collector.health import (
    Books,
    Counted,
    booked,
    state_after_failure,
    state_after_success,
)
from groundswell_core.errors import InvalidInput, Unavailable
from groundswell_core.source_records import HealthState

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
LONG_AGO = NOW - timedelta(days=100)


@pytest.mark.parametrize(
    ("quiet", "week_count", "state"),
    [
        (23 * HOUR, 1000, HealthState.HEALTHY),
        (25 * HOUR, 1000, HealthState.SILENT),
        (25 * HOUR, 50, HealthState.HEALTHY),
        (34 * HOUR, 50, HealthState.SILENT),
        (30 * 24 * HOUR, 0, HealthState.HEALTHY),
        (71 * 24 * HOUR, 0, HealthState.SILENT),
    ],
)
def test_a_source_is_silent_when_quiet_for_far_longer_than_usual(quiet, week_count, state):
    assert state_after_success(NOW, LONG_AGO, NOW - quiet, week_count) is state


def test_a_young_source_is_measured_by_its_own_life():
    made = NOW - 2 * HOUR
    assert state_after_success(NOW, made, None, 0) is HealthState.HEALTHY
    assert state_after_success(NOW + 30 * HOUR, made, made + HOUR, 100) is HealthState.SILENT


def test_a_bad_moment_is_unreachable_and_all_else_is_failing():
    assert state_after_failure(Unavailable("x")) is HealthState.UNREACHABLE
    assert state_after_failure(InvalidInput("x")) is HealthState.FAILING
    assert state_after_failure(KeyError("x")) is HealthState.FAILING


counts = st.builds(
    lambda stored, dead, dropped, duplicate: Counted(
        fetched=stored + dead + dropped + duplicate,
        stored=stored,
        dead_lettered=dead,
        dropped=dropped,
    ),
    *(st.integers(0, 1000),) * 4,
)


@hypothesis.given(st.lists(counts))
def test_the_books_balance_after_any_batches(batches):
    books = Books()
    for counted in batches:
        books = booked(books, counted)
    assert books.batch == len(batches)
    assert books.fetched_count == (
        books.stored_count + books.duplicate_count + books.dead_lettered_count + books.dropped_count
    )
    assert books.stored_count == sum(item.stored for item in batches)


async def test_a_reset_starts_the_counts_anew_but_not_the_batches(stores):
    books = await stores.healths.open_books("one")
    await stores.healths.book("one", books, Counted(fetched=3, stored=2), NOW)
    await stores.healths.reset("one")
    assert await stores.healths.open_books("one") == Books(batch=1)
    assert (await stores.healths.of(["one"]))["one"].last_document_time is None


async def test_a_source_whose_reads_succeed_without_news_becomes_silent(stores):
    await stores.healths.open_books("one")
    later = NOW + timedelta(seconds=60)
    first = await stores.healths.succeeded("one", NOW, NOW, later)
    assert first is HealthState.HEALTHY
    assert await stores.healths.succeeded("one", LONG_AGO, NOW, later) is HealthState.SILENT
    health = (await stores.healths.of(["one"]))["one"]
    assert (health.state, health.last_success_time) == (HealthState.SILENT, NOW)
