"""The rounds that the stories role makes: looks at open stories, sweeps, baselines, new monitors."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping

from groundswell_analyzer.monitors import POLL_SECONDS, MonitorBook, changed
from groundswell_analyzer.stories.backfill import rematch
from groundswell_analyzer.stories.keeper import Keeper
from groundswell_analyzer.stories.newcomers import Newcomers
from groundswell_analyzer.stories.usual import UsualKeeper
from groundswell_core.errors import Aborted, Unavailable
from groundswell_core.log import get_logger
from groundswell_core.mongo import Collection
from groundswell_core.monitors import Monitor
from groundswell_core.service import Heartbeat, Service

log = get_logger(__name__)

# Until then documents may still be annotated with the monitors of before.
SEEN_BY_ALL = 3 * POLL_SECONDS


class Round:
    """Does what time asks for, one thing after the other."""

    def __init__(
        self,
        keeper: Keeper,
        usual: UsualKeeper,
        book: MonitorBook,
        documents: Collection,
        *,
        tick: float,
        sweep: float,
    ) -> None:
        """Takes tick and sweep: seconds between looks, and between sweeps."""
        self._keeper = keeper
        self._usual = usual
        self._book = book
        self._documents = documents
        self._tick = tick
        self._sweep = sweep
        self._next_sweep = time.monotonic() + sweep
        self._monitors: Mapping[str, Monitor] = dict(book.monitors)
        self._rematch_time = math.inf
        self._newcomers = Newcomers(book, documents, usual, keeper.clock, keeper.events)

    def monitors_changed(self, book: MonitorBook) -> None:
        """Notes that monitors changed: next their past is learned, then documents match anew."""
        self._newcomers.look()
        if changed(self._monitors, book.monitors):
            self._rematch_time = time.monotonic() + SEEN_BY_ALL

    async def log_regressed(self, topic: str) -> None:
        """Sweeps at the next round: the broker lost records."""
        self._next_sweep = 0.0

    async def run(self, service: Service, heartbeat: Heartbeat) -> None:
        """Makes rounds until the service stops."""
        next_look = 0.0
        while not service.stopping.is_set():
            try:
                is_learning = await self._newcomers.learn_next()
                if time.monotonic() >= self._rematch_time and not is_learning:
                    await self._rematch()
                if time.monotonic() >= next_look:
                    next_look = time.monotonic() + self._tick
                    await self.once()
            except (Unavailable, Aborted) as error:
                log.warning("a round was cut short; the next one goes on", reason=str(error))
            heartbeat.beat()
            await service.pause(min(0.5, self._tick))

    async def once(self) -> None:
        """Makes one round."""
        keeper = self._keeper
        await keeper.look()
        if time.monotonic() >= self._next_sweep:
            self._next_sweep = time.monotonic() + self._sweep
            await keeper.sweep()
            await self._usual.note(keeper.desk.stories, keeper.events.now(), keeper.clock.now())

    async def _rematch(self) -> None:
        monitors, due = dict(self._book.monitors), self._rematch_time
        await rematch(self._documents, self._book.queries, self._keeper.events.now())
        self._monitors = monitors
        if self._rematch_time == due:  # nothing changed again meanwhile
            self._rematch_time = math.inf
        await self._keeper.sweep()
        await self._keeper.look()
