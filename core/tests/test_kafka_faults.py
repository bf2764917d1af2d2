"""Kafka on a real broker where its neighbours fail: offsets, look-ups, strangers' records, no broker."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from groundswell_core.consume import consume
from groundswell_core.errors import InvalidInput, Stalled, Unavailable
from groundswell_core.kafka import MAXIMUM_BYTES, Producer, Reader
from groundswell_core.mongo import Collection, Database
from groundswell_core.retry import RetryPolicy
from groundswell_core.service import Heartbeat
from groundswell_core.settings import KafkaSettings
from groundswell_core.topics import Record, Topic

QUICK = RetryPolicy(initial_interval=0.001, maximum_interval=0.002)
TOPIC = Topic("test.faults", 1)


class Fragile(Collection):
    """The offsets of a MongoDB that goes away now and then."""

    def __init__(self, inner: Collection) -> None:
        super().__init__(inner._raw)
        self.finds = 0
        self.updates = 0

    async def find_one(self, where: Any, **options: Any) -> Any:
        if self.finds:
            self.finds -= 1
            raise Unavailable("no MongoDB")
        return await super().find_one(where, **options)

    async def update(self, where: Any, change: Any, *, upsert: bool = False) -> int:
        if self.updates:
            self.updates -= 1
            raise Unavailable("no MongoDB")
        return await super().update(where, change, upsert=upsert)


@asynccontextmanager
async def consuming(
    kafka: KafkaSettings, topic: Topic, offsets: Collection, handle: Any, **hooks: Any
) -> AsyncIterator[tuple[Producer, Reader]]:
    """Runs a consumer of topic on the real broker."""
    stop = asyncio.Event()
    async with Producer(kafka, [topic, topic.dlq]) as producer:
        reader = Reader(kafka, [topic], f"group.{topic.name}", offsets, maximum_records=5)
        reader.on_assigned += hooks.get("on_assigned", [])
        async with reader:
            task = asyncio.create_task(
                consume(
                    reader,
                    handle,
                    producer=producer,
                    heartbeat=Heartbeat(),
                    stop=stop,
                    policy=QUICK,
                )
            )
            try:
                yield producer, reader
            finally:
                stop.set()
                await task


@pytest.fixture
def topic() -> Topic:
    return Topic(f"test.{uuid.uuid4().hex[:8]}", 1)


async def test_on_a_real_broker_lost_offsets_and_lost_look_ups_skip_nothing(
    kafka: KafkaSettings, database: Database, topic: Topic, eventually: Any
) -> None:
    offsets, values = Fragile(database.collection("offsets")), set()
    taken_over: list[int] = []

    async def handle(records: Sequence[Record]) -> None:
        values.update(int(item.value) for item in records)

    async def take_over() -> None:
        taken_over.append(offsets.finds)

    offsets.finds, offsets.updates = 2, 2
    async with consuming(kafka, topic, offsets, handle, on_assigned=[take_over]) as (producer, _):
        await producer.send_all(topic, [("k", f"{n}".encode()) for n in range(30)])
        await eventually(lambda: values == set(range(30)), timeout=60)
    assert taken_over == [0]
    stored = await database.collection("offsets").find_one({})
    assert stored is not None
    assert stored["offset"] == 30


async def test_a_null_record_from_a_stranger_is_an_empty_one(
    kafka: KafkaSettings, database: Database, topic: Topic, eventually: Any
) -> None:
    found: list[Record] = []

    async def handle(records: Sequence[Record]) -> None:
        found.extend(records)

    async with consuming(kafka, topic, database.collection("offsets"), handle) as (producer, _):
        await producer._raw.send_and_wait(topic.name, None, key=b"k", headers=[("trace", b"1")])
        await producer._raw.send_and_wait(topic.name, b"x", key=b"\xff\xfe")
        await eventually(lambda: len(found) == 2)
    assert (found[0].key, found[0].value, dict(found[0].headers)) == ("k", b"", {"trace": b"1"})
    assert found[1].key == "��"
    assert found[0].origin == f"{topic.name}/0/0"


async def test_a_record_that_is_too_large_is_refused_before_it_is_sent(
    kafka: KafkaSettings, topic: Topic
) -> None:
    async with Producer(kafka, [topic]) as producer:
        with pytest.raises(InvalidInput, match="larger than") as caught:
            await producer.send(topic, "k", b"x" * (MAXIMUM_BYTES + 1))
        assert caught.value.reason == "RECORD_TOO_LARGE"
        assert producer.is_ready
        assert producer.oldest_wait() < 1.0


@pytest.mark.parametrize("kind", [Producer, Reader])
async def test_a_broker_that_never_answers_stalls_with_the_name_of_the_setting(
    kind: Any, database: Database
) -> None:
    settings = KafkaSettings(bootstrap_servers="127.0.0.1:1", stall_timeout=0.5)
    offsets = [] if kind is Producer else ["group", database.collection("offsets")]
    with pytest.raises(Stalled, match="GROUNDSWELL_KAFKA__BOOTSTRAP_SERVERS"):
        async with kind(settings, [TOPIC], *offsets):
            pass


async def test_servers_that_are_no_addresses_are_named() -> None:
    with pytest.raises(InvalidInput, match="GROUNDSWELL_KAFKA__BOOTSTRAP_SERVERS"):
        async with Producer(KafkaSettings(bootstrap_servers="host:many")):
            pass
