"""How each source fares, and its books: what was read of it and what became of that.

fetched = stored + duplicate + dead_lettered + dropped, always: one update moves all five, guarded by
the number of the batch, so that a repeated update changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any

from groundswell_collector.inbox import Inbox
from groundswell_core.errors import Aborted, Unavailable
from groundswell_core.mongo import Collection, CollectionSpec
from groundswell_core.source_records import SOURCE_HEALTH, HealthState, SourceHealth

_COUNT = {"bsonType": ["int", "long"], "minimum": 0}
SOURCE_HEALTHS = CollectionSpec(
    name="source_health",
    schema={
        "bsonType": "object",
        "required": ["_id", "batch"],
        "properties": {
            "batch": _COUNT,
            "state": {"enum": [state.name for state in HealthState]},
            "fetched_count": _COUNT,
            "stored_count": _COUNT,
            "duplicate_count": _COUNT,
            "dead_lettered_count": _COUNT,
            "dropped_count": _COUNT,
        },
    },
)

DAY = timedelta(days=1)
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """What was read of a source since it was made; batch numbers the last update."""

    batch: int = 0
    fetched_count: int = 0
    stored_count: int = 0
    duplicate_count: int = 0
    dead_lettered_count: int = 0
    dropped_count: int = 0

    def record(self) -> dict[str, int]:
        """Returns the fields as they are stored."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What became of one batch."""

    fetched: int
    stored: int
    dead_lettered: int = 0
    dropped: int = 0

    @property
    def duplicate(self) -> int:
        """Returns the documents that were there already."""
        return self.fetched - self.stored - self.dead_lettered - self.dropped


def booked(books: Books, counted: Counted) -> Books:
    """Returns the books after a batch."""
    return Books(
        batch=books.batch + 1,
        fetched_count=books.fetched_count + counted.fetched,
        stored_count=books.stored_count + counted.stored,
        duplicate_count=books.duplicate_count + counted.duplicate,
        dead_lettered_count=books.dead_lettered_count + counted.dead_lettered,
        dropped_count=books.dropped_count + counted.dropped,
    )


def state_after_success(
    now: datetime, create_time: datetime, last_document_time: datetime | None, week_count: int
) -> HealthState:
    """Returns HEALTHY, or SILENT when nothing new came for far longer than usual.

    Usual is the mean gap of the last seven days (or of its life so far); far longer is ten times
    that, and a day at least.
    """
    life = min(now - create_time, WEEK)
    usual = life / week_count if week_count else WEEK
    quiet = now - max(last_document_time or create_time, create_time)
    return HealthState.SILENT if quiet > max(DAY, 10 * usual) else HealthState.HEALTHY


def state_after_failure(error: Exception) -> HealthState:
    """Returns UNREACHABLE for a bad moment of the source's host, FAILING for anything else."""
    return HealthState.UNREACHABLE if isinstance(error, Unavailable) else HealthState.FAILING


class Healths:
    """The collection of health records."""

    def __init__(self, collection: Collection, inbox: Inbox) -> None:
        """Takes the collection of SOURCE_HEALTHS and the inbox, of which counts are derived."""
        self._collection = collection
        self._inbox = inbox

    async def open_books(self, source: str) -> Books:
        """Returns the books of a source, with what a crash left unbooked."""
        record = await self._collection.find_and_update(
            {"_id": source},
            [{"$set": {"batch": {"$ifNull": ["$batch", 0]}}}],
            upsert=True,
        )
        books = _books(record or {})
        stored, dead_lettered = await self._inbox.batch_counts(source, books.batch + 1)
        if not stored + dead_lettered:
            return books
        left = Counted(fetched=stored + dead_lettered, stored=stored, dead_lettered=dead_lettered)
        return await self.book(source, books, left)

    async def book(
        self, source: str, books: Books, counted: Counted, now: datetime | None = None
    ) -> Books:
        """Moves the books past a batch; Aborted when another writer moved them."""
        after = booked(books, counted)
        change: dict[str, Any] = dict(after.record())
        if now is not None and counted.stored:
            change["last_document_time"] = now
        moved = await self._collection.update(
            {"_id": source, "batch": books.batch}, {"$set": change}
        )
        if not moved:
            raise Aborted(f"the books of sources/{source} moved; another collector reads it")
        return after

    async def succeeded(
        self, source: str, create_time: datetime, now: datetime, next_read_time: datetime
    ) -> HealthState:
        """Notes a read that went well; returns the state that follows."""
        known = (await self.of([source])).get(source, SourceHealth())
        state = HealthState.HEALTHY
        if now - (known.last_document_time or create_time) > DAY:
            counts = await self._inbox.documents_since([source], now - WEEK)
            state = state_after_success(
                now, create_time, known.last_document_time, counts.get(source, 0)
            )
        change = {
            "state": state.name,
            "last_success_time": now,
            "last_attempt_time": now,
            "last_error": "",
            "consecutive_failures": 0,
            "next_read_time": next_read_time,
        }
        await self._collection.update({"_id": source}, {"$set": change})
        return state

    async def failed(
        self,
        source: str,
        health: SourceHealth,
    ) -> None:
        """Notes a read that failed."""
        change = {
            "state": health.state.name,
            "last_attempt_time": health.last_attempt_time,
            "last_error": health.last_error,
            "consecutive_failures": health.consecutive_failures,
            "next_read_time": health.next_read_time,
        }
        await self._collection.update({"_id": source}, {"$set": change})

    async def reset(self, source: str) -> None:
        """Starts a source's health anew; the batch number goes on, as ids in the inbox hold it."""
        record = await self._collection.find_one({"_id": source}, fields=["batch"])
        batch = int((record or {}).get("batch", 0))
        fresh = {"_id": source, "state": HealthState.PENDING.name}
        await self._collection.replace(
            {"_id": source}, fresh | Books(batch=batch).record(), upsert=True
        )

    async def of(self, sources: Iterable[str]) -> dict[str, SourceHealth]:
        """Returns the health of sources by id; those never read are not in it."""
        records = await self._collection.find({"_id": {"$in": list(sources)}})
        return {record["_id"]: SOURCE_HEALTH.from_record(_known(record)) for record in records}

    async def counted(self, sources: Iterable[str], now: datetime) -> dict[str, SourceHealth]:
        """Returns the health of sources with their documents of the last day."""
        identifiers = list(sources)
        counts = await self._inbox.documents_since(identifiers, now - DAY)
        healths = await self.of(identifiers)
        return {
            identifier: replace(
                healths.get(identifier, SourceHealth()),
                documents_last_day=counts.get(identifier, 0),
            )
            for identifier in identifiers
        }


def _known(record: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key not in {"_id", "batch"}}


def _books(record: Mapping[str, Any]) -> Books:
    return Books(**{field.name: int(record.get(field.name, 0)) for field in fields(Books)})
