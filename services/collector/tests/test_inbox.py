"""The inbox knows what it has, what is due, and forgets only what was confirmed."""

from datetime import UTC, datetime, timedelta

import pytest

from groundswell_collector.documents import prepare
from groundswell_collector.inbox import entry_id, entry_of, inbox_spec

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def make_entry(make_source, make_document):
    def made(identifier="a", batch=1, collector="here:1", now=NOW, **given):
        prepared = prepare(make_source(), make_document(identifier, **given), now)
        return entry_of(prepared, batch=batch, collector=collector, next_send_time=now + MINUTE)

    return made


def test_an_entry_is_named_by_what_the_document_itself_carries(make_source, make_document):
    def name(now=NOW, **given):
        return entry_id(prepare(make_source(), make_document(**given), now).document)

    assert name() == name(now=NOW + MINUTE)
    assert name(text="x") != name()
    assert name(rank=1) != name(rank=2)
    assert name(rank=1) == name(rank=1, now=NOW + timedelta(seconds=59))
    assert name(rank=1) != name(rank=1, now=NOW + MINUTE)


async def test_what_is_there_already_is_not_stored_again(stores, make_entry):
    first, second = make_entry("a"), make_entry("b")
    assert await stores.inbox.add([first]) == [first]
    assert await stores.inbox.add([first, second]) == [second]
    assert await stores.inbox.add([]) == []


async def test_a_confirmed_entry_loses_its_body_and_keeps_its_id(stores, database, make_entry):
    entry = make_entry()
    await stores.inbox.add([entry])
    assert await stores.inbox.confirm([entry.id], NOW) == 1
    record = await database.collection("inbox").find_one({"_id": entry.id})
    assert record["confirm_time"] == NOW
    assert "body" not in record
    assert await stores.inbox.add([entry]) == []
    assert await stores.inbox.unconfirmed() == (0, 0)
    assert await stores.inbox.confirm([entry.id], NOW) == 0


async def test_entries_become_due_in_their_order(stores, make_entry):
    early, late = make_entry("a"), make_entry("b", now=NOW + MINUTE)
    await stores.inbox.add([late, early])
    assert await stores.inbox.due(NOW, 10) == []
    assert await stores.inbox.due(NOW + MINUTE, 10) == [early]
    assert await stores.inbox.due(NOW + 2 * MINUTE, 10) == [early, late]
    assert await stores.inbox.hurry(NOW) == 2
    assert len(await stores.inbox.due(NOW, 10)) == 2


async def test_unconfirmed_documents_are_counted_by_collector(stores, make_entry):
    mine, other = make_entry("a"), make_entry("b", collector="there:1")
    await stores.inbox.add([mine, other])
    assert await stores.inbox.unconfirmed("here:1") == (1, len(mine.body))
    assert (await stores.inbox.unconfirmed())[0] == 2
    assert await stores.inbox.oldest_unconfirmed() == NOW


async def test_documents_of_a_day_count_once_however_often_they_move(stores, make_entry):
    moves = [make_entry("a", rank=rank) for rank in (1, 2, 3)]
    await stores.inbox.add([*moves, make_entry("b")])
    assert await stores.inbox.documents_since(["one"], NOW) == {"one": 2}
    assert await stores.inbox.documents_since(["one"], NOW + MINUTE) == {}


async def test_only_confirmed_entries_expire(database, stores):
    indexes = await database.collection("inbox").aggregate([{"$indexStats": {}}])
    expire = next(index["spec"] for index in indexes if index["name"] == "expire")
    assert expire["expireAfterSeconds"] == 30 * 86400
    assert expire["partialFilterExpression"] == {"confirm_time": {"$type": "date"}}


async def test_the_queries_of_the_reconciler_use_its_indexes(database, stores, make_entry):
    await stores.inbox.add([make_entry()])
    plans = [
        ({"next_send_time": {"$lte": NOW}}, "due"),
        ({"document": {"$in": ["x"]}, "next_send_time": {"$exists": True}}, "unconfirmed"),
    ]
    for where, index in plans:
        plan = await database.collection("inbox")._raw.database.command(
            "explain", {"find": "inbox", "filter": where}
        )
        assert f"'indexName': '{index}'" in str(plan["queryPlanner"]["winningPlan"])


def test_the_collection_refuses_records_that_could_never_be_confirmed():
    assert "confirm_time" in inbox_spec(timedelta(days=1)).schema["required"]
