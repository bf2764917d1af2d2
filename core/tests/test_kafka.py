"""The Kafka layer on a real broker: order, dead letters, and a broker that forgets."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from groundswell_core.consume import DeadLetterLimit, TooManyDeadLetters, consume
from groundswell_core.embedded import EmbeddedBroker
from groundswell_core.errors import InvalidInput, Unavailable
from groundswell_core.kafka import Producer, Reader
from groundswell_core.mongo import Database
from groundswell_core.retry import RetryPolicy
from groundswell_core.service import Heartbeat
from groundswell_core.settings import KafkaSettings
from groundswell_core.topics import Record, Topic

QUICK = RetryPolicy(initial_interval=0.01, maximum_interval=0.05)


class Sink:
    """A handler that remembers, and fails as it is told."""

    def __init__(self) -> None:
        self.values: list[str] = []
        self.bad: set[str] = set()
        self.failures = 0

    async def __call__(self, records: Sequence[Record]) -> None:
        if self.failures:
            self.failures -= 1
            raise Unavailable("a bad moment")
        values = [record.value.decode() for record in records]
        if refused := self.bad & set(values):
            raise InvalidInput(f"refused: {refused}", reason="TEST")
        self.values += values


@pytest.fixture
def topic() -> Topic:
    import uuid

    return Topic(f"test.{uuid.uuid4().hex[:8]}")


@asynccontextmanager
async def consuming(
    kafka: KafkaSettings, database: Database, topic: Topic, sink: Any, *, group: str = "test"
) -> AsyncIterator[tuple[Producer, asyncio.Task[None]]]:
    """Runs a consumer of topic into sink."""
    stop = asyncio.Event()
    async with (
        Producer(kafka, [topic, topic.dlq]) as producer,
        Reader(kafka, [topic], f"{group}.{topic.name}", database.collection("offsets")) as reader,
    ):
        task = asyncio.create_task(
            consume(
                reader,
                sink,
                producer=producer,
                heartbeat=Heartbeat(),
                stop=stop,
                policy=QUICK,
            )
        )
        try:
            yield producer, task
        finally:
            stop.set()
            await asyncio.gather(task, return_exceptions=True)


async def test_records_reach_the_handler_in_order_of_their_key(
    kafka: KafkaSettings, database: Database, topic: Topic, eventually: Any
) -> None:
    sink = Sink()
    async with consuming(kafka, database, topic, sink) as (producer, _):
        await producer.send_all(topic, [("k", f"{n}".encode()) for n in range(500)])
        await eventually(lambda: len(sink.values) == 500)
    assert sink.values == [f"{n}" for n in range(500)]


async def test_a_bad_record_is_put_aside_and_its_neighbours_go_through(
    kafka: KafkaSettings, database: Database, topic: Topic, eventually: Any
) -> None:
    sink = Sink()
    sink.bad = {"7"}
    dead = Sink()
    async with (
        consuming(kafka, database, topic, sink) as (producer, _),
        consuming(kafka, database, topic.dlq, dead, group="dead"),
    ):
        await producer.send_all(topic, [("k", f"{n}".encode()) for n in range(20)])
        await eventually(lambda: len(sink.values) == 19 and dead.values == ["7"])
    assert "7" not in sink.values


async def test_a_bad_moment_is_waited_out_and_nothing_is_put_aside(
    kafka: KafkaSettings, database: Database, topic: Topic, eventually: Any
) -> None:
    sink = Sink()
    sink.failures = 3
    async with consuming(kafka, database, topic, sink) as (producer, _):
        await producer.send(topic, "k", b"kept")
        await eventually(lambda: sink.values == ["kept"])


async def test_a_restarted_consumer_goes_on_after_what_it_handled(
    kafka: KafkaSettings, database: Database, topic: Topic, eventually: Any
) -> None:
    first, second = Sink(), Sink()
    async with consuming(kafka, database, topic, first) as (producer, _):
        await producer.send_all(topic, [("k", f"{n}".encode()) for n in range(30)])
        await eventually(lambda: len(first.values) == 30)
    async with consuming(kafka, database, topic, second) as (producer, _):
        await producer.send(topic, "k", b"after")
        await eventually(lambda: second.values == ["after"])


@pytest.mark.parametrize("refill", [0, 3, 50], ids=["empty", "shorter", "longer"])
async def test_records_of_a_broker_that_lost_its_memory_are_all_read(
    tmp_path: Any, database: Database, topic: Topic, eventually: Any, refill: int
) -> None:
    broker = EmbeddedBroker(tmp_path)
    await broker.start()
    before, after = Sink(), Sink()
    async with consuming(broker.settings(session_timeout=2.0), database, topic, before) as (
        producer,
        _,
    ):
        await producer.send_all(topic, [("k", f"{n}".encode()) for n in range(20)])
        await eventually(lambda: len(before.values) == 20)
    await broker.kill()
    await broker.start()
    values = [f"new {n}" for n in range(refill)]
    async with Producer(broker.settings(session_timeout=2.0), [topic]) as producer:
        await producer.send_all(topic, [("k", value.encode()) for value in values])
    async with consuming(broker.settings(session_timeout=2.0), database, topic, after) as (
        producer,
        _,
    ):
        await eventually(lambda: after.values == values)
        await producer.send(topic, "k", b"last")
        await eventually(lambda: after.values == [*values, "last"])
    await broker.stop()


async def test_a_running_consumer_survives_a_broker_that_is_killed_and_comes_back_empty(
    tmp_path: Any, database: Database, topic: Topic, eventually: Any
) -> None:
    broker = EmbeddedBroker(tmp_path)
    await broker.start()
    sink = Sink()
    async with consuming(broker.settings(session_timeout=2.0), database, topic, sink) as (
        producer,
        task,
    ):
        await producer.send_all(topic, [("k", f"{n}".encode()) for n in range(20)])
        await eventually(lambda: len(sink.values) == 20)
        await broker.kill()
        await broker.start()
        await producer.send(topic, "k", b"again")
        await eventually(lambda: sink.values[20:] == ["again"], timeout=60)
        assert not task.done()
    await broker.stop()


async def test_a_standby_takes_over_when_the_active_consumer_leaves(
    kafka: KafkaSettings, database: Database, eventually: Any
) -> None:
    topic = Topic("test.standby", 1)
    first, second = Sink(), Sink()
    async with consuming(kafka, database, topic, second) as (producer, _):
        async with consuming(kafka, database, topic, first):
            await producer.send(topic, "k", b"one")
            await eventually(lambda: len(first.values) + len(second.values) == 1)
        await producer.send(topic, "k", b"two")
        await eventually(lambda: "two" in second.values, timeout=40)


def test_dead_letters_have_a_limit_in_a_row_and_in_share() -> None:
    limit = DeadLetterLimit(in_a_row=3)
    limit.bad()
    limit.bad()
    limit.good()
    limit.bad()
    limit.bad()
    with pytest.raises(TooManyDeadLetters, match="3 records in a row"):
        limit.bad()
    share = DeadLetterLimit(in_a_row=100, window=100)
    for _ in range(5):
        share.good(10)
        share.bad()
    with pytest.raises(TooManyDeadLetters, match="6 of the last"):
        share.bad()


async def test_a_deploy_that_refuses_everything_stops_and_keeps_the_backlog(
    kafka: KafkaSettings, database: Database, topic: Topic, eventually: Any
) -> None:
    values = {f"{n}" for n in range(100)}
    broken, fixed = Sink(), Sink()
    broken.bad = set(values)
    async with consuming(kafka, database, topic, broken) as (producer, task):
        await producer.send_all(topic, [(value, value.encode()) for value in sorted(values)])
        await eventually(task.done)
        assert isinstance(task.exception(), TooManyDeadLetters)
    async with consuming(kafka, database, topic, fixed):
        await eventually(lambda: set(fixed.values) == values)


async def test_settings_that_lose_records_are_not_used(
    kafka: KafkaSettings, database: Database, topic: Topic
) -> None:
    async with Reader(kafka, [topic], "options", database.collection("offsets")) as reader:
        raw = reader._raw
        assert raw._enable_auto_commit is False
        assert raw._auto_offset_reset == "none"


def test_a_record_names_where_it_came_from() -> None:
    names = {field.name for field in dataclasses.fields(Record)}
    assert {"topic", "partition", "offset"} <= names
