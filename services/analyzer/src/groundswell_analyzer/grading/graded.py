"""A grade as a story keeps it: with its inputs and what hysteresis remembers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from groundswell_analyzer.grading.explain import Stored
from groundswell_analyzer.grading.grade import Standing
from groundswell_analyzer.grading.snapshot import Snapshot
from groundswell_core.grades import GRADES, Grade, Level
from groundswell_core.stories import MonitorGrade


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """The newest grade of a story for one monitor."""

    monitor: str
    grade: Grade
    snapshot: Snapshot
    before: Standing
    after: Standing

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
        )


def _standing_record(standing: Standing) -> dict[str, Any]:
    return {"level": standing.level.name, "low_since": standing.low_since}


def _standing(record: Mapping[str, Any]) -> Standing:
    moment: datetime | None = record["low_since"]
    if moment is not None and moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return Standing(Level[record["level"]], moment)
