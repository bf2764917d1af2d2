"""Fixtures over real servers: one mongod a run, one database a test, one broker a module."""

from __future__ import annotations

import asyncio
import inspect
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from groundswell_core.testing.clock import FakeClock
from groundswell_core.testing.keys import TestKeys

if TYPE_CHECKING:
    from groundswell_core.embedded import EmbeddedBroker, EmbeddedMongo
    from groundswell_core.mongo import Database
    from groundswell_core.settings import KafkaSettings, MongoSettings

Eventually = Callable[..., Awaitable[Any]]


def _run(work: Any) -> Any:
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(work)
    finally:
        loop.close()


@pytest.fixture(scope="session")
def mongo_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedMongo]:
    """Gives the run's mongod."""
    from groundswell_core.embedded import EmbeddedMongo

    server = EmbeddedMongo(tmp_path_factory.mktemp("mongo"), cache_gigabytes=0.25, ephemeral=True)
    _run(server.start())
    yield server
    _run(server.kill())


@pytest.fixture
def mongo(mongo_server: EmbeddedMongo) -> MongoSettings:
    """Gives settings of a database that no other test has."""
    return mongo_server.settings(database=f"test_{uuid.uuid4().hex[:12]}")


@pytest_asyncio.fixture
async def database(mongo: MongoSettings) -> AsyncIterator[Database]:
    """Gives a fresh database, dropped afterwards."""
    from groundswell_core.mongo import connect

    async with connect(mongo) as database:
        yield database
        await database.drop()


@pytest.fixture(scope="module")
def broker_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedBroker]:
    """Gives the module's broker."""
    from groundswell_core.embedded import EmbeddedBroker

    server = EmbeddedBroker(tmp_path_factory.mktemp("broker"))
    _run(server.start())
    yield server
    _run(server.kill())


@pytest.fixture
def kafka(broker_server: EmbeddedBroker) -> KafkaSettings:
    """Gives settings of the module's broker."""
    return broker_server.settings(session_timeout=2.0)


@pytest.fixture
def clock() -> FakeClock:
    """Gives a clock that moves only when told."""
    return FakeClock()


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> TestKeys:
    """Gives keys and a trust file for every service."""
    return TestKeys(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def eventually() -> Eventually:
    """Gives a poll: awaits check() until it is true or raises nothing false, within a deadline."""
    return poll


async def poll(check: Callable[[], Any], *, timeout: float = 20.0, every: float = 0.02) -> Any:
    """Returns the first true value of check(), plain or awaitable; fails after timeout seconds."""
    deadline = time.monotonic() + timeout
    while True:
        value = check()
        if inspect.isawaitable(value):
            value = await value
        if value:
            return value
        if time.monotonic() > deadline:
            pytest.fail(f"not true within {timeout} s: {inspect.getsource(check).strip()[:200]}")
        await asyncio.sleep(every)
