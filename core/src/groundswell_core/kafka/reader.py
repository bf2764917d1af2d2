"""Reading records in a group, from where the last durable effect ended.

Where the log and what we handled disagree (a broker lost its memory, retention passed us), we say
so and read from the beginning: derived ids make repeats harmless.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import (
    CommitFailedError,
    IllegalStateError,
    KafkaError,
    NoOffsetForPartitionError,
    OffsetOutOfRangeError,
)

from groundswell_core.errors import Stalled, Unavailable
from groundswell_core.kafka.connection import bounded, connection, ensure_topics, patiently, started
from groundswell_core.kafka.records import identity_of, identity_of_raw, record_of
from groundswell_core.log import get_logger
from groundswell_core.metrics import KAFKA_LAG, LOG_REGRESSIONS, RETENTION_LOSSES
from groundswell_core.topics import Record, Topic

if TYPE_CHECKING:
    from groundswell_core.mongo import Collection
    from groundswell_core.settings import KafkaSettings

log = get_logger(__name__)

DRAIN_SECONDS = 5.0


class Reader:
    """Reads topics in a group, and decides where to read from."""

    def __init__(
        self,
        settings: KafkaSettings,
        topics: Sequence[Topic],
        group: str,
        offsets: Collection,
        *,
        maximum_records: int = 200,
    ) -> None:
        """Takes the service's own collection of offsets: {_id: group/topic/partition}."""
        self._settings = settings
        self._topics = topics
        self.group = group
        self._offsets = offsets
        self._maximum_records = maximum_records
        self._raw: Any = None
        # What the record before the stored offset must be; checked when reading resumes.
        self._expected: dict[TopicPartition, tuple[int, str]] = {}
        self._unplaced: set[TopicPartition] = set()
        self._placing = asyncio.Lock()
        self._idle = asyncio.Event()
        self._idle.set()
        self._moved: dict[TopicPartition, tuple[int, float]] = {}
        self.on_regression: list[Callable[[str], Awaitable[None]]] = []
        self.on_assigned: list[Callable[[], Awaitable[None]]] = []  # after a take-over

    async def __aenter__(self) -> Self:
        """Joins the group; waits as long as the stall timeout for a broker."""
        await patiently(self._start, self._settings)
        return self

    async def _start(self) -> None:
        await ensure_topics(self._settings, self._topics)
        session = int(self._settings.session_timeout * 1000)
        raw = AIOKafkaConsumer(
            **connection(self._settings),
            group_id=self.group,
            enable_auto_commit=False,
            auto_offset_reset="none",
            max_poll_records=self._maximum_records,
            session_timeout_ms=session,
            heartbeat_interval_ms=min(3000, session // 3),
            metadata_max_age_ms=3_000,
            fetch_max_wait_ms=100,
        )
        raw.subscribe([topic.name for topic in self._topics], listener=_Listener(self))
        await started(raw)
        self._raw = raw

    async def __aexit__(self, *_: object) -> None:
        """Leaves the group, within 10 s."""
        await bounded(self._raw.stop(), "consumer")

    @property
    def is_active(self) -> bool:
        """Tells whether the group gave this reader any partition; a standby has none."""
        return bool(self._raw.assignment())

    async def poll(self, timeout: float = 1.0) -> list[Record]:
        """Returns the next records, in order per partition; empty when there are none.

        A standby without partitions must keep calling: only then can it ever take over.
        """
        self._idle.set()
        await self._place_the_rest()
        try:
            batches = await self._fetch(timeout)
        except KafkaError as error:
            raise Unavailable(f"Kafka cannot be read: {error!r}") from error
        if self._unplaced:  # assigned in between: first all of them are placed, then read
            self.give_back([raw for raws in batches.values() for raw in raws])
            return []
        self._idle.clear()
        try:
            found = [
                record
                for partition, raws in batches.items()
                for record in await self._checked(partition, raws)
            ]
            await self._watch_log(set(batches))
        except Unavailable:
            self.give_back([raw for raws in batches.values() for raw in raws])
            raise
        return found

    async def _fetch(self, timeout: float) -> Mapping[TopicPartition, Sequence[Any]]:
        batches: Mapping[TopicPartition, Sequence[Any]] = {}
        try:
            batches = await self._raw.getmany(timeout_ms=int(timeout * 1000))
        except NoOffsetForPartitionError as error:
            await self.place(self._partitions_of(error))
        except OffsetOutOfRangeError as error:
            await self._out_of_range(self._partitions_of(error))
        return batches

    def give_back(self, records: Sequence[Any]) -> None:
        """Lets records that were polled, and not handled, be polled again."""
        first: dict[TopicPartition, int] = {}
        for record in records:
            first.setdefault(TopicPartition(record.topic, record.partition), record.offset)
        for partition, offset in first.items():
            self._seek(partition, offset)
        self._idle.set()

    def _seek(self, partition: TopicPartition, offset: int) -> None:
        with suppress(IllegalStateError):  # no longer ours: its new owner reads on
            self._raw.seek(partition, offset)

    def _partitions_of(self, error: Exception) -> set[TopicPartition]:
        named = error.args[0] if error.args else None
        if isinstance(named, TopicPartition):
            return {named}
        return set(named) if isinstance(named, dict) else set(self._raw.assignment())

    async def assigned(self, partitions: set[TopicPartition]) -> None:
        """Takes partitions over; what cannot be looked up now is looked up by the next poll."""
        self._unplaced = set(partitions)
        with suppress(Unavailable):
            await self._place_the_rest()

    async def _place_the_rest(self) -> None:
        async with self._placing:
            if not (partitions := self._unplaced):
                return
            await self.place(partitions)
            for callback in self.on_assigned:
                await callback()
            if self._unplaced is partitions:  # else the group has moved on meanwhile
                self._unplaced = set()

    async def place(self, partitions: Iterable[TopicPartition]) -> None:
        """Seeks to where the last durable effect ended; from the start when there is none."""
        for partition in partitions:
            stored = await self._offsets.find_one({"_id": self._id(partition)})
            offset = int(stored["offset"]) if stored else 0
            if stored and offset > 0:
                self._expected[partition] = (offset, str(stored["identity"]))
            self._seek(partition, max(offset - 1, 0))

    def _id(self, partition: TopicPartition) -> str:
        return f"{self.group}/{partition.topic}/{partition.partition}"

    async def _checked(self, partition: TopicPartition, raws: Sequence[Any]) -> list[Record]:
        """Returns the records, after the check that this is still the log that we knew."""
        if expected := self._expected.get(partition):
            offset, identity = expected
            if raws[0].offset == offset - 1 and identity_of_raw(raws[0]) == identity:
                raws = raws[1:]
            elif raws[0].offset < offset:
                await self._regressed(partition)
                return []
            elif raws[0].offset > offset:
                self._retention(partition, raws[0].offset - offset)
            del self._expected[partition]
        return [record_of(raw) for raw in raws]

    async def _watch_log(self, seen: set[TopicPartition]) -> None:
        """Compares positions with the log's end: past it, the log was emptied; behind, the lag."""
        for partition in self._raw.assignment():
            end = self._raw.highwater(partition)
            if end is None:
                continue
            position = await self._position(partition)
            if position is None:
                continue
            known = self._expected.get(partition, (position, ""))[0]
            if known > end and partition not in seen:
                await self._regressed(partition)
                continue
            lag = max(end - position, 0)
            KAFKA_LAG.labels(partition.topic, partition.partition).set(lag)
            self._stalled(partition, position, lag)

    async def _position(self, partition: TopicPartition) -> int | None:
        try:
            async with asyncio.timeout(1.0):
                return int(await self._raw.position(partition))
        except (TimeoutError, IllegalStateError, KafkaError):
            return None

    def _stalled(self, partition: TopicPartition, position: int, lag: int) -> None:
        at, since = self._moved.get(partition, (-1, 0.0))
        if position != at or not lag:
            self._moved[partition] = (position, time.monotonic())
        elif time.monotonic() - since > self._settings.stall_timeout:
            raise Stalled(
                f"{self._id(partition)} has not moved from {position} with {lag} records waiting"
            )

    async def _regressed(self, partition: TopicPartition) -> None:
        log.error("log regression: the broker lost records", partition=self._id(partition))
        LOG_REGRESSIONS.labels(partition.topic).inc()
        await self._offsets.delete({"_id": self._id(partition)})
        self._expected.pop(partition, None)
        self._seek(partition, 0)
        for callback in self.on_regression:
            await callback(partition.topic)

    def _retention(self, partition: TopicPartition, lost: int) -> None:
        log.error(
            "retention loss: records were removed unread", partition=str(partition), lost=lost
        )
        RETENTION_LOSSES.labels(partition.topic).inc(lost)

    async def _out_of_range(self, partitions: set[TopicPartition]) -> None:
        begins = await self._raw.beginning_offsets(partitions)
        for partition in partitions:
            expected = self._expected.pop(partition, None)
            known = expected[0] if expected else await self._position(partition)
            if known is not None and known < begins[partition]:
                self._retention(partition, begins[partition] - known)
            elif known is not None and known > begins[partition]:
                await self._regressed(partition)
            self._seek(partition, begins[partition])

    async def commit(self, records: Sequence[Record]) -> None:
        """Stores and commits the position after the last record of each partition."""
        last = {TopicPartition(r.topic, r.partition): r for r in records}
        for partition, record in last.items():
            await self._offsets.update(
                {"_id": self._id(partition)},
                {"$set": {"offset": record.offset + 1, "identity": identity_of(record)}},
                upsert=True,
            )
        try:
            await self._raw.commit({tp: record.offset + 1 for tp, record in last.items()})
        except (CommitFailedError, IllegalStateError) as error:
            # Somebody else owns the partition now; the effect is durable and repeats are harmless.
            log.warning("commit refused: the group rebalanced", error=repr(error))
        except KafkaError as error:
            log.warning("commit failed: it is repeated with the next", error=repr(error))
        finally:
            self._idle.set()

    async def drained(self) -> None:
        """Waits until the records in hand are committed, for at most 5 s."""
        try:
            async with asyncio.timeout(DRAIN_SECONDS):
                await self._idle.wait()
        except TimeoutError:
            log.warning("partitions were revoked with records in hand", group=self.group)


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]  # the library is not typed
    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        await self._reader.drained()

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        await self._reader.assigned(assigned)
