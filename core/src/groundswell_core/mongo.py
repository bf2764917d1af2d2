"""MongoDB as verbs: the only file that imports the driver (with mongo_admin.py for set-up).

Every call is bounded by a timeout, writes with majority and journal, and raises only
groundswell_core.errors. Written so that a move to another driver touches nothing else.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bson.codec_options import CodecOptions, DatetimeConversion
from bson.errors import BSONError
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import (
    DeleteOne,
    InsertOne,
    ReadPreference,
    ReplaceOne,
    ReturnDocument,
    UpdateOne,
    WriteConcern,
)
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    ConnectionFailure,
    DocumentTooLarge,
    DuplicateKeyError,
    ExecutionTimeout,
    InvalidURI,
    OperationFailure,
    PyMongoError,
    WTimeoutError,
)
from pymongo.read_concern import ReadConcern

from groundswell_core.errors import AlreadyExists, InvalidInput, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groundswell_core.settings import MongoSettings

Record = dict[str, Any]
Filter = Mapping[str, Any]
Sort = Sequence[tuple[str, int]]
Operation = InsertOne[Record] | UpdateOne | ReplaceOne[Record] | DeleteOne

_MAYBE = (ConnectionFailure, AutoReconnect, ExecutionTimeout, WTimeoutError)
_DUPLICATE = 11000
_VALIDATION = 121
_NAMESPACE_EXISTS = 48
# not primary, node shutting down, interrupted, write concern not met: a bad moment
_TRANSIENT_CODES = {6, 7, 64, 89, 91, 100, 112, 189, 262, 10107, 11600, 11602, 13435, 13436}


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """One index; expire_after makes it a TTL index."""

    name: str
    keys: tuple[tuple[str, int], ...]
    unique: bool = False
    expire_after: timedelta | None = None
    partial: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionSpec:
    """A collection with its validator ($jsonSchema) and its indexes."""

    name: str
    schema: Mapping[str, Any]
    indexes: tuple[Index, ...] = ()


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


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except DuplicateKeyError as error:
        raise AlreadyExists("a record with this key is there already") from error
    except _MAYBE as error:
        raise Unavailable(f"MongoDB did not answer in time: {type(error).__name__}") from error
    except OperationFailure as error:
        if error.code in _TRANSIENT_CODES or error.has_error_label("RetryableWriteError"):
            raise Unavailable(f"MongoDB cannot do this now: code {error.code}") from error
        if error.code == _VALIDATION:
            raise InvalidInput(_validation_message(error), reason="BAD_RECORD") from error
        raise
    except (BSONError, DocumentTooLarge, OverflowError, UnicodeEncodeError) as error:
        raise InvalidInput(f"the record cannot be stored: {error}", reason="BAD_RECORD") from error


def _validation_message(error: OperationFailure) -> str:
    details = (error.details or {}).get("errInfo", {}).get("details", {})
    return f"the record breaks its schema: {str(details)[:500]}"


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
        with _translated():
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
        with _translated():
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
        with _translated():
            found: Record | None = await self._raw.find_one(where, fields, sort=list(sort) or None)
            return found

    async def insert(self, document: Mapping[str, Any]) -> None:
        """Inserts a record; raises AlreadyExists when its key is taken."""
        with _translated():
            await self._raw.insert_one(dict(document))

    async def insert_new(self, documents: Sequence[Mapping[str, Any]]) -> list[bool]:
        """Inserts many, in no order; False for each that was there already."""
        result = await self.bulk([insert_op(document) for document in documents])
        there = set()
        for position, code in result.failed:
            if code != _DUPLICATE:
                raise InvalidInput(
                    f"record {position} of {len(documents)} was refused by MongoDB: code {code}",
                    reason="BAD_RECORD",
                )
            there.add(position)
        return [position not in there for position in range(len(documents))]

    async def insert_in_order(self, documents: Sequence[Mapping[str, Any]]) -> int:
        """Inserts one after the other, up to the first whose key is taken; returns how many."""
        with _translated():
            try:
                result = await self._raw.insert_many([dict(document) for document in documents])
            except BulkWriteError as error:
                found = _bulk_result(error.details or {})
                if any(code != _DUPLICATE for _, code in found.failed):
                    raise InvalidInput(
                        f"record {found.inserted} of {len(documents)} was refused by MongoDB",
                        reason="BAD_RECORD",
                    ) from error
                return found.inserted
            return len(result.inserted_ids)

    async def update(self, where: Filter, change: Any, *, upsert: bool = False) -> int:
        """Updates one record; returns 1 when one matched or was made, else 0."""
        with _translated():
            result = await self._raw.update_one(where, change, upsert=upsert)
            return int(result.matched_count or (result.upserted_id is not None))

    async def update_many(self, where: Filter, change: Any) -> int:
        """Updates all that match; returns how many matched."""
        with _translated():
            return int((await self._raw.update_many(where, change)).matched_count)

    async def find_and_update(
        self, where: Filter, change: Any, *, upsert: bool = False, sort: Sort = ()
    ) -> Record | None:
        """Updates one record atomically and returns it as it is after, or None."""
        with _translated():
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
        with _translated():
            result = await self._raw.replace_one(where, dict(document), upsert=upsert)
            return int(result.matched_count or (result.upserted_id is not None))

    async def bulk(self, operations: Iterable[Operation]) -> BulkResult:
        """Applies operations in no order; failures of single ones are in the result.

        Unavailable when any failed for a bad moment: repeat the whole, so it must be idempotent.
        """
        requests = list(operations)
        if not requests:
            return BulkResult(0, 0, 0, ())
        with _translated():
            try:
                result = await self._raw.bulk_write(requests, ordered=False)
                details: Mapping[str, Any] = result.bulk_api_result
            except BulkWriteError as error:
                details = error.details or {}
        return _bulk_result(details)

    async def delete(self, where: Filter) -> int:
        """Deletes one record; returns how many."""
        with _translated():
            return int((await self._raw.delete_one(where)).deleted_count)

    async def delete_many(self, where: Filter) -> int:
        """Deletes all that match; returns how many."""
        with _translated():
            return int((await self._raw.delete_many(where)).deleted_count)

    async def count(self, where: Filter, *, limit: int = 0) -> int:
        """Counts matching records, up to limit when given."""
        with _translated():
            if not where and not limit:
                return int(await self._raw.estimated_document_count())
            return int(
                await self._raw.count_documents(where, **({"limit": limit} if limit else {}))
            )

    async def aggregate(self, pipeline: Sequence[Mapping[str, Any]]) -> list[Record]:
        """Returns what a pipeline yields."""
        with _translated():
            return list(await self._raw.aggregate(list(pipeline)).to_list(None))

    @asynccontextmanager
    async def watch(
        self, pipeline: Sequence[Mapping[str, Any]] = ()
    ) -> AsyncIterator[AsyncIterator[Record]]:
        """Opens a change stream. A wake-up, not a ledger: always poll as well.

        At most one a process: each holds a driver thread while it waits.
        """
        with _translated():
            async with self._raw.watch(
                list(pipeline), full_document="updateLookup", max_await_time_ms=1000
            ) as stream:
                yield stream


def _bulk_result(details: Mapping[str, Any]) -> BulkResult:
    failed = tuple((int(e["index"]), int(e["code"])) for e in details.get("writeErrors", ()))
    if details.get("writeConcernErrors") or any(code in _TRANSIENT_CODES for _, code in failed):
        raise Unavailable("MongoDB could not make a bulk write durable; it may have been applied")
    return BulkResult(
        int(details.get("nInserted", 0)),
        int(details.get("nMatched", 0)),
        int(details.get("nUpserted", 0)),
        failed,
    )


class Database:
    """One database."""

    def __init__(self, raw: Any) -> None:
        """Wraps the driver's database."""
        self._raw = raw

    def collection(self, name: str) -> Collection:
        """Returns a collection by name."""
        return Collection(self._raw[name])

    async def ensure(self, *specs: CollectionSpec) -> None:
        """Creates or updates collections with their validators and indexes."""
        for spec in specs:
            await self._ensure_collection(spec)
            await self._ensure_indexes(spec)

    async def _ensure_collection(self, spec: CollectionSpec) -> None:
        validator = {"$jsonSchema": dict(spec.schema)}
        with _translated():
            try:
                await self._raw.command("create", spec.name, validator=validator)
            except OperationFailure as error:
                if error.code != _NAMESPACE_EXISTS:
                    raise
                await self._raw.command("collMod", spec.name, validator=validator)

    async def _ensure_indexes(self, spec: CollectionSpec) -> None:
        for index in spec.indexes:
            options: Record = {"name": index.name, "unique": index.unique}
            if index.expire_after is not None:
                options["expireAfterSeconds"] = int(index.expire_after.total_seconds())
            if index.partial is not None:
                options["partialFilterExpression"] = index.partial
            with _translated():
                await self._raw[spec.name].create_index(list(index.keys), **options)

    async def ping(self) -> None:
        """Raises Unavailable when no primary answers."""
        with _translated():
            await self._raw.command("ping", read_preference=ReadPreference.PRIMARY)

    async def now(self) -> datetime:
        """Returns the server's clock: deadlines shared between processes use it."""
        with _translated():
            answer = await self._raw.command("hello")
        moment: datetime = answer["localTime"]
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    async def drop(self) -> None:
        """Deletes the whole database: for tests."""
        with _translated():
            await self._raw.client.drop_database(self._raw.name)


@asynccontextmanager
async def connect(settings: MongoSettings) -> AsyncIterator[Database]:
    """Connects to MongoDB and yields the database; raises InvalidInput for a bad URL."""
    milliseconds = int(settings.timeout * 1000)
    try:
        client: Any = AsyncIOMotorClient(
            settings.url.get_secret_value(),
            timeoutMS=milliseconds,
            serverSelectionTimeoutMS=milliseconds,
            connectTimeoutMS=milliseconds,
            retryWrites=True,
            appname="groundswell",
        )
    except (InvalidURI, PyMongoError, ValueError) as error:
        raise InvalidInput(
            f"GROUNDSWELL_MONGO__URL cannot be used: {type(error).__name__}; "
            "write mongodb://host:port/?replicaSet=name",
            reason="BAD_SETTINGS",
        ) from None
    try:
        yield Database(
            client.get_database(
                settings.database,
                codec_options=CodecOptions(
                    tz_aware=True,
                    tzinfo=UTC,
                    datetime_conversion=DatetimeConversion.DATETIME_CLAMP,
                ),
                read_concern=ReadConcern("majority"),
                write_concern=WriteConcern(w="majority", j=True),
            )
        )
    finally:
        client.close()
