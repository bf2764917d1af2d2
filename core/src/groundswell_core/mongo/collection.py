"""One collection, by verbs: bounded, majority and journal, failures of the tree only."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from pymongo import DeleteOne, InsertOne, ReplaceOne, ReturnDocument, UpdateOne
from pymongo.errors import BulkWriteError

from groundswell_core.errors import InvalidInput, Unavailable
from groundswell_core.mongo.failures import DUPLICATE, TRANSIENT_CODES, translated

Record = dict[str, Any]
Filter = Mapping[str, Any]
Sort = Sequence[tuple[str, int]]
Operation = InsertOne[Record] | UpdateOne | ReplaceOne[Record] | DeleteOne


@dataclass(frozen=True, slots=True)
class BulkResult:
    """What a bulk write did; failed holds (position, code) of each operation that did not apply."""

    inserted: int
    matched: int
    upserted: int
    failed: tuple[tuple[int, int], ...]


def insert_op(document: Mapping[str, Any]) -> Operation:
    """Returns an insert for bulk()."""
    return InsertOne(dict(document))


def update_op(where: Filter, change: Mapping[str, Any], *, upsert: bool = False) -> Operation:
    """Returns an update of one document for bulk()."""
    return UpdateOne(where, change, upsert=upsert)


def replace_op(where: Filter, document: Mapping[str, Any], *, upsert: bool = False) -> Operation:
    """Returns a replacement of one document for bulk()."""
    return ReplaceOne(where, dict(document), upsert=upsert)


def delete_op(where: Filter) -> Operation:
    """Returns a deletion of one document for bulk()."""
    return DeleteOne(where)


class Collection:
    """One collection, by verbs."""

    def __init__(self, raw: Any) -> None:
        """Wraps the driver's collection."""
        self._raw = raw

    @property
    def name(self) -> str:
        """Returns the collection's name."""
        return str(self._raw.name)

    async def find(
        self,
        where: Filter,
        *,
        sort: Sort = (),
        limit: int = 0,
        skip: int = 0,
        fields: Mapping[str, Any] | Sequence[str] | None = None,
    ) -> list[Record]:
        """Returns the matching records; limit 0 means all."""
        with translated():
            cursor = self._raw.find(where, fields, sort=list(sort) or None, limit=limit, skip=skip)
            return list(await cursor.to_list(None))

    async def stream(
        self,
        where: Filter,
        *,
        sort: Sort = (),
        fields: Mapping[str, Any] | Sequence[str] | None = None,
        batch_size: int = 500,
    ) -> AsyncIterator[Record]:
        """Yields the matching records without holding them all."""
        with translated():
            cursor = self._raw.find(where, fields, sort=list(sort) or None, batch_size=batch_size)
            async for record in cursor:
                yield record

    async def find_one(
        self,
        where: Filter,
        *,
        sort: Sort = (),
        fields: Mapping[str, Any] | Sequence[str] | None = None,
    ) -> Record | None:
        """Returns the first matching record, or None."""
        with translated():
            found: Record | None = await self._raw.find_one(where, fields, sort=list(sort) or None)
            return found

    async def insert(self, document: Mapping[str, Any]) -> None:
        """Inserts a record; raises AlreadyExists when its key is taken."""
        with translated():
            await self._raw.insert_one(dict(document))

    async def insert_new(self, documents: Sequence[Mapping[str, Any]]) -> list[bool]:
        """Inserts many, in no order; False for each that was there already."""
        result = await self.bulk([insert_op(document) for document in documents])
        there = set()
        for position, code in result.failed:
            if code != DUPLICATE:
                raise InvalidInput(
                    f"record {position} of {len(documents)} was refused by MongoDB: code {code}",
                    reason="BAD_RECORD",
                )
            there.add(position)
        return [position not in there for position in range(len(documents))]

    async def insert_in_order(self, documents: Sequence[Mapping[str, Any]]) -> int:
        """Inserts one after the other, up to the first whose key is taken; returns how many."""
        with translated():
            try:
                result = await self._raw.insert_many([dict(document) for document in documents])
            except BulkWriteError as error:
                found = _bulk_result(error.details or {})
                if any(code != DUPLICATE for _, code in found.failed):
                    raise InvalidInput(
                        f"record {found.inserted} of {len(documents)} was refused by MongoDB",
                        reason="BAD_RECORD",
                    ) from error
                return found.inserted
            return len(result.inserted_ids)

    async def update(self, where: Filter, change: Any, *, upsert: bool = False) -> int:
        """Updates one record; returns 1 when one matched or was made, else 0."""
        with translated():
            result = await self._raw.update_one(where, change, upsert=upsert)
            return int(result.matched_count or (result.upserted_id is not None))

    async def update_many(self, where: Filter, change: Any) -> int:
        """Updates all that match; returns how many matched."""
        with translated():
            return int((await self._raw.update_many(where, change)).matched_count)

    async def find_and_update(
        self, where: Filter, change: Any, *, upsert: bool = False, sort: Sort = ()
    ) -> Record | None:
        """Updates one record atomically and returns it as it is after, or None."""
        with translated():
            found: Record | None = await self._raw.find_one_and_update(
                where,
                change,
                upsert=upsert,
                sort=list(sort) or None,
                return_document=ReturnDocument.AFTER,
            )
            return found

    async def replace(
        self, where: Filter, document: Mapping[str, Any], *, upsert: bool = False
    ) -> int:
        """Replaces one record; returns 1 when one matched or was made, else 0."""
        with translated():
            result = await self._raw.replace_one(where, dict(document), upsert=upsert)
            return int(result.matched_count or (result.upserted_id is not None))

    async def bulk(self, operations: Iterable[Operation]) -> BulkResult:
        """Applies operations in no order; failures of single ones are in the result.

        Unavailable when any failed for a bad moment: repeat the whole, so it must be idempotent.
        """
        requests = list(operations)
        if not requests:
            return BulkResult(0, 0, 0, ())
        with translated():
            try:
                result = await self._raw.bulk_write(requests, ordered=False)
                details: Mapping[str, Any] = result.bulk_api_result
            except BulkWriteError as error:
                details = error.details or {}
        return _bulk_result(details)

    async def delete(self, where: Filter) -> int:
        """Deletes one record; returns how many."""
        with translated():
            return int((await self._raw.delete_one(where)).deleted_count)

    async def delete_many(self, where: Filter) -> int:
        """Deletes all that match; returns how many."""
        with translated():
            return int((await self._raw.delete_many(where)).deleted_count)

    async def count(self, where: Filter, *, limit: int = 0) -> int:
        """Counts matching records, up to limit when given."""
        with translated():
            # Counted, not estimated: the server's estimate is wrong after a crash.
            bound = {"limit": limit} if limit else {}
            return int(await self._raw.count_documents(where, **bound))

    async def aggregate(self, pipeline: Sequence[Mapping[str, Any]]) -> list[Record]:
        """Returns what a pipeline yields."""
        with translated():
            return list(await self._raw.aggregate(list(pipeline)).to_list(None))

    @asynccontextmanager
    async def watch(
        self, pipeline: Sequence[Mapping[str, Any]] = ()
    ) -> AsyncIterator[AsyncIterator[Record]]:
        """Opens a change stream. A wake-up, not a ledger: always poll as well.

        At most one a process: each holds a driver thread while it waits.
        """
        with translated():
            async with self._raw.watch(
                list(pipeline), full_document="updateLookup", max_await_time_ms=1000
            ) as stream:
                yield stream


def _bulk_result(details: Mapping[str, Any]) -> BulkResult:
    failed = tuple((int(e["index"]), int(e["code"])) for e in details.get("writeErrors", ()))
    if details.get("writeConcernErrors") or any(code in TRANSIENT_CODES for _, code in failed):
        raise Unavailable("MongoDB could not make a bulk write durable; it may have been applied")
    return BulkResult(
        int(details.get("nInserted", 0)),
        int(details.get("nMatched", 0)),
        int(details.get("nUpserted", 0)),
        failed,
    )
