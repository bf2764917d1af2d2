"""Where to read from, when log and store disagree: decisions on a scripted client, offsets real."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import (
    CommitFailedError,
    IllegalStateError,
    KafkaConnectionError,
    KafkaError,
    NoOffsetForPartitionError,
    OffsetOutOfRangeError,
)

from groundswell_core.errors import Stalled, Unavailable
from groundswell_core.kafka import Producer, Reader
from groundswell_core.kafka import connection as connecting
from groundswell_core.kafka import reader as reading
from groundswell_core.kafka.connection import bounded, connection
from groundswell_core.kafka.records import record_of
from groundswell_core.mongo import Database
from groundswell_core.settings import KafkaSettings
from groundswell_core.topics import Topic

PART = TopicPartition("t", 0)


@dataclass
class Raw:
    """What the library hands out for one record."""

    offset: int
    topic: str = "t"
    partition: int = 0
    key: bytes | None = b"k"
    value: bytes | None = b"x"
    timestamp: int = 1000
    headers: tuple[tuple[str, bytes | None], ...] = ()


@dataclass
class Client:
    """The library's consumer, played from a script."""

    script: list[Any] = field(default_factory=list)
    begin: int = 0
    end: int | None = None
    at: int | Exception = 0
    seeks: list[int] = field(default_factory=list)
    commit_error: Exception | None = None

    async def getmany(self, timeout_ms: int) -> Any:
        step = self.script.pop(0) if self.script else {}
        if isinstance(step, Exception):
            raise step
        return step() if callable(step) else step

    def assignment(self) -> set[TopicPartition]:
        return {PART}

    def highwater(self, partition: TopicPartition) -> int | None:
        return self.end

    async def position(self, partition: TopicPartition) -> int:
        if isinstance(self.at, Exception):
            raise self.at
        return self.at

    def seek(self, partition: TopicPartition, offset: int) -> None:
        if partition != PART:
            raise IllegalStateError("not ours")
        self.seeks.append(offset)

    async def beginning_offsets(self, partitions: Any) -> dict[TopicPartition, int]:
        return dict.fromkeys(partitions, self.begin)

    async def commit(self, offsets: Any) -> None:
        if self.commit_error:
            raise self.commit_error


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.fixture
def reader(client: Client, database: Database) -> Reader:
    reader = Reader(KafkaSettings(stall_timeout=30.0), [], "g", database.collection("offsets"))
    reader._raw = client
    return reader


async def handled(reader: Reader, offset: int) -> None:
    """Notes that everything before an offset was handled, and starts anew."""
    await reader.commit([record_of(Raw(offset - 1))])
    await reader.assigned({PART})


async def test_a_first_start_reads_from_the_beginning(reader: Reader, client: Client) -> None:
    for named in (PART, {PART: 0}, "nothing"):
        client.script = [NoOffsetForPartitionError(named)]
        assert await reader.poll(0) == []
    assert client.seeks == [0, 0, 0]


async def test_a_restart_checks_the_record_before_and_goes_on_after_it(
    reader: Reader, client: Client
) -> None:
    await handled(reader, 8)
    client.script = [{PART: [Raw(7), Raw(8)]}]
    assert [found.offset for found in await reader.poll(0)] == [8]
    assert client.seeks == [7]


@pytest.mark.parametrize("other", [Raw(7, timestamp=9), Raw(7, key=b"z"), Raw(3)])
async def test_another_record_in_its_place_means_that_the_log_was_lost(
    reader: Reader, client: Client, other: Raw
) -> None:
    lost: list[str] = []

    async def regressed(topic: str) -> None:
        lost.append(topic)

    reader.on_regression.append(regressed)
    await handled(reader, 8)
    client.script = [{PART: [other]}]
    assert await reader.poll(0) == []
    assert (lost, client.seeks) == (["t"], [7, 0])


async def test_records_that_retention_took_are_counted_and_the_rest_is_read(
    reader: Reader, client: Client
) -> None:
    before = reading.RETENTION_LOSSES.labels("t")._value.get()
    await handled(reader, 8)
    client.script = [{PART: [Raw(11)]}]
    assert [found.offset for found in await reader.poll(0)] == [11]
    assert reading.RETENTION_LOSSES.labels("t")._value.get() - before == 3


@pytest.mark.parametrize(
    ("position", "begin", "lost", "regressed"),
    [(8, 20, 12, 0), (8, 2, 0, 1), (8, 8, 0, 0), (IllegalStateError("x"), 4, 0, 0)],
    ids=["retention", "regression", "neither", "unknown"],
)
@pytest.mark.parametrize("is_new", [True, False], ids=["after a start", "while running"])
async def test_an_offset_out_of_range_is_explained_and_read_from_the_beginning(
    reader: Reader,
    client: Client,
    position: Any,
    begin: int,
    lost: int,
    regressed: int,
    is_new: bool,
) -> None:
    if is_new and position == 8:
        await handled(reader, 8)
    losses = reading.RETENTION_LOSSES.labels("t")._value.get()
    regressions = reading.LOG_REGRESSIONS.labels("t")._value.get()
    client.at, client.begin, client.script = position, begin, [OffsetOutOfRangeError({PART: 8})]
    assert await reader.poll(0) == []
    assert client.seeks[-1] == begin
    assert reading.RETENTION_LOSSES.labels("t")._value.get() - losses == lost
    assert reading.LOG_REGRESSIONS.labels("t")._value.get() - regressions == regressed


async def test_a_position_past_the_end_of_the_log_means_that_it_was_emptied(
    reader: Reader, client: Client
) -> None:
    client.at, client.end = 9, 4
    assert await reader.poll(0) == []
    assert client.seeks == [0]


async def test_a_partition_that_does_not_move_though_records_wait_ends_the_process(
    reader: Reader, client: Client
) -> None:
    client.at, client.end = 4, 9
    await reader.poll(0)
    await reader.poll(0)
    reader._moved[PART] = (4, time.monotonic() - 31)
    with pytest.raises(Stalled, match="has not moved from 4 with 5 records waiting"):
        await reader.poll(0)


@pytest.mark.parametrize("at", [IllegalStateError("x"), KafkaError("x")])
async def test_a_position_that_is_not_known_is_no_reason_to_worry(
    reader: Reader, client: Client, at: Exception
) -> None:
    client.at, client.end = at, 9
    assert await reader.poll(0) == []


async def test_records_that_come_while_a_take_over_goes_on_are_read_after_it(
    reader: Reader, client: Client
) -> None:
    def assigned_meanwhile() -> Any:
        reader._unplaced = {TopicPartition("t", 1)}  # the listener has placed t/0, not yet t/1
        return {PART: [Raw(3)]}

    client.script = [assigned_meanwhile, {PART: [Raw(3)]}]
    assert await reader.poll(0) == []
    assert client.seeks == [3]
    assert [found.offset for found in await reader.poll(0)] == [3]


async def test_a_client_that_fails_is_a_bad_moment(reader: Reader, client: Client) -> None:
    client.script = [KafkaConnectionError("gone")]
    with pytest.raises(Unavailable, match="cannot be read"):
        await reader.poll(0)


@pytest.mark.parametrize("error", [CommitFailedError(), IllegalStateError("x"), KafkaError("x")])
async def test_a_commit_that_the_group_refuses_is_kept_in_the_store_all_the_same(
    reader: Reader, client: Client, error: Exception
) -> None:
    client.commit_error = error
    await handled(reader, 5)
    assert client.seeks == [4]


async def test_records_in_hand_hold_a_revocation_until_they_are_committed_or_time_is_up(
    reader: Reader, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "DRAIN_SECONDS", 0.05)
    client.script = [{PART: [Raw(0)]}]
    records = await reader.poll(0)
    await reader.drained()
    waiting = asyncio.create_task(reader.drained())
    await reader.commit(records)
    await waiting


async def test_records_of_a_partition_that_went_elsewhere_are_given_back_without_a_word(
    reader: Reader, client: Client
) -> None:
    reader.give_back([record_of(Raw(3)), record_of(Raw(4)), record_of(Raw(9, partition=1))])
    assert client.seeks == [3]


async def test_an_end_that_hangs_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connecting, "STOP_SECONDS", 0.01)
    await bounded(asyncio.Event().wait(), "client")


def test_authentication_and_encryption_are_those_of_the_settings(tmp_path: Any) -> None:
    options = connection(KafkaSettings(username="u", password="canary"))
    assert options["security_protocol"] == "SASL_SSL"
    assert (options["sasl_mechanism"], options["sasl_plain_password"]) == (
        "SCRAM-SHA-512",
        "canary",
    )
    assert connection(KafkaSettings()) == {"bootstrap_servers": "127.0.0.1:9092"}


async def test_a_send_without_an_acknowledgement_is_unknown_and_not_ready(
    kafka: KafkaSettings,
) -> None:
    topic = Topic("test.unacknowledged", 1)
    settings = kafka.model_copy(update={"acknowledge_timeout": 0.2})

    class Silent:
        async def send(self, *_: Any, **__: Any) -> Any:
            return asyncio.get_running_loop().create_future()

    async with Producer(settings, [topic]) as producer:
        real, producer._raw = producer._raw, Silent()
        with pytest.raises(Unavailable, match="did not acknowledge"):
            await producer.send(topic, "k", b"x")
        producer._raw = real
        assert producer.is_ready
        producer._pending[0] = time.monotonic() - 1
        assert not producer.is_ready
