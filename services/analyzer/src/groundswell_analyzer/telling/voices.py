"""Who speaks of a story: outlets that tell it in words of their own, each once however often."""

from __future__ import annotations

from collections.abc import Iterable

from groundswell_analyzer.telling.report import Report, first_hand


def voices(reports: Iterable[Report]) -> dict[str, int]:
    """Returns who tells it in words of their own, with the weight of their word in thousandths.

    Copies of one text are one voice, that of the first; and so is all that one outlet, or one group
    of outlets, publishes. What was withdrawn says nothing any more.
    """
    found: dict[str, int] = {}
    for report in first_hand(reports):
        found[report.speaker] = max(found.get(report.speaker, 0), report.source_weight)
    return found


def independent_voices(reports: Iterable[Report]) -> int:
    """Returns how many tell it independently: one source that floods a story counts once."""
    return len(voices(reports))
