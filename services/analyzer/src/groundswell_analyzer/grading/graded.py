"""A grade as a story keeps it: with its inputs, what hysteresis remembers, and the alarm it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from groundswell_analyzer.grading.alarm import Alarm
from groundswell_analyzer.grading.explain import Stored
from groundswell_analyzer.grading.grade import Standing
from groundswell_analyzer.grading.snapshot import Snapshot
from groundswell_core.grades import GRADES, Grade, Level
from groundswell_core.identity import digest
from groundswell_core.stories import MonitorGrade


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """The newest grade of a story for one monitor."""

    monitor: str
    grade: Grade
    snapshot: Snapshot
    before: Standing
    after: Standing
    alarm: Alarm = field(default_factory=Alarm)

    def stored(self) -> Stored:
        """Returns what is needed to compute it again."""
        return Stored(grade=self.grade, snapshot=self.snapshot, before=self.before)

    def public(self) -> MonitorGrade:
        """Returns the part that others see."""
        return MonitorGrade(monitor=self.monitor, grade=self.grade)

    def to_record(self) -> dict[str, Any]:
        """Returns it as MongoDB stores it."""
        return {
            "monitor": self.monitor,
            "grade": GRADES.to_record(self.grade),
            "snapshot": self.snapshot.to_record(),
            "before": _standing_record(self.before),
            "after": _standing_record(self.after),
            "alarm": {
                "is_on": self.alarm.is_on,
                "low_since": self.alarm.low_since,
                "count": self.alarm.count,
            },
        }

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Graded:
        """Returns a stored one."""
        return cls(
            monitor=record["monitor"],
            grade=GRADES.from_record(record["grade"]),
            snapshot=Snapshot.from_record(record["snapshot"]),
            before=_standing(record["before"]),
            after=_standing(record["after"]),
            alarm=_alarm(record.get("alarm")),
        )


def is_worth_keeping(before: Graded | None, after: Graded) -> bool:
    """Tells whether a grade goes on record: a level that changed, and one an hour while it has one."""
    if before is None or before.grade.level is not after.grade.level:
        return after.grade.level > Level.NONE or before is not None
    return after.grade.level > Level.NONE and _hour(before) != _hour(after)


def past_record(story: str, graded: Graded, expire_time: datetime) -> dict[str, Any]:
    """Returns a grade as the record of past ones stores it; repeats replace."""
    moment = graded.grade.grade_time
    return {
        **graded.to_record(),
        "_id": digest(story, graded.monitor, str(moment), length=24),
        "story": story,
        "grade_time": moment,
        "expire_time": expire_time,
    }


def _hour(graded: Graded) -> datetime:
    return graded.snapshot.time.replace(minute=0, second=0, microsecond=0)


def _standing_record(standing: Standing) -> dict[str, Any]:
    return {"level": standing.level.name, "low_since": standing.low_since}


def _standing(record: Mapping[str, Any]) -> Standing:
    return Standing(Level[record["level"]], _aware(record["low_since"]))


def _alarm(record: Mapping[str, Any] | None) -> Alarm:
    if record is None:
        return Alarm()
    return Alarm(record["is_on"], _aware(record["low_since"]), record["count"])


def _aware(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment
