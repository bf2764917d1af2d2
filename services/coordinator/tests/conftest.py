"""What the coordinator's tests share: alerts, and a whole coordinator on real servers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import grpc
import pytest

from groundswell.department.v1.department_service_pb2_grpc import DepartmentServiceStub
from groundswell.incident.v1.incident_service_pb2_grpc import IncidentServiceStub
from groundswell_coordinator.app import app
from groundswell_coordinator.settings import CoordinatorSettings, Settings
from groundswell_core.alerts import ALERTS, Alert
from groundswell_core.grades import Grade, Level
from groundswell_core.identity import alert_fingerprint
from groundswell_core.kafka import Producer
from groundswell_core.service import Service
from groundswell_core.settings import KafkaSettings, MetricsSettings, MongoSettings, RpcSettings
from groundswell_core.testing.keys import TestKeys
from groundswell_core.topics import ALERTS as TOPIC


def make_alert(story: str = "flood", /, **changes: Any) -> Alert:
    """Returns a firing alert of level II on stories/<story>."""
    monitor = changes.pop("monitor", "monitors/rivers")
    level = changes.pop("level", Level.II)
    labels = {"level": level.name, **changes.pop("labels", {})}
    alert = Alert(
        name=f"alerts/{alert_fingerprint(monitor, f'stories/{story}')}",
        monitor=monitor,
        monitor_display_name="Rivers",
        story=f"stories/{story}",
        version=1,
        headline=f"Water rises at {story}",
        labels=labels,
        grade=Grade(level=level, score=71.0),
    )
    return replace(alert, **changes)


@pytest.fixture
def alert() -> Callable[..., Alert]:
    """Gives the maker of alerts."""
    return make_alert


class Stubs:
    """Clients of one coordinator."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self.incidents = IncidentServiceStub(channel)
        self.departments = DepartmentServiceStub(channel)


@asynccontextmanager
async def _running(settings: Settings) -> AsyncIterator[Stubs]:
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as group:
        service = Service("coordinator", settings, stack, group)
        try:
            await app(settings, service)
            assert service.server is not None
            address = f"127.0.0.1:{service.server.port}"
            async with grpc.aio.insecure_channel(address) as channel:
                yield Stubs(channel)
        finally:
            service.stopping.set()
            await service.finish()


@pytest.fixture
def run_coordinator(
    mongo: MongoSettings, kafka: KafkaSettings, keys: TestKeys
) -> Callable[..., Any]:
    """Gives a context manager that runs a coordinator on a database of its own."""
    folder = Path(__file__).parents[3] / "config"

    def run(**changes: Any) -> Any:
        given = {"departments_file": folder / "departments.yaml", **changes}
        return _running(
            Settings(
                mongo=mongo,
                kafka=kafka,
                rpc=RpcSettings(port=0),
                metrics=MetricsSettings(port=0),
                auth=keys.settings("coordinator"),
                coordinator=CoordinatorSettings(**given),
            )
        )

    return run


@pytest.fixture
async def publish(kafka: KafkaSettings) -> AsyncIterator[Callable[..., Any]]:
    """Gives a sender of alerts."""
    async with Producer(kafka, [TOPIC]) as producer:

        async def send(*alerts: Alert) -> None:
            await producer.send_all(TOPIC, [(one.name, ALERTS.to_bytes(one)) for one in alerts])

        yield send
