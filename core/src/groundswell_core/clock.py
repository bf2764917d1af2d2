"""Time as an argument: every component that waits takes a clock."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol


def milliseconds(moment: datetime) -> datetime:
    """Returns a time as MongoDB stores it, so that it equals itself when it is read again."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


class Clock(Protocol):
    """Tells the time and waits."""

    def now(self) -> datetime:
        """Returns the present time, aware UTC."""
        ...

    def monotonic(self) -> float:
        """Returns seconds of a clock that never steps; only differences mean anything."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Waits so many seconds of this clock."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Returns the present time, aware UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Returns seconds since some fixed point."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Waits so many real seconds."""
        await asyncio.sleep(seconds)
