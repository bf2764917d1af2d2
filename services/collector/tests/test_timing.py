"""When a source is read next: jitter, back-off, and what was planned before a restart."""

from datetime import UTC, datetime, timedelta

import pytest

from groundswell_collector.timing import Timing
from groundswell_core.errors import InvalidInput, Unavailable
from groundswell_core.source_records import SourceHealth

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


def highest(low, high):
    return high


def lowest(low, high):
    return low


def timing(uniform):
    return Timing(interval=300.0, spread=5.0, maximum_backoff=900.0, uniform=uniform)


def test_reads_start_an_interval_apart_within_a_tenth(make_source):
    source = make_source(interval=timedelta(seconds=100))
    assert timing(lowest).after_success(source, 0.0) == pytest.approx(90)
    assert timing(highest).after_success(source, 10.0) == pytest.approx(100)
    assert timing(highest).after_success(source, 500.0) == 0


def test_a_source_without_an_interval_takes_the_collector_s(make_source):
    assert timing(highest).of(make_source(interval=None)) == 300


@pytest.mark.parametrize(
    ("failures", "longest"), [(1, 10), (2, 20), (4, 80), (7, 640), (8, 900), (1000, 900)]
)
def test_failures_back_off_doubling_to_a_quarter_of_an_hour(make_source, failures, longest):
    error = InvalidInput("broken")
    assert timing(highest).after_failure(make_source(), failures, error) == longest
    assert timing(lowest).after_failure(make_source(), failures, error) == 1


def test_a_rare_source_backs_off_to_its_own_interval(make_source):
    rare = make_source(interval=timedelta(hours=6))
    assert timing(highest).after_failure(rare, 1000, InvalidInput("broken")) == 6 * 3600


def test_a_quick_source_is_tried_again_quickly(make_source):
    quick = make_source(interval=timedelta(seconds=1))
    assert timing(highest).after_failure(quick, 1, InvalidInput("broken")) == 1


def test_a_host_that_says_how_long_to_wait_is_left_alone_so_long(make_source):
    busy = Unavailable("busy", retry_after=1800.0)
    assert timing(lowest).after_failure(make_source(), 1, busy) == 1800


def test_first_reads_are_spread(make_source):
    assert timing(highest).first(make_source(), SourceHealth(), NOW) == 5
    quick = make_source(interval=timedelta(seconds=1))
    assert timing(highest).first(quick, SourceHealth(), NOW) == 1


def test_a_restart_keeps_what_was_planned(make_source):
    planned = SourceHealth(next_read_time=NOW + timedelta(seconds=40))
    assert timing(lowest).first(make_source(), planned, NOW) == 40
    past = SourceHealth(next_read_time=NOW - timedelta(seconds=40))
    assert timing(lowest).first(make_source(), past, NOW) == 0
    absurd = SourceHealth(next_read_time=NOW + timedelta(days=40))
    assert timing(lowest).first(make_source(), absurd, NOW) == 900
