"""What a replay found, from the traces of its stories."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell_analyzer.backtest.report import suggested, thresholds_of
from groundswell_analyzer.backtest.trace import Trace
from groundswell_core.grades import Level

START = datetime(2026, 11, 1, tzinfo=UTC)
CLIMBS = st.lists(st.floats(1, 100), min_size=1, max_size=8)


def trace(*scores: float, level: Level = Level.IV, peak: float = 4.0) -> Trace:
    """A story graded every hour."""
    made = Trace(story="s")
    for hour, score in enumerate(scores):
        made.note(START + timedelta(hours=hour), level, score, is_alarm=True)
    made.peak_time = START + timedelta(hours=peak)
    return made


def test_an_alarm_is_raised_once_however_long_it_lasts():
    assert len(trace(30, 40, 50).fired) == 1


def test_an_alarm_that_ended_is_a_new_one_when_it_comes_again():
    made = trace(30)
    made.note(START + timedelta(hours=1), Level.NONE, 10, is_alarm=False)
    made.note(START + timedelta(hours=2), Level.IV, 30, is_alarm=True)
    assert [fired.time.hour for fired in made.fired] == [0, 2]


def test_a_higher_threshold_fires_later_or_never():
    made = trace(30, 45, 40, 60)
    assert made.first(20, Level.IV).time == START
    assert made.first(45, Level.IV).time == START + timedelta(hours=1)
    assert made.first(46, Level.IV).time == START + timedelta(hours=3)
    assert made.first(61, Level.IV) is None


def test_a_score_below_the_lowest_level_that_alerts_raises_nothing():
    made = trace(30, 45)
    assert made.first(0, Level.III) is None
    assert made.alarm_score(Level.III) == 0


@pytest.mark.parametrize(
    ("wanted", "expected"), [(10, 0.0), (3, 0.0), (2, 30.1), (1, 45.1), (0, 60.1)]
)
def test_the_suggested_score_lets_as_many_alarms_through_as_wanted(wanted, expected):
    traces = [trace(30), trace(45), trace(60)]
    assert suggested(traces, wanted, Level.IV) == pytest.approx(expected)


@given(climbs=st.lists(CLIMBS, max_size=30), wanted=st.floats(0, 40))
def test_no_more_alarms_than_wanted_come_with_the_suggested_score(climbs, wanted):
    traces = [trace(*scores) for scores in climbs]
    score = suggested(traces, wanted, Level.IV)
    if score is not None:
        fired = [one for one in traces if one.first(score, Level.IV) is not None]
        assert len(fired) <= wanted


@given(climbs=st.lists(CLIMBS, max_size=30))
def test_alarms_a_day_never_rise_with_the_threshold(climbs):
    points = thresholds_of([trace(*scores) for scores in climbs], (), 2, Level.IV)
    rates = [point.alarms_per_day for point in points]
    assert rates == sorted(rates, reverse=True)


def test_the_lead_of_a_threshold_is_that_of_the_alarms_it_raises():
    points = {
        point.score: point for point in thresholds_of([trace(30, 50, peak=4)], (), 1, Level.IV)
    }
    assert points[30].median_lead == timedelta(hours=4)
    assert points[50].median_lead == timedelta(hours=3)
    assert points[52].median_lead is None
