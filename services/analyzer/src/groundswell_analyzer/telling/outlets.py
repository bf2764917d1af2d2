"""How outlets do over all stories on record: how often first, how often they took back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from groundswell_analyzer.telling.report import Report, in_time

MOST_OUTLETS = 100  # of one story that are kept on its record, the first to join first
COMPARED_OUTLETS = 3  # of a story, from which being the first of them says something
_EVIDENCE = 20.0  # stories that the configured weight counts for


class OutletShare(NamedTuple):
    """What an outlet did in one story."""

    outlet: str
    withdrawn: int  # documents it took back


def outlet_shares(reports: Iterable[Report]) -> tuple[OutletShare, ...]:
    """Returns the outlets of a story; the first one had it first, unless it took that back."""
    told: dict[str, int] = {}
    taken_back: dict[str, int] = {}
    for report in in_time(reports):
        counted = taken_back if report.withdrawn else told
        counted[report.outlet] = counted.get(report.outlet, 0) + report.withdrawn
    names = [*told, *(name for name in taken_back if name not in told)]
    return tuple(OutletShare(name, taken_back.get(name, 0)) for name in names[:MOST_OUTLETS])


def first_outlet(shares: Sequence[OutletShare], outlet_count: int) -> str:
    """Returns who had a story first; empty while too few outlets have it to say so."""
    return shares[0].outlet if shares and outlet_count >= COMPARED_OUTLETS else ""


def measured_weight(configured: float, first_count: int, withdrawn_count: int) -> float:
    """Returns the weight that an outlet's record gives, 0..1.

    The mean of a Beta distribution: the configured weight w counts like 20 w good and 20 (1 - w)
    bad stories; having a story first that others then told is one more good one, taking a document
    back one more bad one. All else says nothing.
    """
    good = _EVIDENCE * configured + first_count
    return good / (_EVIDENCE + first_count + withdrawn_count)
