"""The embedded broker: answers, forgets, keeps its port."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from groundswell_core.embedded import EmbeddedBroker
from groundswell_core.errors import Unavailable


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[EmbeddedBroker]:
    """Returns a running broker."""
    broker = EmbeddedBroker(tmp_path / "broker")
    await broker.start()
    yield broker
    await broker.stop()


async def topics(broker: EmbeddedBroker, *, create: str = "") -> list[str]:
    """Returns the topics there are, after making one if asked to."""
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.settings().bootstrap_servers)
    await admin.start()
    try:
        if create:
            await admin.create_topics([NewTopic(create, 1, 1)])
        return list(await admin.list_topics())
    finally:
        await admin.close()


async def test_the_broker_answers_and_says_that_it_has_no_producer_ids(
    broker: EmbeddedBroker,
) -> None:
    assert await broker.healthy()
    assert broker.memory() > 0
    assert not broker.settings().idempotent


async def test_a_killed_broker_returns_empty_on_the_same_port(broker: EmbeddedBroker) -> None:
    assert await topics(broker, create="notes") == ["notes"]
    port, pid = broker.port, broker.pid
    await broker.kill()
    assert not await broker.healthy()
    await broker.start()
    assert (broker.port, broker.pid != pid) == (port, True)
    assert await topics(broker) == []


async def test_the_broker_listens_on_loopback_only(broker: EmbeddedBroker) -> None:
    connections = psutil.Process(broker.pid).net_connections("inet")
    assert {item.laddr.ip for item in connections if item.status == psutil.CONN_LISTEN} == {
        "127.0.0.1"
    }


async def test_a_stopped_broker_leaves_no_process_and_no_pid_file(broker: EmbeddedBroker) -> None:
    pid = broker.pid
    await broker.stop()
    assert pid is not None
    assert not psutil.pid_exists(pid)
    assert not (broker.folder / "broker.pid").exists()


async def test_a_broker_on_a_taken_port_says_so_and_where_its_log_is(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        broker = EmbeddedBroker(tmp_path / "broker", port=taken.getsockname()[1])
        with pytest.raises(
            Unavailable, match=r"did not answer within 0\.3 s; its log is .*broker\.log"
        ):
            await broker.start(timeout=0.3)
    assert not broker.is_running


async def test_a_broker_that_never_started_is_not_healthy_and_stops_without_complaint(
    tmp_path: Path,
) -> None:
    broker = EmbeddedBroker(tmp_path / "broker")
    await broker.stop()
    await broker.kill()
    assert (broker.pid, broker.memory(), broker.is_running) == (None, 0, False)
