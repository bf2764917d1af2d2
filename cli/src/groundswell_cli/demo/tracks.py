"""Topics over time: when each came up on the boards, how hot it was, when it left."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

_PLACES = 50  # of a board


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One topic with its heat at moments in order, at least two; before and after it is gone."""

    title: str
    category: str = ""
    text: str = ""
    points: tuple[tuple[datetime, float], ...]

    @property
    def start(self) -> datetime:
        """Returns when it came up."""
        return self.points[0][0]

    def heat(self, moment: datetime) -> float | None:
        """Returns its heat at a moment, growing and fading evenly in between; None: not there."""
        if not self.points[0][0] <= moment <= self.points[-1][0]:
            return None
        later = bisect_right(self.points, moment, key=lambda point: point[0])
        after = min(later, len(self.points) - 1)
        (left, low), (right, high) = self.points[after - 1], self.points[after]
        share = (moment - left) / (right - left) if right > left else 1.0
        return math.exp(math.log(low) * (1 - share) + math.log(high) * share)


@dataclass(frozen=True, slots=True)
class Place:
    """A topic on the board at one moment."""

    rank: int
    heat: int
    track: Track


def board(tracks: Iterable[Track], moment: datetime) -> list[Place]:
    """Returns the board at a moment, hottest first."""
    heats = ((track.heat(moment), track) for track in tracks)
    shown = sorted(
        ((heat, track) for heat, track in heats if heat is not None),
        key=lambda pair: (-pair[0], pair[1].title),
    )
    return [
        Place(rank, round(heat), track) for rank, (heat, track) in enumerate(shown[:_PLACES], 1)
    ]


def span(tracks: Iterable[Track]) -> tuple[datetime, datetime]:
    """Returns the first and the last moment of all tracks."""
    known = list(tracks)
    return min(one.start for one in known), max(one.points[-1][0] for one in known)


def rising(
    title: str, start: datetime, peak: float, *, rise: timedelta, fade: timedelta
) -> tuple[tuple[datetime, float], ...]:
    """Returns the points of a topic that rises to a peak and fades."""
    return (
        (start, max(peak / 8, 1.0)),
        (start + rise / 2, max(peak / 2, 1.0)),
        (start + rise, peak),
        (start + rise + fade, max(peak / 6, 1.0)),
    )
