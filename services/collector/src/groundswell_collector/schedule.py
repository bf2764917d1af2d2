"""When sources are read: one task a source, and a supervisor that follows their changes."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from groundswell_collector.reading import SourceReader
from groundswell_collector.settings import CollectorSettings
from groundswell_collector.stores import Stores
from groundswell_collector.timing import Timing
from groundswell_core.clock import Clock
from groundswell_core.errors import Aborted, Unavailable
from groundswell_core.log import get_logger
from groundswell_core.service import Heartbeat
from groundswell_core.source_records import Source, SourceHealth

log = get_logger(__name__)

END_SECONDS = 8.0  # that a task gets to finish what it publishes


class Changes:
    """Wakes the supervisor when sources were changed in this process."""

    def __init__(self) -> None:
        """Starts without a change."""
        self._event = asyncio.Event()

    def notify(self) -> None:
        """Says that sources were changed."""
        self._event.set()

    async def wait(self) -> None:
        """Returns when sources were changed since the last return."""
        await self._event.wait()
        self._event.clear()


@dataclass(slots=True)
class _Running:
    source: Source
    task: asyncio.Task[None]
    publishing: asyncio.Lock  # held while a batch is published: tasks end between batches

    async def end(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(END_SECONDS):
                await self.publishing.acquire()
        self.task.cancel()
        await asyncio.wait([self.task])


class Schedule:
    """Runs one task for each active source; each reads only while this collector has its lease."""

    def __init__(
        self,
        stores: Stores,
        reader: SourceReader,
        settings: CollectorSettings,
        *,
        timing: Timing,
        changes: Changes,
        clock: Clock,
    ) -> None:
        """Takes what tells of changes made here; those made elsewhere are seen by polling."""
        self._sources = stores.sources
        self._cursors = stores.cursors
        self._reader = reader
        self._timing = timing
        self._poll = settings.poll
        self._lease = settings.lease
        self._changes = changes
        self._clock = clock
        self._running: dict[str, _Running] = {}
        self._has_started = False

    async def run(self, stop: asyncio.Event, heartbeat: Heartbeat) -> None:
        """Follows the sources until stop is set; then ends every task."""
        pause = min(self._poll, self._lease / 3)
        try:
            while not stop.is_set():
                heartbeat.beat()
                with _bad_moment("sources cannot be listed now"):
                    await self.sync()
                    await self._cursors.renew()
                await _first_of(stop.wait(), self._changes.wait(), self._clock.sleep(pause))
        finally:
            await self.end(list(self._running))

    async def sync(self) -> None:
        """Starts, restarts and ends tasks so that they are those of the active sources."""
        wanted = {source.name: source for source in await self._sources.active()}
        for running in self._running.values():
            if running.task.done():
                running.task.result()  # raises: a task ends by itself only through a bug of ours
        await self.end(
            name for name, running in self._running.items() if wanted.get(name) != running.source
        )
        for name, source in wanted.items():
            if name not in self._running:
                self._start(source)
        self._has_started = True

    def _start(self, source: Source) -> None:
        publishing = asyncio.Lock()
        work = self.run_source(source, publishing, at_start=not self._has_started)
        task = asyncio.create_task(work, name=source.name)
        self._running[source.name] = _Running(source, task, publishing)

    async def end(self, names: Iterator[str] | list[str]) -> None:
        """Ends tasks after what they publish, and gives their leases back."""
        ended = [self._running.pop(name) for name in list(names)]
        await asyncio.gather(*(running.end() for running in ended))
        with _bad_moment("leases cannot be given back; they run out"):
            await self._cursors.release(
                running.source.name.removeprefix("sources/") for running in ended
            )

    async def run_source(
        self, source: Source, publishing: asyncio.Lock, *, at_start: bool = False
    ) -> None:
        """Reads one source at its interval until it is cancelled."""
        wait = await self._first_wait(source) if at_start else 0.0
        while True:
            await self._clock.sleep(wait)
            wait = await self._turn(source, publishing)

    async def _first_wait(self, source: Source) -> float:
        health = SourceHealth()
        with _bad_moment("health cannot be read now"):
            health = await self._reader.health(source)
        return self._timing.first(source, health, self._clock.now())

    async def _turn(self, source: Source, publishing: asyncio.Lock) -> float:
        """Reads once if the lease is ours; returns the seconds until the next turn."""
        try:
            held = await self._cursors.acquire(source)
            if held is None:
                return self._timing.elsewhere(self._lease)
            return await self._reader.read_once(source, held, publishing)
        except (Unavailable, Aborted) as error:
            # A store that is away, a lease that was lost: never the source's fault.
            log.warning("a source waits", source=source.name, error=error.message)
            return self._timing.ours()


@contextmanager
def _bad_moment(phrase: str) -> Iterator[None]:
    """Logs a bad moment and goes on: the next round tries again."""
    try:
        yield
    except Unavailable as error:
        log.warning(phrase, error=error.message)


async def _first_of(*waits: Coroutine[Any, Any, Any]) -> None:
    """Returns when the first of several waits is over; cancels the others."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
