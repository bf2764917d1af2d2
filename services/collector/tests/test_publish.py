"""The inbox first, then Kafka, then the cursor; and the books balance whatever fails."""

import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from groundswell_collector.health import Books
from groundswell_collector.publish import MAXIMUM_DOCUMENTS, Part, parts
from groundswell_core.documents import DOCUMENTS as CODEC
from groundswell_core.embedded import EmbeddedBroker
from groundswell_core.errors import Aborted, InvalidInput, Unavailable
from groundswell_core.kafka import Producer
from groundswell_core.sources import Batch
from groundswell_core.topics import DOCUMENTS

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


@pytest.fixture
def publish(collector, make_source, make_batch):
    """Publishes a batch as the schedule does; returns the books."""

    async def published(cursor, *documents, using=None, source=None, **given):
        chosen, read = using or collector, source or make_source()
        held = await chosen.stores.cursors.acquire(read)
        books = await chosen.stores.healths.open_books(held.source)
        for part in parts(make_batch(cursor, *documents, **given)):
            books = await chosen.publisher.publish_batch(read, part, held, books)
        return books

    return published


async def saved_cursor(stores, source):
    return (await stores.cursors.acquire(source)).cursor


async def test_new_documents_are_stored_sent_and_their_cursor_saved(
    publish, stores, sent, make_source
):
    books = await publish("1", "a", "b")
    assert books == Books(batch=1, fetched_count=2, stored_count=2)
    records = await sent()
    assert {record.key.decode() for record in records} >= {
        CODEC.from_bytes(record.value).name.removeprefix("documents/") for record in records
    }
    assert {CODEC.from_bytes(record.value).key for record in records} >= {"a", "b"}
    assert await saved_cursor(stores, make_source()) == "1"


async def test_documents_seen_again_are_duplicates_and_are_not_sent_again(publish, sent):
    await publish("1", "x1", "x2")
    before = len(await sent())
    books = await publish("2", "x1", "x2", "x3", "x3")
    assert (books.fetched_count, books.stored_count, books.duplicate_count) == (6, 3, 3)
    assert len(await sent()) == before + 1


async def test_a_board_that_moved_is_a_new_observation(publish, make_document):
    await publish("1", make_document("a", rank=1, heat=10.0))
    books = await publish("2", make_document("a", rank=2, heat=9.0))
    assert (books.stored_count, books.duplicate_count) == (2, 0)


async def test_what_is_invalid_is_a_dead_letter_with_its_reason(publish, sent, make_document):
    empty = make_document("e", title="", text="")
    books = await publish("1", "good", empty, invalid=["entry 3 has no date"])
    assert (books.stored_count, books.dead_lettered_count) == (1, 2)
    letters = await sent(DOCUMENTS.dlq)
    reasons = {dict(letter.headers)["reason"] for letter in letters}
    assert reasons == {b"EMPTY", b"NO_DOCUMENT"}
    again = await publish("2", empty, invalid=["entry 3 has no date"])
    assert (again.dead_lettered_count, again.duplicate_count) == (2, 2)


async def test_what_is_too_old_is_dropped_and_counted(
    publish, build, stores, producer, settings, make_document
):
    strict = build(stores, producer, settings.model_copy(update={"maximum_age": 1.0}))
    old = make_document("old", publish_time=NOW - timedelta(days=2))
    books = await publish("1", old, "new", using=strict)
    assert (books.fetched_count, books.stored_count, books.dropped_count) == (2, 1, 1)


async def test_without_kafka_the_inbox_keeps_the_documents_and_the_cursor_moves(
    tmp_path, build, stores, publish, make_source
):
    broker = EmbeddedBroker(tmp_path)
    await broker.start()
    kafka = broker.settings().model_copy(update={"acknowledge_timeout": 0.5})
    async with Producer(kafka, [DOCUMENTS, DOCUMENTS.dlq]) as producer:
        await broker.kill()
        collector = build(stores, producer)
        books = await publish("1", "a", using=collector)
        await broker.start()
    assert books.stored_count == 1
    assert (await stores.inbox.unconfirmed())[0] == 1
    assert await saved_cursor(stores, make_source()) == "1"
    assert collector.publisher._pressure.is_down
    await broker.stop()


class _Failing:
    """A store whose next write fails, after it was applied or before."""

    def __init__(self, wrapped, name, *, after):
        self._wrapped, self._name, self._after, self._left = wrapped, name, after, 1

    def __getattr__(self, name):
        method = getattr(self._wrapped, name)
        if name != self._name or not self._left:
            return method

        async def fail(*given, **named):
            self._left -= 1
            if self._after:
                await method(*given, **named)
            raise Unavailable("a bad moment")

        return fail


@pytest.mark.parametrize("after", [False, True], ids=["not applied", "applied"])
@pytest.mark.parametrize("step", ["inbox", "books", "kafka", "cursor"])
async def test_a_crash_at_any_step_loses_nothing_and_the_books_balance(
    collector, publish, stores, sent, make_source, step, after
):
    publisher, source = collector.publisher, make_source("crash")
    places = {
        "inbox": ("_inbox", "add"),
        "books": ("_healths", "book"),
        "kafka": ("_producer", "send_all"),
        "cursor": ("_cursors", "save"),
    }
    attribute, method = places[step]
    whole = getattr(publisher, attribute)
    setattr(publisher, attribute, _Failing(whole, method, after=after))
    if step == "kafka":
        await publish("1", "a", "b", source=source)
    else:
        with pytest.raises(Unavailable):
            await publish("1", "a", "b", source=source)
    setattr(publisher, attribute, whole)

    books = await publish("1", "a", "b", source=source)
    assert books.stored_count == 2
    assert books.fetched_count == books.stored_count + books.duplicate_count
    assert await saved_cursor(stores, source) == "1"
    assert (await stores.inbox.unconfirmed())[0] == 2
    await collector.reconciler.republish(NOW + timedelta(minutes=2))
    keys = [CODEC.from_bytes(record.value) for record in await sent()]
    assert {(item.key) for item in keys if item.source == "sources/crash"} == {"a", "b"}


@pytest.mark.parametrize("seed", range(3))
async def test_the_books_equal_the_inbox_after_any_failures(
    collector, publish, stores, database, make_source, make_document, make_batch, seed
):
    chance, publisher, source = random.Random(seed), collector.publisher, make_source("any")
    places = [("_inbox", "add"), ("_healths", "book"), ("_cursors", "save")]
    for round_number in range(40):
        attribute, method = chance.choice(places)
        whole = getattr(publisher, attribute)
        if chance.random() < 0.5:
            failing = _Failing(whole, method, after=chance.random() < 0.5)
            setattr(publisher, attribute, failing)
        documents = [
            make_document(f"d{chance.randrange(20)}", text=f"t{chance.randrange(-1, 2)}" * 3)
            for _ in range(chance.randrange(6))
        ]
        invalid = ["no date"] * chance.randrange(2)
        with suppress(Unavailable):
            await publish(str(round_number), *documents, invalid=invalid, source=source)
        setattr(publisher, attribute, whole)
    books = await stores.healths.open_books("any")
    inbox = database.collection("inbox")
    assert books.stored_count == await inbox.count({"source": "any", "dead_letter": False})
    assert books.dead_lettered_count == await inbox.count({"source": "any", "dead_letter": True})
    assert books.fetched_count == (
        books.stored_count + books.duplicate_count + books.dead_lettered_count + books.dropped_count
    )


async def test_two_writers_of_one_source_s_books_are_not_both_right(stores, make_source):
    from groundswell_collector.health import Counted

    books = await stores.healths.open_books("one")
    await stores.healths.book("one", books, Counted(fetched=1, stored=1))
    with pytest.raises(Aborted):
        await stores.healths.book("one", books, Counted(fetched=1, stored=1))


def test_a_huge_batch_goes_in_parts_and_only_the_last_has_the_cursor(make_batch):
    batch = make_batch("9", *(f"d{number}" for number in range(MAXIMUM_DOCUMENTS + 1)))
    first, last = parts(batch)
    assert (len(first.documents), first.cursor) == (MAXIMUM_DOCUMENTS, None)
    assert (len(last.documents), last.cursor) == (1, "9")


def test_long_texts_make_small_parts(make_batch, make_document):
    batch = make_batch("9", *(make_document(f"d{n}", text="x" * 900_000) for n in range(5)))
    assert [len(part.documents) for part in parts(batch)] == [2, 2, 1]
    huge = make_batch("9", *(make_document(f"d{n}", text="x" * 3_000_000) for n in range(2)))
    assert [len(part.documents) for part in parts(huge)] == [1, 1]


def test_a_batch_of_nothing_still_moves_the_cursor(make_batch):
    assert list(parts(make_batch("9"))) == [Part(documents=(), cursor="9")]


@pytest.mark.parametrize(
    ("batch", "named"),
    [
        (None, "NoneType"),
        ({"documents": []}, "dict"),
        (Batch(documents=(), cursor=None), "cursor"),
        (Batch(documents=(), cursor="x" * 2_000_000), "cursor"),
    ],
    ids=["nothing", "a dict", "no cursor", "a huge cursor"],
)
def test_what_a_plugin_must_not_yield_is_named(batch, named):
    with pytest.raises(InvalidInput, match=named):
        list(parts(batch))
