"""Why a story has its level: the grade computed again, and what would move it by one level."""

from __future__ import annotations

from dataclasses import dataclass

from groundswell_analyzer.grading.grade import Standing, grade, is_quiet, is_supported
from groundswell_analyzer.grading.rules import Rules
from groundswell_analyzer.grading.snapshot import Snapshot
from groundswell_core.grades import Contribution, Grade, Level

_UNITS = {
    "burst": "deviations of burst",
    "spread": "points of spread (outlets, further kinds of source and places)",
    "sentiment": "of negative sentiment",
    "source_weight": "of source weight",
    "category": "of category weight",
}


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


def moves(stored: Stored, rules: Rules) -> tuple[str, ...]:
    """Returns sentences that say what would raise or lower the level by one."""
    snapshot, present = stored.snapshot, stored.grade
    if is_quiet(snapshot, rules):
        return (
            f"Nothing was heard of it for {snapshot.quiet_minutes:.0f} minutes: it has no level before a new document.",
        )
    if not is_supported(snapshot, rules):
        missing = snapshot.minimum_support - snapshot.support
        sentence = (
            f"It has no level before {missing} more of its documents match the monitor "
            f"or it is among the first {rules.burst.board.support_rank} of a board."
        )
        return (sentence,)
    return (*_up(present, rules), *_down(present, rules))


def _up(present: Grade, rules: Rules) -> list[str]:
    if present.raw_level >= Level.I:
        return ["No level is higher."]
    level = Level(present.raw_level + 1)
    missing = rules.threshold(level) - present.score
    found = [
        sentence
        for part in present.contributions
        if (sentence := _raise(part, missing, level, rules))
    ]
    head = f"Level {level.name} needs {missing:.1f} more points."
    return [head, *found] if found else [head + " No single component could add them."]


def _raise(part: Contribution, missing: float, level: Level, rules: Rules) -> str:
    wanted = part.points + missing
    most = 100.0 * part.weight
    if part.component == "category" or not most or wanted > most:
        return ""
    value = rules.unscale(part.component, wanted / most)
    return f"{value:.2f} {_UNITS[part.component]} instead of {part.input:.2f} would raise it to {level.name}."


def _down(present: Grade, rules: Rules) -> list[str]:
    if present.level <= Level.NONE:
        return []
    bound = rules.threshold(present.level) - rules.hysteresis.margin
    head = (
        f"Level {present.level.name} ends when the score, now {present.score:.1f}, stays below "
        f"{bound:.1f} for {rules.hysteresis.minutes:g} minutes."
    )
    spare = present.score - bound
    burst = present.contributions[0] if present.contributions else None
    if burst is None or spare <= 0 or burst.points < spare:
        return [head]
    value = rules.unscale(burst.component, (burst.points - spare) / (100.0 * burst.weight))
    return [head, f"A burst under {value:.2f} deviations instead of {burst.input:.2f} would do."]
