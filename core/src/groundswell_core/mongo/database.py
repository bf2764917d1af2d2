"""One database: its collections with validators and indexes, and the connection to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bson.codec_options import CodecOptions, DatetimeConversion
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import ReadPreference, WriteConcern
from pymongo.errors import InvalidURI, OperationFailure, PyMongoError
from pymongo.read_concern import ReadConcern

from groundswell_core.errors import FailedPrecondition, InvalidInput
from groundswell_core.mongo.collection import Collection, Record
from groundswell_core.mongo.failures import DUPLICATE, INDEX_CONFLICTS, NAMESPACE_EXISTS, translated

if TYPE_CHECKING:
    from groundswell_core.settings import MongoSettings


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
        with translated():
            try:
                await self._raw.command("create", spec.name, validator=validator)
            except OperationFailure as error:
                if error.code != NAMESPACE_EXISTS:
                    raise
                await self._raw.command("collMod", spec.name, validator=validator)

    async def _ensure_indexes(self, spec: CollectionSpec) -> None:
        for index in spec.indexes:
            with translated():
                try:
                    await self._create_index(spec.name, index)
                except OperationFailure as error:
                    if error.code not in INDEX_CONFLICTS:
                        raise
                    await self._settle_index(spec.name, index, error)

    async def _create_index(self, collection: str, index: Index) -> None:
        options: Record = {"name": index.name, "unique": index.unique}
        if index.expire_after is not None:
            options["expireAfterSeconds"] = int(index.expire_after.total_seconds())
        if index.partial is not None:
            options["partialFilterExpression"] = index.partial
        await self._raw[collection].create_index(list(index.keys), **options)

    async def _settle_index(self, collection: str, index: Index, error: OperationFailure) -> None:
        """Changes the time to live in place; what else differs, a person must decide."""
        if index.expire_after is not None and error.code != DUPLICATE:
            life = {"name": index.name, "expireAfterSeconds": index.expire_after.total_seconds()}
            with suppress(OperationFailure):
                await self._raw.command("collMod", collection, index=life)
                await self._create_index(collection, index)
                return
        what = (
            "cannot be unique: records have the same key"
            if error.code == DUPLICATE
            else "is there already with other keys or options: drop it, or rename the new one"
        )
        raise FailedPrecondition(
            f"index {index.name} of {collection} {what}",
            reason="INDEX_CONFLICT",
            collection=collection,
            index=index.name,
        ) from error

    async def ping(self) -> None:
        """Raises Unavailable when no primary answers."""
        with translated():
            await self._raw.command("ping", read_preference=ReadPreference.PRIMARY)

    async def now(self) -> datetime:
        """Returns the server's clock: deadlines shared between processes use it."""
        with translated():
            answer = await self._raw.command("hello")
        moment: datetime = answer["localTime"]
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    async def drop(self) -> None:
        """Deletes the whole database: for tests."""
        with translated():
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
