"""MongoDB by verbs, on a real mongod: what is refused, what is new, what an index change needs."""

from __future__ import annotations

import asyncio
import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from groundswell_core.errors import (
    AlreadyExists,
    FailedPrecondition,
    GroundswellError,
    InvalidInput,
    Unavailable,
)
from groundswell_core.mongo import (
    BulkResult,
    Collection,
    CollectionSpec,
    Database,
    Index,
    connect,
    delete_op,
    insert_op,
    replace_op,
    update_op,
)
from groundswell_core.mongo.collection import _bulk_result
from groundswell_core.settings import MongoSettings

SCHEMA = {
    "required": ["_id"],
    "properties": {"_id": {"bsonType": "string"}, "count": {"bsonType": "int", "minimum": 0}},
}
NOTES = CollectionSpec(
    name="notes",
    schema=SCHEMA,
    indexes=(
        Index(name="by_key", keys=(("key", 1),), unique=True, partial={"key": {"$exists": True}}),
        Index(name="expire", keys=(("time", 1),), expire_after=timedelta(days=30)),
    ),
)


@pytest.fixture
async def notes(database: Database) -> Collection:
    await database.ensure(NOTES)
    return database.collection("notes")


async def test_what_breaks_the_schema_is_refused_and_said(notes: Collection) -> None:
    for write in (
        lambda: notes.insert({"_id": 1}),
        lambda: notes.insert({"_id": "a", "count": -1}),
        lambda: notes.insert_new([{"_id": "a", "count": "many"}]),
        lambda: notes.insert_in_order([{"_id": "a", "count": "many"}]),
        lambda: notes.replace({"_id": "a"}, {"count": 1.5}, upsert=True),
    ):
        with pytest.raises(InvalidInput) as caught:
            await write()
        assert caught.value.reason == "BAD_RECORD"
    with pytest.raises(InvalidInput, match=r"breaks its schema.*minimum"):
        await notes.insert({"_id": "a", "count": -1})
    assert await notes.count({}) == 0


async def test_a_key_that_is_taken_is_said_by_every_way_of_writing(notes: Collection) -> None:
    await notes.insert({"_id": "a", "key": 1})
    with pytest.raises(AlreadyExists):
        await notes.insert({"_id": "a"})
    with pytest.raises(AlreadyExists):
        await notes.insert({"_id": "b", "key": 1})
    await notes.insert({"_id": "b", "key": 2})
    with pytest.raises(AlreadyExists):
        await notes.update({"_id": "b"}, {"$set": {"key": 1}})


async def test_of_many_inserts_it_is_known_which_were_new(notes: Collection) -> None:
    await notes.insert({"_id": "b"})
    assert await notes.insert_new([{"_id": name} for name in "abca"]) == [True, False, True, False]
    assert await notes.insert_new([]) == []
    assert await notes.count({}) == 3


async def test_inserts_in_order_end_at_the_first_key_that_is_taken(notes: Collection) -> None:
    assert await notes.insert_in_order([{"_id": "a"}, {"_id": "b"}]) == 2
    assert await notes.insert_in_order([{"_id": "c"}, {"_id": "b"}, {"_id": "d"}]) == 1
    assert [note["_id"] for note in await notes.find({}, sort=[("_id", 1)])] == ["a", "b", "c"]


async def test_a_bulk_write_says_what_each_operation_did(notes: Collection) -> None:
    await notes.insert_new([{"_id": "a"}, {"_id": "b"}])
    result = await notes.bulk(
        [
            insert_op({"_id": "c"}),
            insert_op({"_id": "a"}),
            update_op({"_id": "b"}, {"$set": {"count": 1}}),
            update_op({"_id": "d"}, {"$set": {"count": -1}}, upsert=True),
            replace_op({"_id": "e"}, {"count": 2}, upsert=True),
            delete_op({"_id": "a"}),
        ]
    )
    assert result == BulkResult(1, 1, 1, ((1, 11000), (3, 121)))
    assert await notes.bulk([]) == BulkResult(0, 0, 0, ())
    assert [note["_id"] for note in await notes.find({}, sort=[("_id", 1)])] == ["b", "c", "e"]


@pytest.mark.parametrize(
    "details",
    [
        {"writeConcernErrors": [{"code": 64}]},
        {"writeErrors": [{"index": 0, "code": 11000}, {"index": 1, "code": 10107}]},
    ],
    ids=["not durable", "a primary that stepped down"],
)
def test_a_bulk_write_of_a_bad_moment_is_repeated_whole(details: dict[str, Any]) -> None:
    with pytest.raises(Unavailable):
        _bulk_result(details)


def _deep(levels: int) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for _ in range(levels):
        record = {"x": record}
    return record


POISON: dict[str, dict[str, Any]] = {
    "lone surrogate": {"text": "\ud800"},
    "surrogate in a name": {"\ud800": 1},
    "NUL in a name": {"a\0b": 1},
    "great number": {"x": 2**63},
    "17 MiB": {"text": "x" * (17 << 20)},
    "what is no value": {"x": object()},
    "name that is no text": {1: 2},
    "250 levels": {"x": _deep(250)},
    "5,000 levels": {"x": _deep(5000)},
}


@pytest.mark.parametrize("name", POISON)
async def test_a_record_that_cannot_be_stored_is_refused_by_every_way_of_writing(
    notes: Collection, name: str
) -> None:
    record = {"_id": "a"} | POISON[name]

    async def bulk() -> None:
        if (await notes.bulk([replace_op({"_id": "a"}, record, upsert=True)])).failed:
            raise InvalidInput("the result says which")

    for write in (
        lambda: notes.insert(record),
        lambda: notes.insert_new([record]),
        lambda: notes.insert_in_order([record]),
        lambda: notes.replace({"_id": "a"}, record, upsert=True),
        lambda: notes.update({"_id": "a"}, {"$set": POISON[name]}, upsert=True),
        bulk,
    ):
        with pytest.raises(InvalidInput) as caught:
            await write()
        str(caught.value).encode()


async def test_a_record_that_grows_past_16_mib_is_refused(notes: Collection) -> None:
    await notes.insert({"_id": "a", "text": "x" * (9 << 20)})
    with pytest.raises(InvalidInput):
        await notes.update({"_id": "a"}, {"$set": {"more": "x" * (9 << 20)}})


async def test_verbs_answer_what_they_did(notes: Collection) -> None:
    assert notes.name == "notes"
    assert await notes.update({"_id": "a"}, {"$set": {"count": 1}}) == 0
    assert await notes.update({"_id": "a"}, {"$set": {"count": 1}}, upsert=True) == 1
    assert await notes.replace({"_id": "b"}, {"count": 2}) == 0
    assert await notes.replace({"_id": "b"}, {"count": 2}, upsert=True) == 1
    assert await notes.update_many({}, {"$set": {"seen": True}}) == 2
    after = await notes.find_and_update({}, {"$set": {"count": 9}}, sort=[("_id", -1)])
    assert after == {"_id": "b", "count": 9, "seen": True}
    assert await notes.find_and_update({"_id": "x"}, {"$set": {"count": 9}}) is None
    assert await notes.find_one({"_id": "x"}) is None
    assert await notes.find_one({}, sort=[("_id", -1)], fields=["count"]) == {
        "_id": "b",
        "count": 9,
    }
    assert [n["_id"] for n in await notes.find({}, sort=[("_id", 1)], skip=1, limit=1)] == ["b"]
    assert [n["_id"] async for n in notes.stream({}, sort=[("_id", 1)], batch_size=1)] == ["a", "b"]
    assert await notes.aggregate([{"$match": {"_id": "a"}}, {"$project": {"count": 1}}]) == [
        {"_id": "a", "count": 1}
    ]
    assert (await notes.count({}), await notes.count({}, limit=1)) == (2, 1)
    assert (await notes.delete({"_id": "a"}), await notes.delete_many({})) == (1, 1)


async def test_times_come_back_aware_and_one_beyond_all_calendars_does_not_kill_its_reader(
    notes: Collection,
) -> None:
    time = datetime(2026, 1, 5, 8, tzinfo=UTC)
    await notes.insert({"_id": "a", "when": time})
    await notes.update({"_id": "a"}, [{"$set": {"far": {"$add": ["$when", 2**50]}}}])
    found = await notes.find_one({"_id": "a"})
    assert found is not None
    assert (found["when"], found["when"].utcoffset()) == (time, timedelta(0))
    assert found["far"].year == 9999


async def test_a_change_stream_tells_of_a_write(notes: Collection) -> None:
    async with notes.watch([{"$match": {"operationType": "insert"}}]) as changes:
        await notes.insert({"_id": "a"})
        async with asyncio.timeout(10):
            change = await anext(aiter(changes))
    assert change["fullDocument"] == {"_id": "a"}


async def test_the_server_tells_the_time_and_that_it_is_there(database: Database) -> None:
    await database.ping()
    assert abs(await database.now() - datetime.now(UTC)) < timedelta(seconds=5)


async def test_a_schema_can_be_ensured_twice_at_once_and_changed(
    database: Database, mongo: MongoSettings
) -> None:
    async with connect(mongo) as other:
        await asyncio.gather(*(each.ensure(NOTES) for each in (database, other, database)))
    await database.ensure(NOTES)
    notes = database.collection("notes")
    with pytest.raises(InvalidInput):
        await notes.insert({"_id": "a", "count": -1})
    looser = dataclasses.replace(NOTES, schema={"required": ["_id"]})
    await database.ensure(looser)
    await notes.insert({"_id": "a", "count": -1})
    await database.ensure(NOTES)
    with pytest.raises(InvalidInput):
        await notes.insert({"_id": "b", "count": -1})


async def _life(database: Database) -> float:
    indexes = await database._raw["notes"].index_information()
    return float(indexes["expire"]["expireAfterSeconds"])


async def test_a_new_time_to_live_is_put_in_force(database: Database, notes: Collection) -> None:
    shorter = Index(name="expire", keys=(("time", 1),), expire_after=timedelta(days=7))
    await database.ensure(dataclasses.replace(NOTES, indexes=(shorter,)))
    assert await _life(database) == 7 * 86400.0


CONFLICTS = {
    "no longer unique": Index(name="by_key", keys=(("key", 1),)),
    "other keys": Index(name="by_key", keys=(("other", 1),)),
    "other keys of an expiry": Index(
        name="expire", keys=(("other", 1),), expire_after=timedelta(days=7)
    ),
}


@pytest.mark.parametrize("name", CONFLICTS)
async def test_an_index_that_is_there_in_another_form_is_named(
    database: Database, notes: Collection, name: str
) -> None:
    index = CONFLICTS[name]
    with pytest.raises(FailedPrecondition, match=f"index {index.name} of notes is there") as caught:
        await database.ensure(dataclasses.replace(NOTES, indexes=(index,)))
    assert caught.value.reason == "INDEX_CONFLICT"


async def test_an_index_that_cannot_be_unique_is_named(
    database: Database, notes: Collection
) -> None:
    await notes.insert_new([{"_id": "a", "other": 1}, {"_id": "b", "other": 1}])
    index = Index(name="by_other", keys=(("other", 1),), unique=True)
    with pytest.raises(FailedPrecondition, match="by_other of notes cannot be unique"):
        await database.ensure(dataclasses.replace(NOTES, indexes=(index,)))


@pytest.mark.parametrize("url", ["", "http://host", "mongodb://", "mongodb://canary:x@h:port/"])
async def test_a_url_that_cannot_be_used_is_refused_without_showing_it(url: str) -> None:
    with pytest.raises(InvalidInput, match="GROUNDSWELL_MONGO__URL") as caught:
        async with connect(MongoSettings(url=SecretStr(url))):
            pass
    assert "canary" not in str(caught.value)


async def test_a_wrong_password_is_said_as_such(mongo: MongoSettings) -> None:
    head, tail = mongo.url.get_secret_value().split("@")
    wrong = mongo.model_copy(update={"url": SecretStr(f"{head}x@{tail}")})
    async with connect(wrong) as database:
        with pytest.raises(GroundswellError, match="refuses us") as caught:
            await database.collection("notes").insert({"_id": "a"})
    assert caught.value.reason == "BAD_CREDENTIALS"
