"""What was heard of is confirmed; what nobody confirms is sent again, ever more seldom."""

from datetime import UTC, datetime, timedelta

import pytest

from groundswell_collector.documents import prepare, refused
from groundswell_collector.inbox import entry_of
from groundswell_core.analyses import ANALYSES as ANALYSIS_CODEC
from groundswell_core.analyses import Analysis
from groundswell_core.consume import consume
from groundswell_core.documents import DOCUMENTS as CODEC
from groundswell_core.embedded import EmbeddedBroker
from groundswell_core.errors import InvalidInput
from groundswell_core.kafka import Producer, Reader
from groundswell_core.service import Heartbeat
from groundswell_core.topics import ANALYSES, DOCUMENTS, Record

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


def record(topic, value, headers=None):
    return Record(topic.name, 0, 0, "key", value, headers or {}, NOW)


def analysed(document):
    identifier = document.name.removeprefix("documents/")
    analysis = Analysis(name=f"analyses/{identifier}", document=document)
    return record(ANALYSES, ANALYSIS_CODEC.to_bytes(analysis))


@pytest.fixture
def stored(collector, make_source, make_document):
    """Stores documents in the inbox and returns them."""

    async def store(*documents, now=NOW):
        prepared = [prepare(make_source(), document, now) for document in documents]
        due = now + timedelta(seconds=60)
        entries = [
            entry_of(item, batch=1, collector="here:1", next_send_time=due) for item in prepared
        ]
        await collector.stores.inbox.add(entries)
        return [item.document for item in prepared]

    return store


async def waiting(collector):
    return (await collector.stores.inbox.unconfirmed())[0]


async def test_an_analysis_confirms_its_document(collector, stored, make_document):
    one, _ = await stored(make_document("a"), make_document("b"))
    await collector.reconciler.confirm([analysed(one)])
    assert await waiting(collector) == 1
    await collector.reconciler.confirm([analysed(one)])
    assert await waiting(collector) == 1


async def test_an_analysis_of_another_revision_confirms_nothing(collector, stored, make_document):
    before, _ = await stored(make_document("a", text="old"), make_document("a", text="new"))
    await collector.reconciler.confirm([analysed(before)])
    assert await waiting(collector) == 1


async def test_each_observation_of_a_board_is_confirmed_by_its_own_analysis(
    collector, stored, make_document
):
    first, second = await stored(make_document("a", rank=1), make_document("a", rank=2))
    await collector.reconciler.confirm([analysed(first)])
    assert await waiting(collector) == 1
    await collector.reconciler.confirm([analysed(second)])
    assert await waiting(collector) == 0


async def test_a_later_state_stands_for_an_earlier_one_that_was_sent_twice(
    collector, stored, make_document
):
    await stored(make_document("a", rank=1))
    (later,) = await stored(make_document("a", rank=2), now=NOW + timedelta(minutes=5))
    await collector.reconciler.confirm([analysed(later)])
    assert await waiting(collector) == 1
    await collector.reconciler.republish(NOW + timedelta(seconds=61))
    await collector.reconciler.confirm([analysed(later)])
    assert await waiting(collector) == 0


async def test_a_dead_letter_confirms_with_its_reason(collector, stored, database, make_document):
    (document,) = await stored(make_document("a"))
    letter = record(DOCUMENTS.dlq, CODEC.to_bytes(document), {"reason": b"KILLER"})
    await collector.reconciler.confirm([letter])
    entry = await database.collection("inbox").find_one({})
    assert (entry["confirm_time"], entry["confirm_reason"]) == (NOW, "KILLER")


async def test_our_own_dead_letters_are_confirmed_once_they_are_in_the_log(collector, make_source):
    letter = refused(make_source(), "entry 1 has no id", NOW)
    entry = entry_of(letter, batch=1, collector="here:1", next_send_time=NOW)
    await collector.stores.inbox.add([entry])
    await collector.reconciler.confirm([record(DOCUMENTS.dlq, entry.body, entry.headers())])
    assert await waiting(collector) == 0


async def test_a_dead_letter_that_is_no_document_is_passed_over(collector):
    await collector.reconciler.confirm([record(DOCUMENTS.dlq, b"\xff\xff")])


async def test_an_analysis_that_does_not_decode_is_refused(collector):
    with pytest.raises(InvalidInput):
        await collector.reconciler.confirm([record(ANALYSES, b"\xff\xff")])


async def test_nothing_is_sent_again_before_its_time(collector, stored, make_document):
    await stored(make_document("a"))
    assert await collector.reconciler.republish(NOW + timedelta(seconds=59)) == 0
    assert await collector.reconciler.republish(NOW + timedelta(seconds=60)) == 1


async def test_repeats_double_up_to_ten_minutes(collector, stored, database, make_document):
    await stored(make_document("a"))
    moment, gaps = NOW + timedelta(seconds=60), []
    for _ in range(6):
        assert await collector.reconciler.republish(moment) == 1
        due = (await database.collection("inbox").find_one({}))["next_send_time"]
        gaps.append((due - moment).total_seconds())
        moment = due
    assert gaps == [120, 240, 480, 600, 600, 600]


async def test_many_unconfirmed_documents_are_sent_again_in_batches(
    collector, stored, make_document
):
    await stored(*(make_document(f"d{number}") for number in range(450)))
    assert await collector.reconciler.republish(NOW + timedelta(minutes=1)) == 450
    assert await collector.reconciler.republish(NOW + timedelta(minutes=1)) == 0


async def test_a_broker_that_lost_its_memory_gets_everything_again(
    tmp_path, build, stores, make_source, make_document, eventually, clock
):
    """The whole circle: documents out, an analyzer that answers, a broker killed in between."""
    import asyncio

    broker = EmbeddedBroker(tmp_path)
    await broker.start()
    kafka = broker.settings().model_copy(update={"session_timeout": 6.0})
    stop = asyncio.Event()
    async with (
        Producer(kafka, [DOCUMENTS, DOCUMENTS.dlq, ANALYSES, ANALYSES.dlq]) as producer,
        Reader(kafka, [ANALYSES, DOCUMENTS.dlq], "groundswell.collector", stores.offsets) as reader,
    ):
        collector = build(stores, producer)
        reader.on_regression.append(collector.reconciler.hurry)
        work = consume(
            reader,
            collector.reconciler.confirm,
            producer=producer,
            heartbeat=Heartbeat(),
            stop=stop,
        )
        task = asyncio.create_task(work)
        prepared = [prepare(make_source(), make_document(n), NOW) for n in ("a", "b")]
        entries = [
            entry_of(item, batch=1, collector="here:1", next_send_time=NOW + timedelta(minutes=1))
            for item in prepared
        ]
        await stores.inbox.add(entries)
        await producer.send(ANALYSES, "en", analysed(prepared[0].document).value)
        await eventually(lambda: _count_is(stores, 1))
        await broker.kill()
        await broker.start()
        await eventually(lambda: _due(stores, clock.now()), timeout=60)
        assert await collector.reconciler.republish(clock.now()) == 1
        await producer.send(ANALYSES, "en", analysed(prepared[1].document).value)
        await eventually(lambda: _count_is(stores, 0))
        stop.set()
        await task
    await broker.stop()


async def _count_is(stores, count):
    return (await stores.inbox.unconfirmed())[0] == count


async def _due(stores, now):
    return await stores.inbox.due(now, 10)
