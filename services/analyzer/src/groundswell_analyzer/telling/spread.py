"""How a story spread: outlets, kinds, places and languages over time, first-hand against copies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from groundswell_analyzer.telling.report import Report, in_time
from groundswell_core.descriptions import Spread, SpreadPoint, SpreadShare

MOST_POINTS = 200
MOST_OUTLETS = 50
MOST_PLACES = 20
_STEPS = tuple(
    timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440)
)


@dataclass(slots=True)
class _Share:
    """What one name has of a story so far."""

    start: datetime
    first_hand: int = 0
    copies: int = 0

    def shown(self, name: str) -> SpreadShare:
        return SpreadShare(
            name=name, first_hand=self.first_hand, copies=self.copies, start_time=self.start
        )


@dataclass(slots=True)
class _Shares:
    """What each name has of a story so far, in the order in which they joined."""

    found: dict[str, _Share] = field(default_factory=dict)

    def add(self, name: str, report: Report) -> None:
        share = self.found.setdefault(name, _Share(report.time))
        share.first_hand += not report.near_copy
        share.copies += report.near_copy

    def shown(self) -> tuple[SpreadShare, ...]:
        return tuple(share.shown(name) for name, share in self.found.items())


def spread_of(reports: Iterable[Report], languages: Sequence[SpreadShare]) -> Spread:
    """Returns how a story spread; languages: its own and those of related stories."""
    outlets, kinds, places = _Shares(), _Shares(), _Shares()
    ordered = in_time(reports)
    points: list[SpreadPoint] = []
    ends = _ends(ordered)
    first_hand = copies = 0
    for index, report in enumerate(ordered):
        outlets.add(report.outlet, report)
        kinds.add(report.source_kind, report)
        for place, _ in report.places:
            places.add(place.display_name, report)
        first_hand += not report.near_copy
        copies += report.near_copy
        until = ordered[index + 1].time if index + 1 < len(ordered) else None
        while ends and (until is None or until >= ends[-1]):
            end = ends.pop()
            points.append(
                SpreadPoint(
                    end_time=end,
                    outlets=len(outlets.found),
                    first_hand=first_hand,
                    copies=copies,
                    source_kinds=len(kinds.found),
                    places=len(places.found),
                    languages=sum(_has_begun(language, end) for language in languages),
                )
            )
    return Spread(
        points=tuple(points),
        outlets=outlets.shown()[:MOST_OUTLETS],
        source_kinds=kinds.shown(),
        places=_most(places.shown(), MOST_PLACES),
        languages=tuple(languages),
    )


def _ends(ordered: Sequence[Report]) -> list[datetime]:
    """Returns the ends of all steps, the last one first."""
    if not ordered:
        return []
    start, end = ordered[0].time, ordered[-1].time
    step = step_of(end - start)
    return [start + step * number for number in range((end - start) // step + 1, 0, -1)]


def step_of(span: timedelta) -> timedelta:
    """Returns a round width of steps so that a span has at most so many of them."""
    for step in _STEPS:
        if span // step < MOST_POINTS:
            return step
    return timedelta(days=span // timedelta(days=MOST_POINTS) + 1)


def _has_begun(language: SpreadShare, moment: datetime) -> bool:
    return language.start_time is None or language.start_time < moment


def _most(shares: Iterable[SpreadShare], count: int) -> tuple[SpreadShare, ...]:
    """Returns the greatest shares, the greatest first."""
    ordered = sorted(shares, key=lambda one: (-one.first_hand, -one.copies, one.name))
    return tuple(ordered[:count])
