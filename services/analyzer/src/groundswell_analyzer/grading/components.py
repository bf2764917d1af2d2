"""The components of a score: what each measures, why, and how it becomes points.

Every number is rounded as it is shown before it is used further, so that a reader with a pocket
calculator gets the same points. None ever falls when its inputs get worse.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from groundswell_analyzer.grading.burst import Counts, Heat, burst_of
from groundswell_analyzer.grading.harm import harm_class
from groundswell_analyzer.grading.rules import Rules
from groundswell_analyzer.grading.snapshot import Snapshot
from groundswell_core.grades import Contribution, Level


@dataclass(frozen=True, slots=True)
class Measured:
    """A component's input, as 0..1, with one sentence and with the calculation."""

    input: float
    scaled: float
    reason: str
    formula: str


Measure = Callable[[Snapshot, Rules], Measured]


def contributions_of(snapshot: Snapshot, rules: Rules) -> tuple[Contribution, ...]:
    """Returns what each component adds, in the rules' order; harm, which lifts, comes last."""
    weighed = [
        _weighed(component, measure(snapshot, rules), rules.weight(component))
        for component, measure in COMPONENTS.items()
    ]
    return (*weighed, *_harm(snapshot, rules, sum_of(weighed)))


def sum_of(contributions: list[Contribution] | tuple[Contribution, ...]) -> float:
    """Returns the points of contributions together, to a hundredth."""
    return round(sum(part.points for part in contributions), 2)


def _weighed(component: str, measured: Measured, weight: float) -> Contribution:
    points = round(100.0 * weight * measured.scaled, 2)
    return Contribution(
        component=component,
        input=measured.input,
        scaled=measured.scaled,
        weight=weight,
        points=points,
        reason=measured.reason,
        formula=f"{measured.formula}; {measured.scaled:.4f} × {100 * weight:g} = {points:.2f}",
    )


def _share(value: float) -> float:
    return round(min(max(value, 0.0), 1.0), 4)


def _burst(snapshot: Snapshot, rules: Rules) -> Measured:
    burst = burst_of(snapshot, rules)
    full = rules.burst.full
    scaled = _share(math.log1p(burst.times) / math.log1p(full))
    strongest: Counts | Heat = burst.counts
    why, how = _why_counts(snapshot, burst.counts), _how_counts(burst.counts)
    if burst.heat is not None and burst.is_of_heat:
        strongest, why, how = burst.heat, _why_heat(burst.heat), _how_heat(burst.heat, rules)
    return Measured(
        burst.times,
        scaled,
        f"{why} {burst.times:.1f} times the alarm threshold of {burst.threshold:.1f} deviations.",
        f"{how} = {strongest.deviations:.2f}; "
        f"{strongest.deviations:.2f} ÷ {burst.threshold:.2f} = {burst.times:.3f}; "
        f"ln {1 + burst.times:.3f} ÷ ln {1 + full:g} = {scaled:.4f}{_at_most(scaled)}",
    )


def _at_most(scaled: float) -> str:
    return " at most" if scaled == 1 else ""


def _why_counts(snapshot: Snapshot, counts: Counts) -> str:
    return (
        f"{_count(snapshot.last_hour, 'document')} in the last hour, "
        f"{snapshot.last_ten_minutes} of them in the last ten minutes, "
        f"where {counts.usual:.1f} an hour is usual:"
    )


def _how_counts(counts: Counts) -> str:
    pace, usual = counts.pace + 0.375, counts.usual + 0.375
    how = f"2 × (√{pace:g} − √{usual:g})"
    if counts.dispersion:
        root = f"{counts.dispersion:g}"
        above = f"arsinh √({root} × {pace:g}) − arsinh √({root} × {usual:g})"
        how = f"2 ÷ √{root} × ({above})"
    return how if counts.pace > counts.usual else f"max({how}, 0)"


def _why_heat(heat: Heat) -> str:
    place = f" at place {heat.rank}" if heat.rank else ""
    return (
        f"On a board{place} with {heat.heat / heat.usual:.1f} times the heat of an ordinary entry, "
        f"{100 * heat.chance:.0f} % likely to pass the warning heat within a day:"
    )


def _how_heat(heat: Heat, rules: Rules) -> str:
    board = rules.burst.board
    place = f" + {board.first_place:g} ÷ {heat.rank}" if heat.rank else ""
    logarithm = f"ln({heat.heat} ÷ {heat.usual})"
    grown = f" + {board.heat:g} × {logarithm} ÷ {heat.spread:g}" if heat.heat > heat.usual else ""
    return f"{board.present:g}{grown}{place} + {board.warning:g} × {heat.chance:g}"


def _spread(snapshot: Snapshot, rules: Rules) -> Measured:
    scale = rules.spread
    board = rules.limits.voices_of(snapshot.top_rank)
    copying = max(snapshot.outlets - snapshot.voices, 0)
    kinds, places = max(snapshot.source_kinds - 1, 0), max(snapshot.places - 1, 0)
    languages = max(snapshot.languages - 1, 0)
    value = round(
        snapshot.voices
        + board
        + scale.copying_outlet * copying
        + scale.further_kind * kinds
        + scale.further_place * places
        + scale.further_language * languages,
        2,
    )
    scaled = _share(math.log(max(value, 1.0)) / math.log(scale.full))
    return Measured(
        value,
        scaled,
        f"{_count(snapshot.voices, 'independent voice')}, {board} more by its place on a board, "
        f"{_count(copying, 'outlet')} that only copied; {_count(snapshot.source_kinds, 'kind')} of "
        f"source, {_count(snapshot.places, 'place')}, {_count(snapshot.languages, 'language')}.",
        f"{snapshot.voices} + {board} + {scale.copying_outlet:g} × {copying} + {scale.further_kind:g} × {kinds}"
        f" + {scale.further_place:g} × {places} + {scale.further_language:g} × {languages} = {value:g}; "
        f"ln {max(value, 1.0):g} ÷ ln {scale.full:g} = {scaled:.4f}{_at_most(scaled)}",
    )


def _sentiment(snapshot: Snapshot, rules: Rules) -> Measured:
    share, full = round(snapshot.negative, 2), rules.sentiment.full
    scaled = _share(share / full)
    return Measured(
        share,
        scaled,
        f"{100 * share:.0f} % of what is said is negative.",
        f"{share:g} ÷ {full:g} = {scaled:.4f}{_at_most(scaled)}",
    )


def _source_weight(snapshot: Snapshot, rules: Rules) -> Measured:
    weight = round(snapshot.source_weight, 2)
    return Measured(
        weight,
        _share(weight),
        f"The sources that report it weigh {weight:.2f} of 1 on average.",
        f"{weight:g}",
    )


def _category(snapshot: Snapshot, rules: Rules) -> Measured:
    weight = rules.category_weight(snapshot.category, snapshot.topic)
    name = snapshot.topic if snapshot.topic in rules.categories else snapshot.category or "unknown"
    return Measured(
        weight,
        _share(weight),
        f"Its category is {name}, which weighs {weight:.2f} of 1.",
        f"{weight:g}",
    )


COMPONENTS: Mapping[str, Measure] = {
    "burst": _burst,
    "spread": _spread,
    "sentiment": _sentiment,
    "source_weight": _source_weight,
    "category": _category,
}


def _harm(snapshot: Snapshot, rules: Rules, others: float) -> Iterator[Contribution]:
    """Yields what harm to people adds: what the others lack to the threshold of its class."""
    found = harm_class(snapshot, rules.harm)
    if found is None:
        return
    least = rules.threshold(found.level)
    points = round(max(least - others, 0.0), 2)
    yield Contribution(
        component="harm",
        input=float(found.number),
        scaled=round(points / 100, 4),
        weight=1.0,
        points=points,
        reason=_why_harm(found.number, found.kind, found.level, found.least),
        formula=f"{found.number} ≥ {found.least}: at least {least:g}; "
        f"max({least:g} − {others:.2f}, 0) = {points:.2f}",
    )


def _why_harm(number: int, kind: str, level: Level, least: int) -> str:
    return (
        f"{number} {kind}: from {least} on the accident scale of the State Council calls for "
        f"level {level.name}."
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
