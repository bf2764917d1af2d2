"""How serious a story is for one monitor, with the reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from groundswell.grade.v1 import grade_pb2
from groundswell_core.codec import codec


class Level(IntEnum):
    """The national four-level scale; a greater number is more serious."""

    UNSPECIFIED = 0
    NONE = 1
    IV = 2
    III = 3
    II = 4
    I = 5  # noqa: E741 - the scale's own name


COLOURS = {Level.IV: "blue", Level.III: "yellow", Level.II: "orange", Level.I: "red"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """What one component added to a grade's score."""

    component: str
    input: float
    scaled: float  # 0..1
    weight: float  # 0..1
    points: float  # 100 * weight * scaled
    reason: str = ""
    formula: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """A grade as it was computed, whole."""

    level: Level = Level.NONE
    raw_level: Level = Level.NONE
    score: float = 0.0  # 0..100
    rule_version: str = ""
    previous_level: Level = Level.NONE
    contributions: tuple[Contribution, ...] = ()
    grade_time: datetime | None = None
    support: int = 0
    limits: tuple[str, ...] = ()


CONTRIBUTIONS = codec(Contribution, grade_pb2.Contribution)
GRADES = codec(Grade, grade_pb2.Grade)
