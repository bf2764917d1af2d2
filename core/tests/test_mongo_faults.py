"""A mongod that hangs, dies and comes back: bounded waits, and no acknowledged write is lost."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from groundswell_core.embedded import EmbeddedMongo
from groundswell_core.errors import AlreadyExists, Unavailable
from groundswell_core.mongo import Collection, connect, insert_op

WRITERS = 4


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[EmbeddedMongo]:
    # Not ephemeral: this is about what the journal keeps.
    server = EmbeddedMongo(tmp_path / "mongo", cache_gigabytes=0.25)
    await server.start()
    yield server
    await server.kill()


async def test_a_frozen_server_is_given_up_within_the_timeout(server: EmbeddedMongo) -> None:
    settings = server.settings().model_copy(update={"timeout": 1.0})
    async with connect(settings) as database:
        notes = database.collection("notes")
        await notes.insert({"_id": "before"})
        server.child.signal(signal.SIGSTOP)
        try:
            for call in (
                lambda: notes.insert({"_id": "a"}),
                lambda: notes.bulk([insert_op({"_id": "b"})]),
                lambda: notes.find({}),
                lambda: notes.find_one({}),
                lambda: notes.aggregate([]),
                lambda: notes.count({}),
                database.ping,
                database.now,
            ):
                started = time.monotonic()
                with pytest.raises(Unavailable):
                    await call()
                assert time.monotonic() - started < settings.timeout + 1.0
        finally:
            server.child.signal(signal.SIGCONT)


async def _write(notes: Collection, writer: int, acknowledged: set[str], stop: Any) -> None:
    number = 0
    while not stop.is_set():
        identifier = f"{writer}-{number}"
        try:
            await notes.insert({"_id": identifier})
        except AlreadyExists:
            pass  # an earlier try was applied after all
        except Unavailable:
            continue
        acknowledged.add(identifier)
        number += 1


async def test_no_acknowledged_write_is_lost_when_the_server_is_killed(
    server: EmbeddedMongo, eventually: Any
) -> None:
    settings = server.settings().model_copy(update={"timeout": 2.0})
    acknowledged: set[str] = set()
    stop = asyncio.Event()
    async with connect(settings) as database, asyncio.TaskGroup() as group:
        notes = database.collection("notes")
        for writer in range(WRITERS):
            group.create_task(_write(notes, writer, acknowledged, stop))
        for _ in range(3):
            enough = len(acknowledged) + 200
            await eventually(lambda enough=enough: len(acknowledged) > enough, timeout=60)
            await server.kill()
            await server.start()
        stop.set()
    async with connect(settings) as database:
        stored = {note["_id"] for note in await database.collection("notes").find({})}
        assert await database.collection("notes").count({}) == len(stored)
    assert len(acknowledged) > 600
    assert acknowledged <= stored
    # A write that was given up may have been applied: at most the last of each writer.
    assert len(stored - acknowledged) <= WRITERS
