"""The loop that hands records to a handler: in order, durable before committed, nothing lost."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import structlog

from groundswell_core import __version__
from groundswell_core.errors import (
    Aborted,
    AlreadyExists,
    FailedPrecondition,
    GroundswellError,
    InvalidInput,
    NotFound,
    Stalled,
    Unavailable,
)
from groundswell_core.log import get_logger, redact
from groundswell_core.metrics import DEAD_LETTERS, KAFKA_HANDLED
from groundswell_core.retry import RetryPolicy
from groundswell_core.topics import Record, Topic
from groundswell_core.trace import span

if TYPE_CHECKING:
    from groundswell_core.kafka import Producer, Reader
    from groundswell_core.service import Heartbeat

log = get_logger(__name__)

Handle = Callable[[Sequence[Record]], Awaitable[None]]
BAD_MESSAGE = (InvalidInput, NotFound, FailedPrecondition)
DEAD_LETTER_BYTES = (4 << 20) - (64 << 10)  # the largest record, with room for what headers add


class TooManyDeadLetters(GroundswellError):
    """So much is refused that the code must be wrong, not the messages."""

    default_reason = "TOO_MANY_DEAD_LETTERS"


class DeadLetterLimit:
    """Counts refusals: at 20 in a row, or over 5 % of the last 1,000, the consumer must stop."""

    def __init__(self, *, in_a_row: int = 20, window: int = 1000, share: float = 0.05) -> None:
        """Takes the two limits."""
        self._in_a_row = in_a_row
        self._row = 0
        self._recent: deque[bool] = deque(maxlen=window)
        self._most = int(window * share)

    def good(self, count: int = 1) -> None:
        """Notes that records were handled."""
        self._row = 0
        self._recent.extend([False] * min(count, self._recent.maxlen or 0))

    def bad(self) -> None:
        """Notes a refusal; raises TooManyDeadLetters past a limit."""
        self._row += 1
        self._recent.append(True)
        if self._row >= self._in_a_row or sum(self._recent) > self._most:
            raise TooManyDeadLetters(
                f"{self._row} records in a row, {sum(self._recent)} of the last "
                f"{len(self._recent)}, were refused; fix the code or the producer, then restart"
            )


class Consumption:
    """One running consumer: a reader, a handler, and where bad records go."""

    def __init__(
        self,
        reader: Reader,
        handle: Handle,
        *,
        producer: Producer,
        heartbeat: Heartbeat,
        policy: RetryPolicy,
        stall_timeout: float,
    ) -> None:
        """Takes stall_timeout in seconds: without progress for so long the process must leave."""
        self._reader = reader
        self._handle = handle
        self._producer = producer
        self._heartbeat = heartbeat
        self._policy = policy
        self._stall_timeout = stall_timeout
        self._limit = DeadLetterLimit()

    async def turn(self) -> None:
        """Polls once, handles what came, commits it."""
        records = await self._reader.poll()
        self._heartbeat.beat()
        if not records:
            return
        try:
            await self._handled(records)
            await self._reader.commit(records)
        except Unavailable:
            # The client is past them already: without this the next commit would skip them.
            self._reader.give_back(records)
            raise

    async def _handled(self, records: Sequence[Record]) -> None:
        try:
            await self._patiently(records)
        except (*BAD_MESSAGE, AlreadyExists) as error:
            if len(records) > 1:
                for record in records:  # one of them is the cause: the others go through
                    await self._handled([record])
                return
            if not isinstance(error, AlreadyExists):
                await self._dead_letter(records[0], error)
                return
        self._limit.good(len(records))
        for record in records:
            KAFKA_HANDLED.labels(record.topic).inc()

    async def _patiently(self, records: Sequence[Record]) -> None:
        """Handles records; a bad moment is waited out until the stall timeout."""
        started, attempt = time.monotonic(), 0
        while True:
            try:
                with _context(records[0]):
                    await self._handle(records)
            except (Unavailable, Aborted) as error:
                attempt += 1
                if time.monotonic() - started > self._stall_timeout:
                    raise Stalled(f"no progress for {self._stall_timeout} s: {error}") from error
                log.warning("waiting: records cannot be handled now", reason=redact(str(error)))
                await asyncio.sleep(self._policy.wait(attempt, error))
                self._heartbeat.beat()
            else:
                return

    async def _dead_letter(self, record: Record, error: GroundswellError) -> None:
        headers = dict(record.headers) | {
            "origin_topic": record.topic.encode(),
            "origin_partition": str(record.partition).encode(),
            "origin_offset": str(record.offset).encode(),
            "reason": error.reason.encode(),
            "message": redact(error.message)[:2000].encode("utf-8", "replace"),
            "code_version": __version__.encode(),
        }
        value = record.value
        if len(value) > DEAD_LETTER_BYTES:  # with its headers no topic would take it
            headers["omitted_bytes"] = str(len(value)).encode()
            value = b""
        await self._producer.send(Topic(record.topic).dlq, record.key, value, headers)
        DEAD_LETTERS.labels(record.topic, error.reason).inc()
        log.error("record put aside", record=record.origin, reason=error.reason, why=error.message)
        self._limit.bad()


def _context(record: Record) -> AbstractContextManager[None]:
    headers = {name: value.decode("latin-1") for name, value in record.headers.items()}
    structlog.contextvars.bind_contextvars(topic=record.topic, offset=record.offset)
    return span(f"consume {record.topic}", headers)


async def consume(  # noqa: PLR0913 - all but two by keyword, each with one meaning
    reader: Reader,
    handle: Handle,
    *,
    producer: Producer,
    heartbeat: Heartbeat,
    stop: asyncio.Event,
    policy: RetryPolicy | None = None,
    stall_timeout: float = 180.0,
) -> None:
    """Hands records to handle until stop is set; handle must be durable when it returns.

    InvalidInput, NotFound and FailedPrecondition put single records aside; Unavailable and Aborted
    wait; AlreadyExists counts as done; anything else ends the process without a commit.
    """
    consumption = Consumption(
        reader,
        handle,
        producer=producer,
        heartbeat=heartbeat,
        policy=policy or RetryPolicy(),
        stall_timeout=stall_timeout,
    )
    progress = time.monotonic()
    while not stop.is_set():
        try:
            await consumption.turn()
            progress = time.monotonic()
        except Unavailable as error:
            # Reading or committing failed; no position has moved.
            if time.monotonic() - progress > stall_timeout:
                raise Stalled(
                    f"{reader.group} cannot read for {stall_timeout} s: {error}"
                ) from error
            log.warning(
                "waiting: kafka or its offsets cannot be reached", reason=redact(str(error))
            )
            heartbeat.beat()
            await asyncio.sleep(1.0)
