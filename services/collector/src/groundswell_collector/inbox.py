"""The inbox: what was collected, kept until somebody confirms that it was analysed.

MongoDB is the record and Kafka is transport: an entry is durable here before anything else happens
to it, and is sent again until it is confirmed. A confirmed entry keeps its id and loses its body.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from groundswell_collector.documents import Prepared
from groundswell_core.documents import DOCUMENTS, Document, Signals
from groundswell_core.identity import digest
from groundswell_core.mongo import Collection, CollectionSpec, Index, update_op

# Only unconfirmed entries have a next_send_time.
UNCONFIRMED: Mapping[str, Any] = {"next_send_time": {"$exists": True}}


def inbox_spec(retention: timedelta) -> CollectionSpec:
    """Returns the collection; confirmed entries are forgotten after retention."""
    return CollectionSpec(
        name="inbox",
        schema={
            "bsonType": "object",
            "required": ["_id", "source", "batch", "document", "collect_time", "confirm_time"],
            "properties": {
                "source": {"bsonType": "string"},
                "batch": {"bsonType": ["int", "long"]},
                "document": {"bsonType": "string"},
                "revision": {"bsonType": "string"},
                "dead_letter": {"bsonType": "bool"},
                "body": {"bsonType": "binData"},
                "size": {"bsonType": ["int", "long"]},
                "attempts": {"bsonType": ["int", "long"]},
                "collect_time": {"bsonType": "date"},
                "next_send_time": {"bsonType": "date"},
                "confirm_time": {"bsonType": ["date", "null"]},
            },
        },
        indexes=(
            Index(name="batch", keys=(("source", 1), ("batch", 1))),
            Index(name="collected", keys=(("source", 1), ("collect_time", 1))),
            Index(name="due", keys=(("next_send_time", 1),), partial=UNCONFIRMED),
            Index(name="unconfirmed", keys=(("document", 1),), partial=UNCONFIRMED),
            Index(
                name="expire",
                keys=(("confirm_time", 1),),
                expire_after=retention,
                partial={"confirm_time": {"$type": "date"}},
            ),
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One document in one revision, or one observation of its signals, on its way."""

    id: str
    source: str  # id of the source
    batch: int  # the source's batch in which it was stored first
    collector: str  # who sends it again when nobody confirms it
    document: str  # id of the document
    revision: str
    body: bytes  # as it is sent
    collect_time: datetime
    next_send_time: datetime
    reason: str = ""  # not empty: it is a dead letter
    message: str = ""
    attempts: int = 0  # sendings after the first

    @property
    def is_dead_letter(self) -> bool:
        """Tells whether it goes to the dead letters."""
        return bool(self.reason)

    def headers(self) -> dict[str, bytes]:
        """Returns the headers of its record."""
        if not self.is_dead_letter:
            return {}
        return {
            "origin_source": f"sources/{self.source}".encode(),
            "reason": self.reason.encode(),
            "message": self.message.encode(),
        }


def entry_id(document: Document, refusal: str = "") -> str:
    """Returns the id of an entry, from the document alone: whoever hears it can name it again.

    A board shows the same text again with another rank: that is a new observation, so signals count,
    once a minute at most.
    """
    parts = [document.name.removeprefix("documents/"), document.revision]
    if refusal:
        parts.append(digest(refusal, length=12))
    elif document.signals is not None:
        parts.append(_observation(document.signals, document.collect_time))
    return ":".join(parts)


def _observation(signals: Signals, collect_time: datetime | None) -> str:
    values = (signals.rank, signals.heat, signals.read_count, signals.discussion_count)
    minute = collect_time.strftime("%Y-%m-%dT%H:%M") if collect_time else ""
    return digest(*(repr(value) for value in values), minute, length=12)


def entry_of(prepared: Prepared, *, batch: int, collector: str, next_send_time: datetime) -> Entry:
    """Returns the entry of a prepared document."""
    document, refusal = prepared.document, prepared.refusal
    return Entry(
        id=entry_id(document, refusal.message if refusal else ""),
        source=document.source.removeprefix("sources/"),
        batch=batch,
        collector=collector,
        document=document.name.removeprefix("documents/"),
        revision=document.revision,
        body=DOCUMENTS.to_bytes(document),
        collect_time=document.collect_time or next_send_time,
        next_send_time=next_send_time,
        reason=refusal.reason if refusal else "",
        message=refusal.message if refusal else "",
    )


class Inbox:
    """The collection of entries."""

    def __init__(self, collection: Collection) -> None:
        """Takes the collection of inbox_spec."""
        self._collection = collection

    async def add(self, entries: Sequence[Entry]) -> list[Entry]:
        """Stores the entries that are not there yet, durably, and returns them."""
        is_new = await self._collection.insert_new([_to_record(entry) for entry in entries])
        return [entry for entry, new in zip(entries, is_new, strict=True) if new]

    async def batch_counts(self, source: str, batch: int) -> tuple[int, int]:
        """Returns how many documents and dead letters a source's batch stored."""
        rows = await self._collection.aggregate(
            [
                {"$match": {"source": source, "batch": batch}},
                {"$group": {"_id": "$dead_letter", "count": {"$sum": 1}}},
            ]
        )
        counts = {bool(row["_id"]): int(row["count"]) for row in rows}
        return counts.get(False, 0), counts.get(True, 0)

    async def documents_since(self, sources: Iterable[str], since: datetime) -> dict[str, int]:
        """Returns how many different documents each source gave since then."""
        where = {
            "source": {"$in": list(sources)},
            "collect_time": {"$gte": since},
            "dead_letter": False,
        }
        each = {"_id": {"source": "$source", "document": "$document"}}
        rows = await self._collection.aggregate(
            [
                {"$match": where},
                {"$group": each},
                {"$group": {"_id": "$_id.source", "count": {"$sum": 1}}},
            ]
        )
        return {str(row["_id"]): int(row["count"]) for row in rows}

    async def unconfirmed(self, collector: str | None = None) -> tuple[int, int]:
        """Returns how many entries nobody confirmed yet and their bytes; of one collector or of all."""
        where = dict(UNCONFIRMED) | ({"collector": collector} if collector else {})
        total = {"_id": None, "count": {"$sum": 1}, "bytes": {"$sum": "$size"}}
        rows = await self._collection.aggregate([{"$match": where}, {"$group": total}])
        return (int(rows[0]["count"]), int(rows[0]["bytes"])) if rows else (0, 0)

    async def oldest_unconfirmed(self) -> datetime | None:
        """Returns when the first unconfirmed entry was collected."""
        found = await self._collection.find_one(
            UNCONFIRMED, sort=[("collect_time", 1)], fields=["collect_time"]
        )
        return found["collect_time"] if found else None

    async def due(self, now: datetime, limit: int) -> list[Entry]:
        """Returns unconfirmed entries that are to be sent again, the longest due first."""
        records = await self._collection.find(
            {"next_send_time": {"$lte": now}}, sort=[("next_send_time", 1)], limit=limit
        )
        return [_from_record(record) for record in records]

    async def postpone(self, entries: Iterable[Entry], now: datetime) -> None:
        """Notes that entries are sent again now, and when next."""
        await self._collection.bulk(
            [
                update_op(
                    {"_id": entry.id} | dict(UNCONFIRMED),
                    {
                        "$set": {
                            "attempts": entry.attempts,
                            "next_send_time": entry.next_send_time,
                            "send_time": now,
                        }
                    },
                )
                for entry in entries
            ]
        )

    async def hurry(self, now: datetime) -> int:
        """Makes every unconfirmed entry due now; returns how many."""
        return await self._collection.update_many(UNCONFIRMED, {"$set": {"next_send_time": now}})

    async def waiting_for(self, documents: Iterable[str]) -> list[Entry]:
        """Returns the unconfirmed entries of documents, without their bodies."""
        fields = {"body": 0}
        where = {"document": {"$in": list(documents)}} | dict(UNCONFIRMED)
        return [_from_record(item) for item in await self._collection.find(where, fields=fields)]

    async def confirm(self, entries: Iterable[str], now: datetime, reason: str = "") -> int:
        """Confirms entries by id: their bodies go, their ids stay; returns how many."""
        return await self._collection.update_many(
            {"_id": {"$in": list(entries)}} | dict(UNCONFIRMED),
            {
                "$set": {"confirm_time": now, "confirm_reason": reason},
                "$unset": {"next_send_time": "", "body": ""},
            },
        )


def _to_record(entry: Entry) -> dict[str, Any]:
    return {
        "_id": entry.id,
        "source": entry.source,
        "batch": entry.batch,
        "collector": entry.collector,
        "document": entry.document,
        "revision": entry.revision,
        "dead_letter": entry.is_dead_letter,
        "reason": entry.reason,
        "message": entry.message,
        "body": entry.body,
        "size": len(entry.body),
        "attempts": entry.attempts,
        "collect_time": entry.collect_time,
        "send_time": entry.collect_time,
        "next_send_time": entry.next_send_time,
        "confirm_time": None,
    }


def _from_record(record: Mapping[str, Any]) -> Entry:
    return Entry(
        id=record["_id"],
        source=record["source"],
        batch=record["batch"],
        collector=record["collector"],
        document=record["document"],
        revision=record["revision"],
        body=bytes(record.get("body", b"")),
        collect_time=record["collect_time"],
        next_send_time=record["next_send_time"],
        reason=record["reason"],
        message=record["message"],
        attempts=record["attempts"],
    )
