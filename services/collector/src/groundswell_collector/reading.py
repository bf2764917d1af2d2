"""One read of one source: open it, publish what it yields, note how it went."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta

from groundswell_collector import metrics
from groundswell_collector.cursors import Held
from groundswell_collector.entries import Kinds, Rules
from groundswell_collector.health import Books, state_after_failure
from groundswell_collector.publish import Publisher, parts
from groundswell_collector.stores import Stores
from groundswell_collector.timing import Timing
from groundswell_core.clock import Clock
from groundswell_core.errors import Aborted, GroundswellError, Unavailable
from groundswell_core.log import get_logger, redact
from groundswell_core.source_records import Source, SourceHealth
from groundswell_core.sources import Batch, Host
from groundswell_core.values import clean_text

log = get_logger(__name__)

OpenHost = Callable[[Source], Host]
NOTE_SECONDS = 10.0  # between two notes of success while a read goes on


class _Ours(Exception):
    """A failure of our own stores, which must not be held against the source."""

    def __init__(self, error: GroundswellError) -> None:
        super().__init__(error.message)
        self.error = error


@contextmanager
def _ours() -> Iterator[None]:
    try:
        yield
    except (Unavailable, Aborted) as error:
        raise _Ours(error) from error


def failure_message(error: Exception) -> str:
    """Returns why a read failed, safe to store and to show."""
    if isinstance(error, GroundswellError):
        text = error.message
    else:
        text = f"the plugin failed: {type(error).__name__}: {error}; its author must mend it"
    return redact(clean_text(text, 1000))


@asynccontextmanager
async def iterating(batches: AsyncIterator[Batch]) -> AsyncIterator[AsyncIterator[Batch]]:
    """Yields an iterator and closes it afterwards, where it can be closed."""
    try:
        yield batches
    finally:
        if isinstance(batches, AsyncGenerator):
            await batches.aclose()


@dataclass(slots=True)
class _Turn:
    """What one read carries along."""

    source: Source
    held: Held
    books: Books
    noted: float = float("-inf")  # monotonic seconds of the last note of success


class SourceReader:
    """Reads sources, one turn at a time."""

    def __init__(
        self,
        kinds: Kinds,
        open_host: OpenHost,
        *,
        publisher: Publisher,
        stores: Stores,
        timing: Timing,
        clock: Clock,
    ) -> None:
        """Takes open_host, which gives each source its fetcher and parser."""
        self._kinds = kinds
        self._rules = Rules(kinds)
        self._open_host = open_host
        self._publisher = publisher
        self._healths = stores.healths
        self._counts = stores.counts
        self._timing = timing
        self._clock = clock

    async def read_once(self, source: Source, held: Held, publishing: asyncio.Lock) -> float:
        """Reads what is new and returns the seconds until the next read.

        Raises Unavailable or Aborted only for our own stores; what the source or its plugin does
        wrong becomes its health.
        """
        started = self._clock.monotonic()
        try:
            with _ours():
                await self._publisher.relieved()
                books = await self._healths.open_books(held.source)
            await self._read(_Turn(source, held, books), publishing)
        except _Ours as failure:
            raise failure.error from failure
        except asyncio.CancelledError:
            if (task := asyncio.current_task()) is None or task.cancelling():
                raise
            return await self._failed(source, RuntimeError("it cancelled its own read"))
        except Exception as error:  # noqa: BLE001 - a broken source or plugin must not stop the others
            return await self._failed(source, error)
        wait = self._timing.after_success(source, self._clock.monotonic() - started)
        await self._succeeded(source, wait)
        return wait

    async def _read(self, turn: _Turn, publishing: asyncio.Lock) -> None:
        config = self._rules.check(turn.source)
        spec = self._kinds[turn.source.kind].spec
        async with (
            spec.open(config, self._open_host(turn.source)) as opened,
            iterating(opened.read(turn.held.cursor)) as batches,
        ):
            async for batch in batches:
                await self._publish(turn, batch, publishing)

    async def _publish(self, turn: _Turn, batch: Batch, publishing: asyncio.Lock) -> None:
        for part in parts(batch):
            with _ours():
                await self._publisher.relieved()
                async with publishing:
                    turn.books = await self._publisher.publish_batch(
                        turn.source, part, turn.held, turn.books
                    )
                await self._note(turn)

    async def _note(self, turn: _Turn) -> None:
        """Notes success now and then: some sources never end their read."""
        now = self._clock.monotonic()
        if now - turn.noted >= NOTE_SECONDS:
            turn.noted = now
            await self._succeeded(turn.source, self._timing.of(turn.source))

    async def _succeeded(self, source: Source, wait: float) -> None:
        identifier, now = source.name.removeprefix("sources/"), self._clock.now()
        await self._counts.succeeded(identifier, now)
        create_time = source.create_time or now
        await self._healths.succeeded(identifier, create_time, now, now + timedelta(seconds=wait))

    async def _failed(self, source: Source, error: Exception) -> float:
        identifier, now = source.name.removeprefix("sources/"), self._clock.now()
        failures = (await self.health(source)).consecutive_failures + 1
        wait = self._timing.after_failure(source, failures, error)
        health = SourceHealth(
            state=state_after_failure(error),
            last_attempt_time=now,
            last_error=failure_message(error),
            consecutive_failures=failures,
            next_read_time=now + timedelta(seconds=wait),
        )
        kind = source.kind if source.kind in self._kinds else "unknown"  # a closed set of labels
        metrics.READ_ERRORS.labels(kind, health.state.name).inc()
        bug = None if isinstance(error, GroundswellError) else error
        log.warning(
            "source failed", source=source.name, error=health.last_error, wait=wait, exc_info=bug
        )
        await self._counts.failed(identifier, now, health.last_error)
        await self._healths.failed(identifier, health)
        return wait

    async def health(self, source: Source) -> SourceHealth:
        """Returns the health of a source as it is stored."""
        identifier = source.name.removeprefix("sources/")
        return (await self._healths.of([identifier])).get(identifier, SourceHealth())
