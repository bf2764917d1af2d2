"""A clock that moves only when told: the one fake that tests may use."""

from __future__ import annotations

import asyncio
import heapq
from datetime import UTC, datetime, timedelta


class FakeClock:
    """Tells the time it was set to; sleepers wake when the clock is moved past their time."""

    def __init__(self, start: datetime = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)) -> None:
        """Starts at a Monday morning unless told otherwise."""
        self._now = start
        self._start = start
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._count = 0

    def now(self) -> datetime:
        """Returns the time it was set to."""
        return self._now

    def monotonic(self) -> float:
        """Returns the seconds it was moved."""
        return (self._now - self._start).total_seconds()

    async def sleep(self, seconds: float) -> None:
        """Waits until the clock was moved so far."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        self._count += 1
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        wake_time = self._now + timedelta(seconds=seconds)
        heapq.heappush(self._sleepers, (wake_time, self._count, future))
        await future

    @property
    def sleepers(self) -> int:
        """Returns how many tasks wait for this clock."""
        return sum(not future.done() for _, _, future in self._sleepers)

    async def move(self, seconds: float) -> None:
        """Moves the clock; wakes sleepers in the order of their times and lets them run."""
        target = self._now + timedelta(seconds=seconds)
        await _settle()
        while self._sleepers and self._sleepers[0][0] <= target:
            wake_time, _, future = heapq.heappop(self._sleepers)
            self._now = max(self._now, wake_time)
            if not future.done():
                future.set_result(None)
            await _settle()
        self._now = target
        await _settle()


async def _settle() -> None:
    """Lets ready tasks run until they wait for something."""
    for _ in range(20):
        await asyncio.sleep(0)
