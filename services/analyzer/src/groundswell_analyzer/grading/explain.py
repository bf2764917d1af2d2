"""Why a story has its level: the grade computed again, and what would move it by one level."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from groundswell_analyzer.grading.grade import Standing, grade, left_below
from groundswell_analyzer.grading.limits import Limit, ceiling, limits_of
from groundswell_analyzer.grading.moves import Move, falls, rises
from groundswell_analyzer.grading.rules import GRADED, Rules
from groundswell_analyzer.grading.snapshot import Snapshot
from groundswell_core.grades import Grade, Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A grade as it was stored: with its inputs and the standing before it."""

    grade: Grade
    snapshot: Snapshot
    before: Standing


def recompute(stored: Stored, rules: Rules) -> Grade:
    """Returns the grade of the stored inputs by these rules."""
    moment = stored.grade.grade_time or stored.snapshot.time
    return grade(stored.snapshot, rules, stored.before, moment)[0]


def thresholds(rules: Rules) -> tuple[tuple[Level, float], ...]:
    """Returns the lowest score of each level, the highest level first."""
    return tuple((level, rules.threshold(level)) for level in GRADED)


def moves(stored: Stored, rules: Rules) -> tuple[str, ...]:
    """Returns sentences that say what would raise or lower the level by one."""
    return (*_up(stored, rules), *_down(stored, rules))


def _up(stored: Stored, rules: Rules) -> Iterator[str]:
    present, snapshot = stored.grade, stored.snapshot
    if present.level >= Level.I:
        yield "No level is higher."
        return
    level = Level(max(present.level, Level.NONE) + 1)
    missing = rules.threshold(level) - present.score
    if missing > 0:
        yield f"Level {level.name} needs {missing:.1f} more points."
    binding = [limit for limit in limits_of(snapshot, rules) if limit.level < level]
    yield from (limit.why for limit in binding)
    found = [_raise(move) for move in rises(snapshot, present.level, rules)]
    yield from found
    if not found and not _is_shut(binding):
        yield "No single input could raise it."


def _is_shut(binding: list[Limit]) -> bool:
    """Tells whether it has no level before time or documents give it one."""
    return ceiling(tuple(binding)) is Level.NONE


def _raise(move: Move) -> str:
    return (
        f"{_number(move.value)} {move.lever.noun} instead of {_number(move.before)} "
        f"would raise it to {move.level.name}."
    )


def _down(stored: Stored, rules: Rules) -> Iterator[str]:
    present, snapshot = stored.grade, stored.snapshot
    if present.level <= Level.NONE:
        return
    yield (
        f"Level {present.level.name} ends when the score, now {present.score:.1f}, stays below "
        f"{left_below(present.level, rules):.1f} for {rules.hysteresis.minutes:g} minutes."
    )
    for move in falls(snapshot, present.level, rules):
        yield (
            f"{_number(move.value)} {move.lever.noun} instead of {_number(move.before)} "
            "would lower it in the end."
        )


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if value < 1000 else f"{value:.0f}"
