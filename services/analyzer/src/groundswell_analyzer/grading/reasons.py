"""One sentence for each component of a grade, in English."""

from __future__ import annotations

from groundswell_analyzer.grading.burst import burst
from groundswell_analyzer.grading.rules import Rules
from groundswell_analyzer.grading.snapshot import Snapshot


def reason(component: str, snapshot: Snapshot, rules: Rules) -> str:
    """Returns why a component has its input."""
    match component:
        case "burst":
            return _burst(snapshot, rules)
        case "spread":
            return (
                f"{_count(snapshot.outlets, 'outlet')} of "
                f"{_count(snapshot.source_kinds, 'kind')} of source "
                f"and {_count(snapshot.places, 'place')}."
            )
        case "sentiment":
            return f"Mean sentiment is {snapshot.sentiment:+.2f} on a scale from -1 to 1."
        case "source_weight":
            return f"The sources that report it weigh {snapshot.source_weight:.2f} of 1 on average."
        case _:
            weight = rules.category_weight(snapshot.category)
            return (
                f"Its category is {snapshot.category or 'unknown'}, which weighs {weight:.2f} of 1."
            )


def _burst(snapshot: Snapshot, rules: Rules) -> str:
    deviations, counts, heat = burst(snapshot, rules)
    if heat is None or counts.deviations >= heat.deviations:
        return (
            f"{_count(snapshot.last_hour, 'document')} in the last hour, "
            f"{snapshot.last_ten_minutes} of them in the last ten minutes, where {counts.usual:.1f} "
            f"an hour is usual: {deviations:.1f} deviations."
        )
    place = f" at place {heat.rank}" if heat.rank else ""
    grown = (
        f", {heat.times_before:.1f} times that of an hour ago" if heat.times_before > 1.05 else ""
    )
    return (
        f"On a board{place} with {heat.times_usual:.1f} times the heat of an ordinary "
        f"entry{grown}: {deviations:.1f} deviations."
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
