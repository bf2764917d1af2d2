"""The sources: seeded from a file, managed over gRPC.

A deleted source leaves a mark, so that the file does not bring it back at the next start.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from enum import Enum
from typing import Any

from groundswell_core.errors import AlreadyExists, NotFound
from groundswell_core.identity import digest
from groundswell_core.mongo import Collection, CollectionSpec, Index
from groundswell_core.source_records import SOURCES, Source, SourceState

SOURCE_SPEC = CollectionSpec(
    name="sources",
    schema={
        "bsonType": "object",
        "required": ["_id", "name", "kind", "config", "state", "department", "delete_time"],
        "properties": {
            "name": {"bsonType": "string"},
            "kind": {"bsonType": "string"},
            "config": {"bsonType": "object"},
            "state": {"enum": [state.name for state in SourceState]},
            "department": {"bsonType": "string"},
            "seed": {"bsonType": "string"},
            "edited": {"bsonType": "bool"},
            "delete_time": {"bsonType": ["date", "null"]},
        },
    },
    indexes=(Index(name="state", keys=(("delete_time", 1), ("state", 1))),),
)
_LIVE = {"delete_time": None}
# What an update never touches: life cycle and bookkeeping.
_KEPT = ("state", "health", "create_time")


class Seeded(Enum):
    """What became of one entry of the file."""

    MADE = "made"
    CHANGED = "changed"
    SAME = "same"
    KEPT_EDITED = "kept as edited"


class Sources:
    """The collection of sources, by id."""

    def __init__(self, collection: Collection) -> None:
        """Takes the collection of SOURCE_SPEC."""
        self._collection = collection

    async def get(self, identifier: str) -> Source:
        """Returns a source; raises NotFound."""
        record = await self._collection.find_one({"_id": identifier} | _LIVE)
        if record is None:
            raise missing(identifier)
        return SOURCES.from_record(record)

    async def find(
        self, departments: Sequence[str] | None, *, limit: int = 0, skip: int = 0
    ) -> list[Source]:
        """Returns sources by name: all, or those of some departments."""
        where: dict[str, Any] = dict(_LIVE)
        if departments is not None:
            where["department"] = {"$in": list(departments)}
        records = await self._collection.find(where, sort=[("_id", 1)], limit=limit, skip=skip)
        return [SOURCES.from_record(record) for record in records]

    async def active(self) -> list[Source]:
        """Returns the sources that are to be read."""
        records = await self._collection.find(_LIVE | {"state": SourceState.ACTIVE.name})
        return [SOURCES.from_record(record) for record in records]

    async def create(self, source: Source, now: datetime) -> Source:
        """Makes a source; raises AlreadyExists when its name is taken."""
        made = replace(source, health=None, create_time=now, update_time=now)
        await self._put(made, {"edited": True, "seed": ""})
        return made

    async def _put(self, source: Source, marks: Mapping[str, Any]) -> None:
        record = SOURCES.to_record(source) | dict(marks) | _LIVE
        identifier = source.name.removeprefix("sources/")
        gone = {"_id": identifier, "delete_time": {"$ne": None}}
        if await self._collection.replace(gone, record | {"_id": identifier}):
            return
        try:
            await self._collection.insert(record | {"_id": identifier})
        except AlreadyExists:
            raise AlreadyExists(
                f"{source.name} is there already; choose another name or update it",
                reason="SOURCE_EXISTS",
                name=source.name,
            ) from None

    async def update(self, source: Source, now: datetime) -> Source:
        """Replaces a source's settings; state and create_time stay. Raises NotFound."""
        return await self._change(source.name, _settings(source) | {"edited": True}, now)

    async def set_state(self, identifier: str, state: SourceState, now: datetime) -> Source:
        """Pauses or resumes a source; raises NotFound."""
        return await self._change(f"sources/{identifier}", {"state": state.name}, now)

    async def _change(self, name: str, change: Mapping[str, Any], now: datetime) -> Source:
        identifier = name.removeprefix("sources/")
        record = await self._collection.find_and_update(
            {"_id": identifier} | _LIVE, {"$set": dict(change) | {"update_time": now}}
        )
        if record is None:
            raise missing(identifier)
        return SOURCES.from_record(record)

    async def delete(self, identifier: str, now: datetime) -> None:
        """Deletes a source; raises NotFound."""
        gone = {"$set": {"delete_time": now, "edited": True}}
        if not await self._collection.update({"_id": identifier} | _LIVE, gone):
            raise missing(identifier)

    async def seed(self, source: Source, now: datetime) -> Seeded:
        """Makes a source of the file, or changes one whose entry changed and that nobody edited."""
        identifier, seed = source.name.removeprefix("sources/"), seed_digest(source)
        known = await self._collection.find_one({"_id": identifier})
        if known is None:
            made = replace(source, health=None, create_time=now, update_time=now)
            with suppress(AlreadyExists):  # another collector starts at the same moment
                await self._put(made, {"edited": False, "seed": seed})
            return Seeded.MADE
        if known["seed"] == seed:
            return Seeded.SAME
        if known["edited"]:
            return Seeded.KEPT_EDITED
        await self._change(source.name, _settings(source) | {"seed": seed}, now)
        return Seeded.CHANGED


def missing(identifier: str) -> NotFound:
    """Returns the failure for a source that is not there, or is another department's."""
    name = f"sources/{identifier}"
    return NotFound(f"there is no {name}", reason="SOURCE_NOT_FOUND", name=name)


def seed_digest(source: Source) -> str:
    """Returns what an entry of the file says; it changes when the entry is edited."""
    return digest(repr(sorted(_settings(source).items())), source.state.name, length=16)


def _settings(source: Source) -> dict[str, Any]:
    record = SOURCES.to_record(source)
    return {key: value for key, value in record.items() if key not in {*_KEPT, "update_time"}}
