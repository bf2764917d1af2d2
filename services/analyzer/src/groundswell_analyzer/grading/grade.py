"""The grade: burst × spread × sentiment × source weight × category, then hysteresis. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from groundswell_analyzer.grading.burst import burst
from groundswell_analyzer.grading.reasons import reason
from groundswell_analyzer.grading.rules import COMPONENTS, Rules
from groundswell_analyzer.grading.snapshot import Snapshot
from groundswell_core.grades import Contribution, Grade, Level


@dataclass(frozen=True, slots=True)
class Standing:
    """What hysteresis remembers: the level held, and since when the score is below it."""

    level: Level = Level.NONE
    low_since: datetime | None = None


def grade(
    snapshot: Snapshot, rules: Rules, standing: Standing, grade_time: datetime
) -> tuple[Grade, Standing]:
    """Returns the grade of a snapshot after a standing, and the standing after it."""
    contributions = contributions_of(snapshot, rules)
    score = score_of(contributions)
    has_level = is_supported(snapshot, rules) and not is_quiet(snapshot, rules)
    raw_level = rules.level_of(score) if has_level else Level.NONE
    after = hold(standing, raw_level, score, rules, snapshot.time)
    made = Grade(
        level=after.level,
        raw_level=raw_level,
        score=score,
        rule_version=rules.version,
        previous_level=standing.level,
        contributions=contributions,
        grade_time=grade_time,
        support=snapshot.support,
    )
    return made, after


def score_of(contributions: Sequence[Contribution]) -> float:
    """Returns the score, 0..100, to a hundredth."""
    return round(sum(part.points for part in contributions), 2)


def is_supported(snapshot: Snapshot, rules: Rules) -> bool:
    """Tells whether enough speaks for the story to give it a level at all.

    One entry high on a ranked board stands for many voices, so it stands in for the documents.
    """
    on_top = snapshot.rank is not None and snapshot.rank <= rules.burst.board.support_rank
    return snapshot.support >= snapshot.minimum_support or (on_top and snapshot.support > 0)


def is_quiet(snapshot: Snapshot, rules: Rules) -> bool:
    """Tells whether nothing was heard of the story for so long that it is over for now."""
    return snapshot.quiet_minutes >= rules.quiet_minutes


def contributions_of(snapshot: Snapshot, rules: Rules) -> tuple[Contribution, ...]:
    """Returns what each component adds, in the rules' order."""
    return tuple(_contribution(component, snapshot, rules) for component in COMPONENTS)


def _contribution(component: str, snapshot: Snapshot, rules: Rules) -> Contribution:
    value = round(measure(component, snapshot, rules), 6)
    scaled = rules.scale(component, value)
    weight = rules.weight(component)
    return Contribution(
        component=component,
        input=value,
        scaled=scaled,
        weight=weight,
        points=100.0 * weight * scaled,
        reason=reason(component, snapshot, rules),
    )


def measure(component: str, snapshot: Snapshot, rules: Rules) -> float:
    """Returns a component's input, measured in its own unit."""
    match component:
        case "burst":
            return burst(snapshot, rules)[0]
        case "spread":
            further_kinds = max(snapshot.source_kinds - 1, 0) * rules.spread.further_kind
            further_places = max(snapshot.places - 1, 0) * rules.spread.further_place
            return snapshot.outlets + further_kinds + further_places
        case "sentiment":
            return max(0.0, -snapshot.sentiment)
        case "source_weight":
            return snapshot.source_weight
        case _:
            return rules.category_weight(snapshot.category)


def hold(
    standing: Standing, raw_level: Level, score: float, rules: Rules, now: datetime
) -> Standing:
    """Returns the standing after a score: up at once, down only after it stayed low long enough."""
    if raw_level >= standing.level:
        return Standing(raw_level)
    # Lost support leaves the score where it was: the level alone then says that it is low.
    is_near = score >= rules.threshold(standing.level) - rules.hysteresis.margin
    if is_near and raw_level is not Level.NONE:
        return Standing(standing.level)
    low_since = min(standing.low_since or now, now)
    if now - low_since < timedelta(minutes=rules.hysteresis.minutes):
        return Standing(standing.level, low_since)
    return Standing(raw_level)
