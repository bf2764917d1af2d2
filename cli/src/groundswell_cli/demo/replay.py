"""The demo's time: recorded hours that pass faster, from the first request on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from groundswell_cli.demo.tracks import Place, Track, board, span
from groundswell_core.clock import Clock


class Replay:
    """Shows the boards of a recorded moment that moves."""

    def __init__(
        self, tracks: Sequence[Track], start: datetime, *, speed: float, clock: Clock
    ) -> None:
        """Takes speed in recorded seconds a second; time stands still until begin()."""
        self.tracks = tracks
        self.start = start
        self.end = span(tracks)[1]
        self._speed = speed
        self._clock = clock
        self._began: float | None = None

    def begin(self) -> None:
        """Lets time pass, if it does not yet: services that still start miss nothing."""
        if self._began is None:
            self._began = self._clock.monotonic()

    def now(self) -> datetime:
        """Returns the recorded moment that is present; stands still at the end."""
        if self._began is None:
            return self.start
        passed = timedelta(seconds=(self._clock.monotonic() - self._began) * self._speed)
        return min(self.start + passed, self.end)

    @property
    def is_over(self) -> bool:
        """Tells whether the recording has ended."""
        return self.now() >= self.end

    def board(self, category: str = "") -> list[Place]:
        """Returns the present board, of one category or of all."""
        tracks = (one for one in self.tracks if not category or one.category == category)
        return board(tracks, self.now())

    def told(self, delay: timedelta) -> list[tuple[datetime, Track]]:
        """Returns the topics that came up at least so long ago, newest first, and when told."""
        now = self.now()
        told = [(one.start + delay, one) for one in self.tracks if one.start + delay <= now]
        return sorted(told, key=lambda pair: (pair[0], pair[1].title), reverse=True)
