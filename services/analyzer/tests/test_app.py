"""Both roles wired as in production, over a real broker: a document in, an alert out."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

import pytest

from groundswell_analyzer.app import app
from groundswell_analyzer.monitors import MonitorStore
from groundswell_analyzer.settings import AnalyzerSettings, Settings
from groundswell_core.alerts import ALERTS as ALERT_CODEC
from groundswell_core.alerts import AlertState
from groundswell_core.clock import SystemClock
from groundswell_core.documents import DOCUMENTS as DOCUMENT_CODEC
from groundswell_core.kafka import Producer, Reader
from groundswell_core.mongo import connect
from groundswell_core.monitors import Monitor
from groundswell_core.service import Service
from groundswell_core.settings import RpcSettings
from groundswell_core.topics import ALERTS, DOCUMENTS

TITLES = ("四川宜宾发生5.0级地震", "宜宾5.0级地震暂无人员伤亡", "宜宾地震救援人员抵达现场")


@pytest.fixture
def settings(kafka, mongo, keys, tmp_path):
    """Gives the settings of a role: groups form fast, monitors come from a file."""
    file = tmp_path / "monitors.yaml"
    file.write_text("monitors:\n- name: monitors/quakes\n  query: 地震\n", encoding="utf-8")

    def make(role: str) -> Settings:
        return Settings(
            kafka=kafka.model_copy(update={"session_timeout": 2.0}),
            mongo=mongo,
            rpc=RpcSettings(port=0),
            auth=keys.settings("analyzer"),
            analyzer=AnalyzerSettings(role=role, monitors_file=file, tick=0.2, sweep=1.0),
        )

    return make


@asynccontextmanager
async def running(settings, *roles):
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as group:
        services = [Service("analyzer", settings(role), stack, group) for role in roles]
        await asyncio.gather(
            *(app(settings(role), one) for role, one in zip(roles, services, strict=True))
        )
        yield services
        for one in services:
            one.stopping.set()
        await asyncio.gather(*(one.finish() for one in services))


@pytest.mark.slow
async def test_documents_become_an_alert(settings, kafka, mongo, write, eventually):
    now = SystemClock().now()
    documents = [write(title, source=f"s{i}", time=now) for i, title in enumerate(TITLES)]
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(connect(mongo))
        await stack.enter_async_context(running(settings, "annotate", "stories"))
        producer = await stack.enter_async_context(Producer(kafka, [DOCUMENTS]))
        records = [(one.name, DOCUMENT_CODEC.to_bytes(one)) for one in documents]
        await producer.send_all(DOCUMENTS, [*records, *records])
        reader = await stack.enter_async_context(
            Reader(
                kafka.model_copy(update={"session_timeout": 2.0}),
                [ALERTS],
                "test",
                database.collection("test_offsets"),
            )
        )
        alerts: list = []

        async def heard():
            alerts.extend(ALERT_CODEC.from_bytes(one.value) for one in await reader.poll(0.2))
            return alerts and alerts[-1].document_count == 3

        await eventually(heard, timeout=60)
        assert alerts[-1].state is AlertState.FIRING
        assert {alert.name for alert in alerts} == {alerts[0].name}
        (story,) = await database.collection("stories").find({})
        assert story["document_count"] == 3
        await database.drop()


@pytest.mark.slow
async def test_a_bad_record_is_put_aside_and_the_good_beside_it_goes_through(
    settings, kafka, mongo, write, eventually
):
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(connect(mongo))
        await stack.enter_async_context(running(settings, "annotate"))
        producer = await stack.enter_async_context(Producer(kafka, [DOCUMENTS]))
        good = write(TITLES[0], source="good")
        await producer.send(DOCUMENTS, "bad", b"\xff\xff\xff")
        await producer.send(DOCUMENTS, good.name, DOCUMENT_CODEC.to_bytes(good))
        documents = database.collection("documents")
        await eventually(lambda: documents.count({"_id": good.name.removeprefix("documents/")}))
        await database.drop()


@pytest.mark.slow
async def test_a_monitor_made_while_the_role_runs_is_given_its_past(
    settings, kafka, mongo, write, eventually
):
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(connect(mongo))
        await stack.enter_async_context(running(settings, "annotate", "stories"))
        producer = await stack.enter_async_context(Producer(kafka, [DOCUMENTS]))
        now = SystemClock().now()
        past = [
            write(title, source=f"past-{ago}", time=now - timedelta(hours=ago))
            for ago, title in enumerate(TITLES, 2)
        ]
        for one in past:
            await producer.send(DOCUMENTS, one.name, DOCUMENT_CODEC.to_bytes(one))
        # By their ids: the broker still holds what other tests of this module sent.
        ids = [one.name.removeprefix("documents/") for one in past]
        given = {"_id": {"$in": ids}, "story": {"$ne": ""}}
        documents = database.collection("documents")
        await eventually(lambda: count_is(documents, given, len(ids)), timeout=60)
        store = MonitorStore(database.collection("monitors"), SystemClock())
        await store.create(Monitor(name="monitors/new", query="宜宾"))
        baselines = database.collection("baselines")
        await eventually(lambda: baselines.count({"monitor": "monitors/new"}), timeout=60)
        await database.drop()


async def count_is(collection, where, count):
    return await collection.count(where) == count


def test_the_settings_are_printed_as_a_table():
    command = [sys.executable, "-m", "groundswell_analyzer", "settings"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert "`GROUNDSWELL_ANALYZER__ROLE`" in done.stdout
    assert "`GROUNDSWELL_ANALYZER__CLOCK`" in done.stdout


def test_a_role_that_does_not_exist_is_named(monkeypatch):
    monkeypatch.setenv("GROUNDSWELL_ANALYZER__ROLE", "prophet")
    command = [sys.executable, "-m", "groundswell_analyzer"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert "GROUNDSWELL_ANALYZER__ROLE" in done.stderr
