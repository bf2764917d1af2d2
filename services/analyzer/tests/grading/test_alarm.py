"""An alarm begins with level and score, and ends with its level or a score that stays too low."""

from __future__ import annotations

from datetime import timedelta

import pytest
from harness.grades import NOW

from groundswell_analyzer.grading import load_rules
from groundswell_analyzer.grading.alarm import Alarm, next_alarm
from groundswell_core.grades import Grade, Level
from groundswell_core.monitors import Monitor

RULES = load_rules()


def alarms(*scores: float, least: float | None = 50.0, level: Level = Level.III) -> list[Alarm]:
    """Returns the alarm after each score, ten minutes apart."""
    monitor = Monitor(name="monitors/m", alert_level=Level.IV, alert_score=least)
    found, alarm = [], Alarm()
    for index, score in enumerate(scores):
        moment = NOW + timedelta(minutes=10 * index)
        alarm = next_alarm(alarm, Grade(level=level, score=score), monitor, RULES, moment)
        found.append(alarm)
    return found


@pytest.mark.parametrize(
    ("scores", "is_on"),
    [
        ([49.9], [False]),
        ([50], [True]),
        ([50, 46], [True, True]),
        ([50, 45, 45], [True, True, True]),
        ([50, 45, 45, 45], [True, True, True, False]),
        ([50, 45, 50, 45, 50], [True] * 5),
    ],
    ids=["under it", "at it", "just below", "below for ten minutes", "for twenty", "trembling"],
)
def test_no_alarm_is_raised_under_the_score_that_alerts(scores, is_on):
    assert [alarm.is_on for alarm in alarms(*scores)] == is_on


def test_without_a_score_the_level_alone_decides():
    assert alarms(1, least=None)[0].is_on
    assert not alarms(99, least=None, level=Level.NONE)[0].is_on


def test_each_time_that_an_alarm_begins_is_counted():
    assert [alarm.count for alarm in alarms(60, 60, 10, 10, 10, 60)] == [1, 1, 1, 1, 1, 2]
