"""Runs the stand-ins in a thread with a loop of its own; each service can be stopped and started."""

from __future__ import annotations

import asyncio
import threading
from contextlib import AsyncExitStack
from typing import Any, Self

from console_stand_in.analyzer import Documents, Monitors, Stories
from console_stand_in.collector import Sources
from console_stand_in.coordinator import Departments, Incidents
from console_stand_in.notifier import Alerts
from console_stand_in.world import World
from groundswell.alert.v1.alert_service_pb2_grpc import add_AlertServiceServicer_to_server
from groundswell.analysis.v1.document_service_pb2_grpc import add_DocumentServiceServicer_to_server
from groundswell.department.v1.department_service_pb2_grpc import (
    add_DepartmentServiceServicer_to_server,
)
from groundswell.incident.v1.incident_service_pb2_grpc import add_IncidentServiceServicer_to_server
from groundswell.monitor.v1.monitor_service_pb2_grpc import add_MonitorServiceServicer_to_server
from groundswell.source.v1.source_service_pb2_grpc import add_SourceServiceServicer_to_server
from groundswell.story.v1.story_service_pb2_grpc import add_StoryServiceServicer_to_server
from groundswell_core.alerts import Alert
from groundswell_core.embedded import free_port
from groundswell_core.rpc import serve
from groundswell_core.settings import RpcSettings, TlsSettings
from groundswell_core.testing.keys import SERVICES, TestKeys


class StandIns:
    """Four servers on loopback; real tokens and the real policy guard them."""

    def __init__(self, keys: TestKeys, world: World) -> None:
        self.world = world
        self.ports = {name: free_port() for name in SERVICES}
        self._keys = keys
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._stacks: dict[str, AsyncExitStack] = {}
        self.alerts: Alerts | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        for name in SERVICES:
            self.start(name)
        return self

    def __exit__(self, *_: object) -> None:
        for name in list(self._stacks):
            self.stop(name)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        self._loop.close()

    def run(self, work: Any) -> Any:
        """Awaits work in the servers' loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=30)

    def start(self, name: str) -> None:
        """Starts one service again, on its port."""
        self.run(self._start(name))

    def stop(self, name: str) -> None:
        """Stops one service."""
        self.run(self._stop(name))

    def publish(self, alert: Alert) -> None:
        """Raises or changes an alert."""
        assert self.alerts is not None
        self.run(self.alerts.publish(alert))

    async def _start(self, name: str) -> None:
        stack = self._stacks[name] = AsyncExitStack()
        settings = RpcSettings(port=self.ports[name], stop_grace=0.5)
        await stack.enter_async_context(
            serve(
                settings,
                self._servicers(name),
                verifier=self._keys.verifier(name),
                tls=TlsSettings(),
            )
        )

    async def _stop(self, name: str) -> None:
        if name == "notifier" and self.alerts is not None:
            self.alerts.stopping.set()
            async with self.alerts.changed:
                self.alerts.changed.notify_all()
        await self._stacks.pop(name).aclose()

    def _servicers(self, name: str) -> list[Any]:
        world = self.world
        if name == "collector":
            service = (add_SourceServiceServicer_to_server, Sources(world))
            return [(*service, "groundswell.source.v1.SourceService")]
        if name == "analyzer":
            return [
                (add_StoryServiceServicer_to_server, Stories(world), "groundswell.story.v1.StoryService"),
                (add_DocumentServiceServicer_to_server, Documents(world), "groundswell.analysis.v1.DocumentService"),
                (add_MonitorServiceServicer_to_server, Monitors(world), "groundswell.monitor.v1.MonitorService"),
            ]  # fmt: skip
        if name == "notifier":
            log = self.alerts.log if self.alerts else []
            self.alerts = Alerts(world)
            self.alerts.log = log
            return [(add_AlertServiceServicer_to_server, self.alerts, "groundswell.alert.v1.AlertService")]  # fmt: skip
        return [
            (add_IncidentServiceServicer_to_server, Incidents(world), "groundswell.incident.v1.IncidentService"),
            (add_DepartmentServiceServicer_to_server, Departments(world), "groundswell.department.v1.DepartmentService"),
        ]  # fmt: skip
