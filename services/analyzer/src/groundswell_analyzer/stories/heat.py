"""The heat that ranked boards print for a story, by the minute."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from groundswell_analyzer.stories.member import Member, minute_time

CURRENT = 120  # minutes after which an entry that is not seen again has left the board
_SAME_LOOK = 10  # minutes: boards read so close together are one look
_BEFORE = (30, 150)  # minutes before the newest look in which the look to compare with lies


@dataclass(frozen=True, slots=True)
class HeatNow:
    """A story's place on boards at one moment; None where it has none."""

    heat: float | None = None
    before: float | None = None
    rank: int | None = None
    source: str = ""


class HeatSeries:
    """The greatest heat and best rank of each minute; a maximum does not care for repeats."""

    __slots__ = ("_source", "best_heat", "best_rank", "heats", "latest_minute", "ranks")

    def __init__(self) -> None:
        """Starts on no board."""
        self.heats: dict[int, float] = {}
        self.ranks: dict[int, int] = {}
        self.best_heat: float | None = None
        self.best_rank: int | None = None
        self.latest_minute: int | None = None
        self._source = ""

    @property
    def latest(self) -> datetime | None:
        """Returns when it was seen on a board last."""
        return None if self.latest_minute is None else minute_time(self.latest_minute)

    def add(self, member: Member) -> set[int]:
        """Adds what boards printed for a document; returns the minutes that changed."""
        changed = set()
        for minute, heat, rank in member.heats:
            if heat is not None and heat > self.heats.get(minute, -1.0):
                self.heats[minute] = heat
                self.best_heat = max(self.best_heat or 0.0, heat)
                changed.add(minute)
            if rank is not None and rank > 0:
                self.ranks[minute] = min(rank, self.ranks.get(minute, rank))
                self.best_rank = min(self.best_rank or rank, rank)
            if self.latest_minute is None or minute >= self.latest_minute:
                self.latest_minute, self._source = minute, member.source
        return changed

    def now(self, minute: int) -> HeatNow:
        """Returns its place on boards in a minute."""
        latest = self.latest_minute
        if latest is None or minute - latest > CURRENT:
            return HeatNow()
        look = range(latest - _SAME_LOOK, latest + 1)
        before = range(latest - _BEFORE[1], latest - _BEFORE[0])
        return HeatNow(
            max((self.heats[one] for one in look if one in self.heats), default=None),
            max((self.heats[one] for one in before if one in self.heats), default=None),
            min((self.ranks[one] for one in look if one in self.ranks), default=None),
            self._source,
        )
