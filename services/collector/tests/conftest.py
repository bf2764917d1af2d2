"""A collector in parts: real stores and broker, a source that yields what the test says."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import Field

from groundswell_collector.publish import Publisher
from groundswell_collector.reading import SourceReader
from groundswell_collector.reconcile import Reconciler
from groundswell_collector.settings import CollectorSettings
from groundswell_collector.stores import Stores, open_stores
from groundswell_collector.timing import Timing
from groundswell_core.clock import Clock
from groundswell_core.kafka import Producer
from groundswell_core.mongo import Database
from groundswell_core.source_records import Source
from groundswell_core.sources import Batch, Document, InstalledKind, SourceConfig, SourceSpec
from groundswell_core.topics import ANALYSES, DOCUMENTS

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
TOPICS = [DOCUMENTS, DOCUMENTS.dlq, ANALYSES, ANALYSES.dlq]


class ScriptConfig(SourceConfig):
    """The config of the test's kind."""

    url: str = Field(description="where it is")
    limit: int = Field(10, ge=1, description="how many")


@dataclass
class Script:
    """What sources of the kind script do, by source name; the last reading is repeated."""

    readings: dict[str, list[Any]] = field(default_factory=dict)
    reads: list[tuple[str, str | None]] = field(default_factory=list)
    opened: int = 0
    closed: int = 0

    def yields(self, source: str, *readings: Any) -> None:
        """Sets the readings of a source: a list of batches, or an error to raise."""
        self.readings[source] = list(readings)

    def count(self, source: str) -> int:
        """Returns how often a source was read."""
        return sum(name == source for name, _ in self.reads)

    @asynccontextmanager
    async def open(self, config: ScriptConfig, host: Any) -> AsyncIterator[Any]:
        self.opened += 1
        try:
            yield _Opened(self, host)
        finally:
            self.closed += 1


@dataclass
class _Opened:
    script: Script
    host: Any

    async def read(self, cursor: str | None) -> AsyncIterator[Batch]:
        name = self.host.source
        self.script.reads.append((name, cursor))
        readings = self.script.readings.get(name, [[]])
        reading = readings.pop(0) if len(readings) > 1 else readings[0]
        if isinstance(reading, BaseException):
            raise reading
        if callable(reading):
            async for batch in reading():
                yield batch
            return
        for batch in reading:
            yield batch


@dataclass(frozen=True)
class ThinHost:
    """As much of a host as the script needs."""

    source: str
    display_name: str
    clock: Clock

    def now(self) -> datetime:
        return self.clock.now()

    async def sleep(self, seconds: float) -> None:
        await self.clock.sleep(seconds)


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def kinds(script: Script) -> dict[str, InstalledKind]:
    spec = SourceSpec(
        kind="script", config=ScriptConfig, open=script.open, summary="What a test says."
    )
    return {"script": InstalledKind(spec, "groundswell-source-script", "1.2.3", "script")}


def _source(identifier: str = "one", **given: Any) -> Source:
    values = {
        "display_name": f"The {identifier}",
        "kind": "script",
        "config": {"url": "https://one.example/"},
        "interval": timedelta(seconds=60),
        "create_time": NOW,
    }
    return Source(name=f"sources/{identifier}", **(values | given))


def _document(identifier: str = "a", **given: Any) -> Document:
    values = {
        "id": identifier,
        "url": f"https://one.example/{identifier}",
        "title": f"Title of {identifier}",
        "text": f"Text of {identifier}",
        "publish_time": NOW - timedelta(minutes=5),
    }
    return Document(**(values | given))


def _batch(cursor: str, *documents: Document | str, invalid: Iterable[str] = ()) -> Batch:
    made = [_document(item) if isinstance(item, str) else item for item in documents]
    return Batch(documents=tuple(made), cursor=cursor, invalid=tuple(invalid))


@pytest.fixture
def make_source() -> Callable[..., Source]:
    return _source


@pytest.fixture
def make_document() -> Callable[..., Document]:
    return _document


@pytest.fixture
def make_batch() -> Callable[..., Batch]:
    return _batch


@pytest.fixture
def settings() -> CollectorSettings:
    return CollectorSettings(lease=30.0, spread=0.0)


@pytest.fixture
async def stores(database: Database, settings: CollectorSettings) -> Stores:
    return await open_stores(database, settings, owner="here:1")


@pytest.fixture
async def producer(kafka: Any) -> AsyncIterator[Producer]:
    async with Producer(kafka, TOPICS) as producer:
        yield producer


@dataclass
class Collector:
    """The parts of one collector."""

    stores: Stores
    publisher: Publisher
    reader: SourceReader
    reconciler: Reconciler
    timing: Timing
    settings: CollectorSettings
    clock: Clock


@pytest.fixture
def build(kinds: Any, settings: CollectorSettings, clock: Clock) -> Callable[..., Collector]:
    """Builds a collector over stores and a producer."""

    def built(stores: Stores, producer: Any, using: CollectorSettings = settings) -> Collector:
        publisher = Publisher(stores, producer, using, clock=clock)
        timing = Timing(
            interval=using.interval,
            spread=using.spread,
            maximum_backoff=using.maximum_backoff,
            uniform=lambda low, high: (low + high) / 2,
        )
        reader = SourceReader(
            kinds,
            lambda source: ThinHost(source.name, source.display_name, clock),
            publisher=publisher,
            stores=stores,
            timing=timing,
            clock=clock,
        )
        reconciler = Reconciler(stores.inbox, publisher, using, clock=clock)
        return Collector(stores, publisher, reader, reconciler, timing, using, clock)

    return built


@pytest.fixture
def collector(build: Any, stores: Stores, producer: Producer) -> Collector:
    return build(stores, producer)


@pytest.fixture
def sent(kafka: Any) -> Callable[..., Any]:
    """Reads a topic from its beginning."""
    from aiokafka import AIOKafkaConsumer, TopicPartition

    async def read(topic: Any = DOCUMENTS) -> list[Any]:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=kafka.bootstrap_servers, auto_offset_reset="earliest"
        )
        await consumer.start()
        try:
            numbers = range(topic.partitions or kafka.partitions)
            partitions = [TopicPartition(topic.name, number) for number in numbers]
            consumer.assign(partitions)
            await consumer.seek_to_beginning(*partitions)
            found: list[Any] = []
            while records := await consumer.getmany(timeout_ms=300):
                found += [record for batch in records.values() for record in batch]
            return found
        finally:
            await consumer.stop()

    return read
