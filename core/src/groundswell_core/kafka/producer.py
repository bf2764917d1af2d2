"""Sending records: acknowledged by all in-sync replicas, or known to be unknown."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError

from groundswell_core.errors import InvalidInput, Unavailable
from groundswell_core.kafka.connection import bounded, connection, ensure_topics, patiently, started
from groundswell_core.metrics import KAFKA_SENT
from groundswell_core.topics import Topic
from groundswell_core.trace import inject

if TYPE_CHECKING:
    from groundswell_core.settings import KafkaSettings

MAXIMUM_BYTES = 4 << 20  # of one record


class Producer:
    """Sends records and answers when they are acknowledged by all in-sync replicas."""

    def __init__(self, settings: KafkaSettings, topics: Sequence[Topic] = ()) -> None:
        """Takes the topics it will create when they are missing."""
        self._settings = settings
        self._topics = topics
        self._raw: Any = None
        self._pending: dict[int, float] = {}  # send number -> since when
        self._sends = 0

    async def __aenter__(self) -> Self:
        """Connects; waits as long as the stall timeout for a broker."""
        await patiently(self._start, self._settings)
        return self

    async def _start(self) -> None:
        await ensure_topics(self._settings, self._topics)
        raw = AIOKafkaProducer(
            **connection(self._settings),
            acks="all",
            enable_idempotence=self._settings.idempotent,
            compression_type="lz4",
            linger_ms=5,
            max_request_size=MAXIMUM_BYTES,
        )
        await started(raw)
        self._raw = raw

    async def __aexit__(self, *_: object) -> None:
        """Sends what is pending, for at most 10 s, and leaves."""
        await bounded(self._raw.stop(), "producer")

    @property
    def is_ready(self) -> bool:
        """Tells that no send has waited too long for its acknowledgement."""
        return self.oldest_wait() < self._settings.acknowledge_timeout

    def oldest_wait(self) -> float:
        """Returns the seconds that the longest pending send has waited."""
        return time.monotonic() - min(self._pending.values(), default=time.monotonic())

    async def send(
        self, topic: Topic, key: str, value: bytes, headers: Mapping[str, bytes] | None = None
    ) -> None:
        """Sends one record; Unavailable means that it may or may not have been written."""
        await self._acknowledged(topic, [(key, value)], headers)

    async def send_all(self, topic: Topic, records: Sequence[tuple[str, bytes]]) -> None:
        """Sends many records of one topic; returns when all are acknowledged."""
        await self._acknowledged(topic, records, None)

    async def _acknowledged(
        self,
        topic: Topic,
        records: Sequence[tuple[str, bytes]],
        headers: Mapping[str, bytes] | None,
    ) -> None:
        extra = {name: value.encode() for name, value in inject().items()} | dict(headers or {})
        self._sends += 1
        number = self._sends
        self._pending[number] = time.monotonic()
        try:
            async with asyncio.timeout(self._settings.acknowledge_timeout):
                futures = [
                    await self._raw.send(
                        topic.name,
                        value,
                        key=key.encode(),
                        # Said outright: a broker that makes topics by itself makes them wider.
                        partition=0 if topic.partitions == 1 else None,
                        headers=list(extra.items()),
                    )
                    for key, value in records
                ]
                await asyncio.shield(asyncio.gather(*futures))
        except MessageSizeTooLargeError as error:
            raise InvalidInput(
                f"a record for {topic.name} is larger than {MAXIMUM_BYTES} bytes",
                reason="RECORD_TOO_LARGE",
            ) from error
        except (KafkaError, TimeoutError, OSError) as error:
            raise Unavailable(f"Kafka did not acknowledge: {error!r}", topic=topic.name) from error
        finally:
            del self._pending[number]
        KAFKA_SENT.labels(topic.name).inc(len(records))
