"""The consuming loop where things go wrong: nothing skipped, nothing waited for without end."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest

from groundswell_core.consume import DEAD_LETTER_BYTES, Consumption, DeadLetterLimit, consume
from groundswell_core.errors import (
    Aborted,
    AlreadyExists,
    FailedPrecondition,
    InvalidInput,
    NotFound,
    Stalled,
    Unavailable,
)
from groundswell_core.retry import RetryPolicy
from groundswell_core.service import Heartbeat
from groundswell_core.topics import Record, Topic

QUICK = RetryPolicy(initial_interval=0.001, maximum_interval=0.002)
TOPIC = Topic("test.consume", 1)


def record(offset: int, topic: str = TOPIC.name) -> Record:
    return Record(topic, 0, offset, "k", f"{offset}".encode(), {}, datetime(2026, 1, 5, tzinfo=UTC))


class Log:
    """A log of records that is read as Reader reads Kafka: forward, unless records are given back."""

    group = "test"

    def __init__(self, count: int, *, batch: int = 5) -> None:
        self.records = [record(number) for number in range(count)]
        self.batch = batch
        self.position = 0
        self.committed = 0
        self.failures: list[Exception] = []  # of commits
        self.unreadable: Exception | None = None

    async def poll(self) -> list[Record]:
        await asyncio.sleep(0)
        if self.unreadable:
            raise self.unreadable
        found = self.records[self.position : self.position + self.batch]
        self.position += len(found)
        return found

    def give_back(self, records: Sequence[Record]) -> None:
        self.position = min(item.offset for item in records)

    async def commit(self, records: Sequence[Record]) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.committed = records[-1].offset + 1

    def restart(self) -> None:
        self.position = self.committed


class Dead:
    """Where dead letters go; fails as it is told."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.letters: list[bytes] = []

    async def send(self, topic: Topic, key: str, value: bytes, headers: Any = None) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.letters.append(value)


class Store:
    """A handler whose effect is durable when it returns; fails for values as it is told."""

    def __init__(self, **failures: Exception) -> None:
        self.failures = {name[1:].encode(): error for name, error in failures.items()}
        self.stored: list[int] = []

    async def __call__(self, records: Sequence[Record]) -> None:
        for item in records:
            if item.value in self.failures:
                raise self.failures[item.value]
            if item.offset not in self.stored:
                self.stored.append(item.offset)


def consumption(log: Any, store: Any, dead: Any = None, *, stall: float = 5.0) -> Consumption:
    return Consumption(
        log,
        store,
        producer=dead or Dead(),
        heartbeat=Heartbeat(),
        policy=QUICK,
        stall_timeout=stall,
    )


async def drain(loop: Consumption, log: Log) -> None:
    """Turns until everything was polled and committed; bad moments are tried again."""
    for _ in range(1000):
        if log.committed == len(log.records):
            return
        with suppress(Unavailable):
            await loop.turn()
    pytest.fail("the loop does not get to the end")


async def test_records_that_were_there_already_hide_no_neighbour() -> None:
    log, store = Log(10), Store(_3=AlreadyExists("there"), _7=AlreadyExists("there"))
    await drain(consumption(log, store), log)
    assert store.stored == [0, 1, 2, 4, 5, 6, 8, 9]


@pytest.mark.parametrize("kind", [InvalidInput, NotFound, FailedPrecondition])
async def test_a_bad_record_goes_to_the_dead_letters_alone(kind: type[Exception]) -> None:
    log, store, dead = Log(10), Store(_3=kind("bad")), Dead()
    await drain(consumption(log, store, dead), log)
    assert store.stored == [0, 1, 2, 4, 5, 6, 7, 8, 9]
    assert dead.letters == [b"3"]


async def test_a_dead_letter_that_cannot_be_sent_skips_nothing() -> None:
    log, store = Log(10), Store(_1=InvalidInput("bad"))
    dead = Dead(Unavailable("no broker"), Unavailable("no broker"))
    await drain(consumption(log, store, dead), log)
    assert store.stored == [0, 2, 3, 4, 5, 6, 7, 8, 9]
    assert dead.letters == [b"1"]


async def test_offsets_that_cannot_be_stored_skip_nothing() -> None:
    log, store = Log(20), Store()
    log.failures = [Unavailable("no MongoDB")] * 3
    await drain(consumption(log, store), log)
    assert store.stored == list(range(20))


async def test_a_record_as_large_as_a_topic_takes_is_put_aside_without_its_body() -> None:
    log, dead = Log(1), Dead()
    large = b"x" * (DEAD_LETTER_BYTES + 1)
    log.records = [Record(TOPIC.name, 0, 0, "k", large, {}, datetime(2026, 1, 5, tzinfo=UTC))]

    async def refuse(records: Sequence[Record]) -> None:
        raise InvalidInput("bad")

    await drain(consumption(log, refuse, dead), log)
    assert dead.letters == [b""]


async def test_somebody_elses_change_is_read_again_at_once() -> None:
    log, failures = Log(1), [Aborted("changed"), Aborted("changed")]
    stored: list[int] = []

    async def handle(records: Sequence[Record]) -> None:
        if failures:
            raise failures.pop()
        stored.append(records[0].offset)

    await drain(consumption(log, handle), log)
    assert stored == [0]


async def test_a_handler_that_never_gets_on_stalls_the_process_and_commits_nothing() -> None:
    log, store = Log(5), Store(_0=Unavailable("no MongoDB"))
    with pytest.raises(Stalled, match=r"no progress for 0\.05 s: no MongoDB"):
        await consumption(log, store, stall=0.05).turn()
    assert log.committed == 0


async def test_a_log_that_cannot_be_read_stalls_the_process() -> None:
    log = Log(5)
    log.unreadable = Unavailable("no broker")
    with pytest.raises(Stalled, match=r"test cannot read for 0\.1 s: no broker"):
        await consume(
            log,  # type: ignore[arg-type]  # the part of Reader that consume uses
            Store(),
            producer=Dead(),  # type: ignore[arg-type]  # the same of Producer
            heartbeat=Heartbeat(),
            stop=asyncio.Event(),
            policy=QUICK,
            stall_timeout=0.1,
        )


async def test_a_bug_in_a_handler_is_passed_on_and_commits_nothing() -> None:
    log, store = Log(5), Store(_2=ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        await consumption(log, store).turn()
    assert log.committed == 0


class CommitsFirst(Consumption):
    """The broken twin: commits before the effect is durable."""

    async def turn(self) -> None:
        records = await self._reader.poll()
        await self._reader.commit(records)
        await self._handled(records)


class Killed(BaseException):
    """Ends the process in the middle of a batch, as SIGKILL does."""


class Mortal(Store):
    """Stores until it is killed, once, before the record at a position."""

    def __init__(self, crash: int) -> None:
        super().__init__()
        self.crash: int | None = crash

    async def __call__(self, records: Sequence[Record]) -> None:
        for item in records:
            if item.offset == self.crash:
                self.crash = None
                raise Killed
            await super().__call__([item])


def lives(kind: type[Consumption], log: Any, store: Store) -> Consumption:
    """Returns what a newly started process has."""
    log.restart()
    dead: Any = Dead()
    return kind(log, store, producer=dead, heartbeat=Heartbeat(), policy=QUICK, stall_timeout=5.0)


@pytest.mark.parametrize(
    ("kind", "lost"), [(Consumption, 0), (CommitsFirst, 60)], ids=["ours", "broken twin"]
)
async def test_a_crash_loses_nothing_and_the_broken_twin_does(
    kind: type[Consumption], lost: int
) -> None:
    missing = 0
    for crash in range(20):
        log, store = Log(20), Mortal(crash)
        with suppress(Killed):
            await drain(lives(kind, log, store), log)
        await drain(lives(kind, log, store), log)
        missing += len(set(range(20)) - set(store.stored))
    assert missing == lost


class KeepsPosition(Consumption):
    """The broken twin: goes on after a failure without giving the records back."""

    async def turn(self) -> None:
        records = await self._reader.poll()
        if records:
            await self._handled(records)
            await self._reader.commit(records)


async def test_a_twin_that_keeps_its_position_loses_records_with_the_dead_letters() -> None:
    log, store = Log(20), Store(_1=InvalidInput("bad"))
    twin = KeepsPosition(
        log,  # type: ignore[arg-type]  # as above
        store,
        producer=Dead(Unavailable("no broker")),  # type: ignore[arg-type]  # as above
        heartbeat=Heartbeat(),
        policy=QUICK,
        stall_timeout=5.0,
    )
    await drain(twin, log)
    assert set(range(20)) - set(store.stored) == {1, 2, 3, 4}


def test_limits_of_dead_letters_are_those_that_are_written_down() -> None:
    limit = DeadLetterLimit()
    for _ in range(19):
        limit.bad()
    limit.good(1000)
    for _ in range(19):
        limit.bad()
