"""Publishes what was read: the inbox first, then Kafka, then the cursor.

A crash between any two steps reads or sends again, which derived ids make harmless.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from groundswell_collector import metrics
from groundswell_collector.cursors import Held
from groundswell_collector.documents import Prepared, prepare, refused
from groundswell_collector.health import Books, Counted
from groundswell_collector.inbox import Entry, entry_of
from groundswell_collector.pressure import Pressure
from groundswell_collector.settings import CollectorSettings
from groundswell_collector.stores import Stores
from groundswell_core import sources
from groundswell_core.clock import Clock
from groundswell_core.errors import InvalidInput, Unavailable
from groundswell_core.kafka import Producer
from groundswell_core.log import get_logger
from groundswell_core.source_records import Source
from groundswell_core.topics import DOCUMENTS

log = get_logger(__name__)

MAXIMUM_DOCUMENTS = 200  # of one part
MAXIMUM_CHARACTERS = 2_000_000  # of the texts of one part
MAXIMUM_CURSOR = 1_000_000  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece of a batch that is small enough to be stored and sent at once."""

    documents: tuple[sources.Document, ...]
    invalid: tuple[str, ...] = ()
    cursor: str | None = None  # only the last part has the batch's


def parts(batch: object) -> Iterator[Part]:
    """Yields a batch in pieces; raises InvalidInput for what a plugin must not yield."""
    if not isinstance(batch, sources.Batch):
        raise InvalidInput(
            f"the plugin yielded {type(batch).__name__}; it must yield Batch", reason="BAD_BATCH"
        )
    if not isinstance(batch.cursor, str) or len(batch.cursor) > MAXIMUM_CURSOR:
        raise InvalidInput(
            f"the plugin's cursor must be text of at most {MAXIMUM_CURSOR} characters",
            reason="BAD_CURSOR",
        )
    documents = batch.documents
    while len(documents) > (fitting := _fitting(documents)):
        yield Part(documents=documents[:fitting])
        documents = documents[fitting:]
    yield Part(documents=documents, invalid=batch.invalid, cursor=batch.cursor)


def _fitting(documents: Sequence[sources.Document]) -> int:
    """Returns how many of the first documents make one part: at least one."""
    characters = 0
    for position, document in enumerate(documents[:MAXIMUM_DOCUMENTS]):
        text = getattr(document, "text", "")
        characters += len(text) if isinstance(text, str) else 0
        if characters > MAXIMUM_CHARACTERS:
            return max(position, 1)
    return MAXIMUM_DOCUMENTS


class Publisher:
    """Stores, sends, and remembers how far a source was read."""

    def __init__(
        self,
        stores: Stores,
        producer: Producer,
        settings: CollectorSettings,
        *,
        clock: Clock,
    ) -> None:
        """Takes a producer that may send to documents and to their dead letters."""
        self._inbox = stores.inbox
        self._healths = stores.healths
        self._cursors = stores.cursors
        self._producer = producer
        self._clock = clock
        self._reconcile_after = timedelta(seconds=settings.reconcile_after)
        self._maximum_age = timedelta(days=settings.maximum_age)
        self._pressure = Pressure(
            stores.inbox,
            collector=stores.cursors.owner,
            documents=settings.maximum_unconfirmed,
            size=settings.maximum_unconfirmed_bytes,
            clock=clock,
        )

    async def relieved(self) -> None:
        """Returns when more may be read: Kafka answers and not too much waits to be confirmed."""
        await self._pressure.relieved()

    async def publish_batch(self, source: Source, part: Part, held: Held, books: Books) -> Books:
        """Makes a part durable, sends it and saves its cursor; returns the books after it.

        Kafka may be away: the inbox has the documents, and the reconciler sends them.
        """
        started, now = self._clock.monotonic(), milliseconds(self._clock.now())
        taken = [prepare(source, document, now) for document in part.documents]
        taken += [refused(source, why, now) for why in part.invalid]
        if taken:
            books = await self._store_and_send(source, taken, books, now)
            metrics.PUBLISH_SECONDS.observe(self._clock.monotonic() - started)
        if part.cursor is not None and part.cursor != held.cursor:
            # After the inbox write: a crash in between re-reads, which ids make harmless.
            await self._cursors.save(held, part.cursor)
        return books

    async def _store_and_send(
        self, source: Source, taken: Sequence[Prepared], books: Books, now: datetime
    ) -> Books:
        kept = [item for item in taken if not self._is_too_old(item, now)]
        entries = [
            entry_of(
                item,
                batch=books.batch + 1,
                collector=self._cursors.owner,
                next_send_time=now + self._reconcile_after,
            )
            for item in kept
        ]
        fresh = await self._inbox.add(entries)
        self._pressure.added(len(fresh), sum(len(entry.body) for entry in fresh))
        identifier = source.name.removeprefix("sources/")
        # Counted in the inbox: an earlier try of this batch may have stored some of it.
        stored, dead_lettered = await self._inbox.batch_counts(identifier, books.batch + 1)
        dropped = len(taken) - len(kept)
        counted = Counted(
            fetched=max(len(taken), stored + dead_lettered + dropped),
            stored=stored,
            dead_lettered=dead_lettered,
            dropped=dropped,
        )
        books = await self._healths.book(identifier, books, counted, now)
        _count(source, counted)
        await self._send(source, fresh)
        return books

    def _is_too_old(self, item: Prepared, now: datetime) -> bool:
        published = item.document.publish_time
        return bool(self._maximum_age and published and now - published > self._maximum_age)

    async def _send(self, source: Source, entries: Sequence[Entry]) -> None:
        if not entries:
            return
        try:
            await self.send(entries)
        except Unavailable as error:
            log.warning(
                "kafka is away: the inbox keeps the documents",
                source=source.name,
                documents=len(entries),
                error=error.message,
            )
        else:
            log.info("batch published", source=source.name, documents=len(entries))

    async def send(self, entries: Sequence[Entry]) -> None:
        """Sends entries and returns when all are acknowledged; Unavailable: perhaps not all were."""
        good = [(entry.document, entry.body) for entry in entries if not entry.is_dead_letter]
        try:
            if good:
                await self._producer.send_all(DOCUMENTS, good)
            for entry in entries:
                if entry.is_dead_letter:
                    await self._producer.send(
                        DOCUMENTS.dlq, entry.document, entry.body, entry.headers()
                    )
        except Unavailable:
            self._pressure.is_down = True
            raise
        self._pressure.is_down = False


def milliseconds(moment: datetime) -> datetime:
    """Returns a time as precise as MongoDB keeps it."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _count(source: Source, counted: Counted) -> None:
    for outcome in ("fetched", "stored", "duplicate", "dead_lettered", "dropped"):
        amount = getattr(counted, outcome)
        metrics.DOCUMENTS.labels(source.kind, outcome).inc(amount)
