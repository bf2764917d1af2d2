"""Monitors that are new, or ask for something else than before: each is given a past, in turn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundswell_analyzer.clock import EventClock
from groundswell_analyzer.monitors import MonitorBook, asks
from groundswell_analyzer.stories.backfill import past_hours
from groundswell_analyzer.stories.usual import UsualKeeper
from groundswell_core.clock import Clock
from groundswell_core.mongo import Collection
from groundswell_core.monitors import Monitor


class Newcomers:
    """Knows whose past is to be learned, and learns one at a time."""

    def __init__(
        self,
        book: MonitorBook,
        documents: Collection,
        usual: UsualKeeper,
        clock: Clock,
        events: EventClock,
    ) -> None:
        """Begins with the monitors of whom nothing is on record."""
        self._book = book
        self._documents = documents
        self._usual = usual
        self._clock = clock
        self._events = events
        self._seen: Mapping[str, Monitor] = dict(book.monitors)
        self._waiting: dict[str, None] = {}
        self.look()

    def look(self) -> None:
        """Notes whose past is unknown, or is that of another query, after monitors changed."""
        before, self._seen = self._seen, dict(self._book.monitors)
        for name in sorted({*before, *self._seen}):
            if self._is_new(name) or _asks(before, name) != _asks(self._seen, name):
                self._waiting[name] = None

    async def learn_next(self) -> bool:
        """Learns the past of one monitor; tells whether one waited."""
        name = next(iter(self._waiting), None)
        if name is None:
            return False
        seen = self._seen.get(name)
        await self._learn(name)
        if self._seen.get(name) == seen:  # else it changed again meanwhile
            del self._waiting[name]
        return True

    async def _learn(self, name: str) -> None:
        monitor = self._book.working(name)
        hours = await past_hours(self._documents, monitor, self._events.now()) if monitor else {}
        await self._usual.forget(name)
        await self._usual.learn_past(name, hours, self._clock.now())

    def _is_new(self, name: str) -> bool:
        return self._book.working(name) is not None and not self._usual.knows(name)


def _asks(monitors: Mapping[str, Monitor], name: str) -> tuple[Any, ...] | None:
    return asks(monitors[name]) if name in monitors else None
