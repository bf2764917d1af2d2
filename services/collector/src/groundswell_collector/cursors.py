"""How far each source was read, and which collector reads it: one record, so one fence for both."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from groundswell_core.errors import Aborted, AlreadyExists
from groundswell_core.identity import digest
from groundswell_core.mongo import Collection, CollectionSpec
from groundswell_core.source_records import Source

CURSORS = CollectionSpec(
    name="cursors",
    schema={
        "bsonType": "object",
        "required": ["_id", "owner", "until"],
        "properties": {
            "owner": {"bsonType": "string"},
            "until": {"bsonType": "date"},
            "cursor": {"bsonType": ["string", "null"]},
            "config": {"bsonType": "string"},
        },
    },
)

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)  # a lease that is free


@dataclass(frozen=True, slots=True)
class Held:
    """A source that this collector may read, and where reading goes on; None: from the start."""

    source: str  # id
    cursor: str | None
    config: str  # what the cursor belongs to


def config_digest(source: Source) -> str:
    """Returns what a cursor belongs to: with another kind or config it means nothing."""
    # repr: a config may hold what no JSON can, and only equality matters
    return digest(source.kind, repr(sorted(source.config.items())), length=16)


class Cursors:
    """Leases and cursors. Time is the database's, as leases are between machines."""

    def __init__(self, collection: Collection, *, owner: str, lease: float) -> None:
        """Takes the name of this collector and the lease in seconds."""
        self._collection = collection
        self._owner = owner
        self._lease = lease
        self._held: set[str] = set()

    @property
    def owner(self) -> str:
        """Returns the name of this collector."""
        return self._owner

    async def acquire(self, source: Source) -> Held | None:
        """Takes or keeps the lease of a source; None while another collector reads it."""
        identifier, config = source.name.removeprefix("sources/"), config_digest(source)
        if identifier not in self._held:
            await self._make(identifier)
        is_free = {"$or": [{"owner": self._owner}, {"$expr": {"$lt": ["$until", "$$NOW"]}}]}
        found = await self._collection.find_and_update({"_id": identifier, **is_free}, self._take())
        if found is None:
            self._held.discard(identifier)
            return None
        self._held.add(identifier)
        cursor = found.get("cursor") if found.get("config") == config else None
        return Held(identifier, cursor, config)

    async def _make(self, identifier: str) -> None:
        """Makes the record that a lease is taken on, free, when it is missing."""
        free = {
            "owner": {"$ifNull": ["$owner", ""]},
            "until": {"$ifNull": ["$until", _LONG_AGO]},
        }
        with suppress(AlreadyExists):  # another collector made it at the same moment
            await self._collection.update({"_id": identifier}, [{"$set": free}], upsert=True)

    def _take(self) -> list[dict[str, object]]:
        until = {"$add": ["$$NOW", round(self._lease * 1000)]}
        return [{"$set": {"owner": {"$literal": self._owner}, "until": until}}]

    async def save(self, held: Held, cursor: str) -> None:
        """Stores a cursor; Aborted when another collector has taken the source over."""
        saved = await self._collection.update(
            {"_id": held.source, "owner": self._owner},
            {"$set": {"cursor": cursor, "config": held.config}},
        )
        if not saved:
            self._held.discard(held.source)
            raise Aborted(f"sources/{held.source} is read by another collector now")

    async def renew(self) -> None:
        """Keeps every lease that this collector holds."""
        if self._held:
            mine = {"_id": {"$in": sorted(self._held)}, "owner": self._owner}
            await self._collection.update_many(mine, self._take())

    async def release(self, sources: Iterable[str]) -> None:
        """Gives leases back, so that others may read at once."""
        given = sorted(self._held.intersection(sources))
        self._held.difference_update(given)
        if given:
            await self._collection.update_many(
                {"_id": {"$in": given}, "owner": self._owner},
                [{"$set": {"until": _LONG_AGO}}],
            )

    async def forget(self, source: str) -> None:
        """Makes a source start anew."""
        await self._collection.update({"_id": source}, {"$set": {"cursor": None}})
