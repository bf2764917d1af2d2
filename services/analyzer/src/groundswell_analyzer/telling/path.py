"""The path of a story: who had it first, and which copies came from where. Outlets, never persons.

A copy is joined to the earlier document whose text is most like its own; among equals the earliest.
Likeness is what two sketches of texts (Broder 1997) have in common, as a share of both, so a copy of
an edited copy is joined to the edit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from groundswell_analyzer.telling.report import Report, in_time
from groundswell_core.descriptions import PathRole, PathStep

MOST_STEPS = 200
_FIRST_HAND_STEPS = 120  # of them, when there are more than can be shown
ALIKE = 0.6  # from which one text is taken for the other's source


def path_of(reports: Iterable[Report]) -> tuple[PathStep, ...]:
    """Returns the steps of a story's path, oldest first."""
    shown = _shown(in_time(reports))
    sketches = Sketches()
    steps: list[PathStep] = []
    for report in shown:
        source, likeness = sketches.source(report)
        steps.append(_step(report, shown[0], source, likeness))
        sketches.add(report)
    return tuple(steps)


def origins(reports: Sequence[Report]) -> dict[str, str]:
    """Returns for each copy the document in words of its own that is most like it, by their ids."""
    tellers = [report for report in in_time(reports) if not report.near_copy]
    copies = [report for report in reports if report.near_copy]
    if not tellers:
        return {}
    sketches = Sketches()
    for teller in tellers:
        sketches.add(teller)
    return {copy.id: (sketches.nearest(copy)[0] or tellers[0]).id for copy in copies}


class Sketches:
    """Documents in the order of time, found by what their sketches share."""

    def __init__(self) -> None:
        """Starts without documents."""
        self._reports: list[Report] = []
        self._by_revision: dict[str, Report] = {}
        self._holders: dict[int, list[int]] = {}  # values of sketches → places of documents

    def add(self, report: Report) -> None:
        """Takes in a document, later than those before."""
        self._by_revision.setdefault(report.revision, report)
        for value in report.fingerprint or ():
            self._holders.setdefault(value, []).append(len(self._reports))
        self._reports.append(report)

    def source(self, report: Report) -> tuple[Report | None, float]:
        """Returns the document that one says again, with their likeness; None: it says its own."""
        found, likeness = self.nearest(report)
        return (found, likeness) if likeness >= ALIKE else (None, 0.0)

    def nearest(self, report: Report) -> tuple[Report | None, float]:
        """Returns the most alike document with the likeness, 0..1; the first of equals."""
        same = self._by_revision.get(report.revision)
        if same is not None:
            return same, 1.0
        own = report.fingerprint or ()
        shared = Counter(place for value in own for place in self._holders.get(value, ()))
        alike = {
            place: 2 * count / (len(own) + len(self._reports[place].fingerprint or ()))
            for place, count in shared.items()
        }
        best = min(alike, key=lambda place: (-alike[place], place), default=None)
        return (None, 0.0) if best is None else (self._reports[best], alike[best])


def _shown(ordered: Sequence[Report]) -> list[Report]:
    """Returns the documents that are shown: where they are too many, tellers go before copies."""
    if len(ordered) <= MOST_STEPS:
        return list(ordered)
    tellers = [report for report in ordered[1:] if not report.near_copy]
    copies = [report for report in ordered[1:] if report.near_copy]
    room = MOST_STEPS - 1
    kept = tellers[: max(_FIRST_HAND_STEPS, room - len(copies))][:room]
    return in_time([ordered[0], *kept, *copies[: room - len(kept)]])


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
