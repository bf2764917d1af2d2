"""The path of a story: who had it first, and which copies came from where. Outlets, never persons.

A copy is joined to the earlier document whose text is most like its own; among equals the earliest.
Likeness is the share of equal MinHash values (Broder 1997), so a copy of an edited copy is joined to
the edit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from groundswell_analyzer.telling.report import Report, in_time
from groundswell_core.descriptions import PathRole, PathStep

MOST_STEPS = 200
_FIRST_HAND_STEPS = 120  # of them, when there are more than can be shown
ALIKE = 0.6  # of equal values from which one text is taken for the other's source

Prints = NDArray[np.uint32]


def path_of(reports: Iterable[Report]) -> tuple[PathStep, ...]:
    """Returns the steps of a story's path, oldest first."""
    shown = _shown(in_time(reports))
    prints, is_printed = _fingerprints(shown)
    steps: list[PathStep] = []
    for index, report in enumerate(shown):
        source, likeness = _source(shown, index, prints, is_printed)
        steps.append(_step(report, shown[0], source, likeness))
    return tuple(steps)


def origins(reports: Sequence[Report]) -> dict[str, str]:
    """Returns for each copy the document in words of its own that is most like it, by their ids."""
    tellers = [report for report in in_time(reports) if not report.near_copy]
    copies = [report for report in reports if report.near_copy]
    if not tellers:
        return {}
    by_revision = {teller.revision: teller.id for teller in reversed(tellers)}
    prints, is_printed = _fingerprints([*copies, *tellers])
    best, chosen = np.zeros(len(copies)), np.zeros(len(copies), dtype=np.intp)
    for index in range(len(tellers)):
        row = len(copies) + index
        alike = (prints[: len(copies)] == prints[row]).mean(axis=1) * is_printed[row]
        chosen[alike > best] = index
        best = np.maximum(best, alike)
    return {
        copy.id: by_revision.get(copy.revision, tellers[index].id)
        for copy, index in zip(copies, chosen.tolist(), strict=True)
    }


def _shown(ordered: Sequence[Report]) -> list[Report]:
    """Returns the documents that are shown: where they are too many, tellers go before copies."""
    if len(ordered) <= MOST_STEPS:
        return list(ordered)
    tellers = [report for report in ordered[1:] if not report.near_copy]
    copies = [report for report in ordered[1:] if report.near_copy]
    room = MOST_STEPS - 1
    kept = tellers[: max(_FIRST_HAND_STEPS, room - len(copies))][:room]
    return in_time([ordered[0], *kept, *copies[: room - len(kept)]])


def _fingerprints(reports: Sequence[Report]) -> tuple[Prints, NDArray[np.bool_]]:
    """Returns a row for each document, and which rows hold a fingerprint."""
    width = max((len(report.fingerprint or ()) for report in reports), default=0) or 1
    prints = np.zeros((len(reports), width), dtype=np.uint32)
    is_printed = np.zeros(len(reports), dtype=np.bool_)
    for row, report in enumerate(reports):
        if report.fingerprint is not None and len(report.fingerprint) == width:
            prints[row] = report.fingerprint
            is_printed[row] = True
    return prints, is_printed


def _source(
    reports: Sequence[Report], index: int, prints: Prints, is_printed: NDArray[np.bool_]
) -> tuple[Report | None, float]:
    """Returns the earlier document that one says again, with their likeness; None: it says its own."""
    report = reports[index]
    for earlier in reports[:index]:
        if earlier.revision == report.revision:
            return earlier, 1.0
    if not is_printed[index] or not is_printed[:index].any():
        return None, 0.0
    alike = (prints[:index] == prints[index]).mean(axis=1) * is_printed[:index]
    best = int(alike.argmax())  # the first, hence earliest, of equals
    likeness = float(alike[best])
    return (reports[best], likeness) if likeness >= ALIKE else (None, 0.0)


def _step(report: Report, first: Report, source: Report | None, likeness: float) -> PathStep:
    role = PathRole.FIRST_HAND
    if report.id == first.id:
        role = PathRole.FIRST
    elif source is not None or report.near_copy:
        role = PathRole.COPY
    return PathStep(
        document=f"documents/{report.id}",
        title=report.title,
        outlet=report.outlet,
        source_kind=report.source_kind,
        publish_time=report.time,
        role=role,
        copied_from=f"documents/{source.id}" if source else "",
        likeness=likeness,
        delay=report.time - first.time,
    )
