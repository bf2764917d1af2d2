"""Whether a grade is worth an alarm: kept for monitors in shadow too, so that both can be compared."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from groundswell_analyzer.grading.rules import Rules
from groundswell_core.grades import Grade, Level
from groundswell_core.monitors import Monitor


@dataclass(frozen=True, slots=True)
class Alarm:
    """Whether a story is an alarm for a monitor, since when its score is too low, how often it was."""

    is_on: bool = False
    low_since: datetime | None = None
    count: int = 0


def next_alarm(before: Alarm, grade: Grade, monitor: Monitor, rules: Rules, now: datetime) -> Alarm:
    """Returns the alarm after a grade.

    The level alone ends an alarm, as it is held against flapping itself; a score under the
    monitor's alert_score ends one only after as long and as far below as a level is held.
    """
    if grade.level < max(monitor.alert_level, Level.IV):
        return Alarm(count=before.count)
    least = monitor.alert_score or 0.0
    if grade.score >= least:
        return Alarm(is_on=True, count=before.count + (not before.is_on))
    if not before.is_on or grade.score >= least - rules.hysteresis.margin:
        return replace(before, low_since=None)
    low_since = min(before.low_since or now, now)
    is_over = now - low_since >= timedelta(minutes=rules.hysteresis.minutes)
    return Alarm(count=before.count) if is_over else replace(before, low_since=low_since)
