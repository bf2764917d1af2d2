"""The grade: the components' points, what limits the level, then hysteresis. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from groundswell_analyzer.grading.components import contributions_of, sum_of
from groundswell_analyzer.grading.limits import Limit, ceiling, limits_of
from groundswell_analyzer.grading.rules import Rules
from groundswell_analyzer.grading.snapshot import Snapshot
from groundswell_core.grades import Grade, Level


@dataclass(frozen=True, slots=True)
class Standing:
    """What hysteresis remembers: the level held, and since when the story is below it."""

    level: Level = Level.NONE
    low_since: datetime | None = None


def grade(
    snapshot: Snapshot, rules: Rules, standing: Standing, grade_time: datetime
) -> tuple[Grade, Standing]:
    """Returns the grade of a snapshot after a standing, and the standing after it."""
    contributions = contributions_of(snapshot, rules)
    score = sum_of(contributions)
    raw_level, limits = rules.level_of(score), limits_of(snapshot, rules)
    after = hold(standing, score, ceiling(limits), rules, snapshot.time)
    made = Grade(
        level=after.level,
        raw_level=raw_level,
        score=score,
        rule_version=rules.version,
        previous_level=standing.level,
        contributions=contributions,
        grade_time=grade_time,
        support=snapshot.support,
        limits=tuple(_reasons(raw_level, limits, after, rules, snapshot.time)),
    )
    return made, after


def hold(standing: Standing, score: float, most: Level, rules: Rules, now: datetime) -> Standing:
    """Returns the standing after a score: up at once, down only after it stayed low long enough.

    Takes most: the highest level that the limits allow.
    """
    target = min(rules.level_of(score), most)
    if target >= standing.level:
        return Standing(target)
    # A limit leaves the score where it was: it alone then says that the level is lost.
    if most >= standing.level and score >= left_below(standing.level, rules):
        return Standing(standing.level)
    low_since = min(standing.low_since or now, now)
    if now - low_since < timedelta(minutes=rules.hysteresis.minutes):
        return Standing(standing.level, low_since)
    return Standing(target)


def left_below(level: Level, rules: Rules) -> float:
    """Returns the score below which a level is left."""
    return round(rules.threshold(level) - rules.hysteresis.margin, 2)


def _reasons(
    raw_level: Level, limits: tuple[Limit, ...], after: Standing, rules: Rules, now: datetime
) -> list[str]:
    """Returns what holds the level away from what the score alone gives."""
    found = [limit.why for limit in limits if limit.level < raw_level]
    if after.level <= min(raw_level, ceiling(limits)):
        return found
    name, minutes = after.level.name, rules.hysteresis.minutes
    if after.low_since is None:
        bound = left_below(after.level, rules)
        return [*found, f"Level {name} is held: the score is not below {bound:.1f}."]
    waited = (now - after.low_since).total_seconds() / 60
    held = f"Level {name} is held until the story stayed below it for {minutes:g} minutes"
    return [*found, f"{held}; it did for {waited:.0f}."]
