"""The suite on this machine: which processes there are, wired to each other."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from groundswell_cli import environment, services
from groundswell_cli.health import grpc_health, http_health
from groundswell_cli.keeping import State
from groundswell_cli.keys import make_keys
from groundswell_cli.process import ServerProcess, ServiceProcess
from groundswell_cli.services import SERVICES, ServiceSpec, Wiring
from groundswell_cli.settings import UpSettings
from groundswell_cli.state import Run, StateFolder
from groundswell_cli.supervisor import Kept, Supervisor
from groundswell_core.clock import Clock
from groundswell_core.embedded import EmbeddedBroker, EmbeddedMongo, is_free
from groundswell_core.errors import FailedPrecondition


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to start, where."""

    state: StateFolder
    settings: UpSettings
    user: Mapping[str, str]
    config: Path
    console_port: int = 0  # 0: the last one, or a free one
    services: tuple[ServiceSpec, ...] = SERVICES


class Suite:
    """Starts and stops everything on one state folder; the folder must be held."""

    def __init__(self, plan: Plan, *, clock: Clock, report: Callable[[str], None]) -> None:
        """Starts nothing yet."""
        self.plan = plan
        self.supervisor = Supervisor([], plan.settings.supervisor, clock=clock, report=report)
        self.ports: dict[str, int] = {}
        self._run: Run | None = None
        self._clock = clock
        self._report = report

    @property
    def console(self) -> str:
        """Returns the console's address."""
        return f"http://127.0.0.1:{self.ports.get('console', 0)}"

    async def start(self) -> None:
        """Starts servers and services in order; returns before the services are ready."""
        plan = self.plan
        make_keys(plan.state)
        mongo = await self._start_mongo()
        kafka = await self._start_broker()
        self.ports = self._choose_ports()
        wiring = Wiring(
            state=plan.state,
            user=plan.user,
            ports=self.ports,
            config=plan.config,
            kafka=kafka.settings() if kafka else None,
            mongo=mongo.settings() if mongo else None,
        )
        for spec in plan.services:
            await self._start(Kept(self._service(spec, wiring)))
        self.write_run()

    async def wait_ready(self, timeout: float = float("inf")) -> bool:
        """Waits until every process is ready, the suite is stopped, or so many seconds are over."""
        deadline = self._clock.monotonic() + timeout
        supervisor = self.supervisor
        while not supervisor.all_ready and not supervisor.stopping.is_set():
            if self._clock.monotonic() >= deadline:
                return False
            await self._clock.sleep(0.2)
        return supervisor.all_ready

    def unready(self) -> list[Kept]:
        """Returns what does not do its work."""
        return [kept for kept in self.supervisor.kept if kept.record.state is not State.READY]

    def write_run(self) -> None:
        """Writes down what runs where, when that has changed."""
        kept = [one.process for one in self.supervisor.kept]
        run = Run(
            pid=os.getpid(),
            console=self.console,
            addresses=services.addresses(self.ports, self.plan.services),
            ports={process.name: process.port for process in kept} | self.ports,
            pids={one.name: one.child.pid for one in kept if one.child and one.child.pid},
        )
        if run != self._run:
            self._run = run
            self.plan.state.write_run(run)

    def _choose_ports(self) -> dict[str, int]:
        plan = self.plan
        ports = plan.state.allocate_ports(services.purposes(plan.services))
        if plan.console_port:
            if not is_free(plan.console_port):
                raise FailedPrecondition(
                    f"port {plan.console_port} is taken; choose another with --port, "
                    "or leave it out for a free one",
                    reason="PORT_TAKEN",
                )
            ports["console"] = plan.console_port
        return ports

    async def _start_mongo(self) -> EmbeddedMongo | None:
        if environment.names(self.plan.user, environment.MONGO):
            self._report(f"MongoDB: yours, from {environment.MONGO}")
            return None
        state, settings = self.plan.state, self.plan.settings.supervisor
        server = EmbeddedMongo(
            state.mongo, cache_gigabytes=settings.mongo_cache, log_file=state.log("mongod")
        )
        self._report("mongod starting")
        await self._start(Kept(ServerProcess("mongod", server)))
        return server

    async def _start_broker(self) -> EmbeddedBroker | None:
        if environment.names(self.plan.user, environment.KAFKA):
            self._report(f"Kafka: yours, from {environment.KAFKA}")
            return None
        state, settings = self.plan.state, self.plan.settings.supervisor
        server = EmbeddedBroker(state.broker, log_file=state.log("broker"))
        self._report("broker starting")
        await self._start(Kept(ServerProcess("broker", server), memory_cap=settings.broker_memory))
        return server

    async def _start(self, kept: Kept) -> None:
        if self.supervisor.stopping.is_set():
            return
        # Known before it starts: a start that fails half way is stopped with the rest.
        self.supervisor.kept.append(kept)
        await self.supervisor.start(kept)

    def _service(self, spec: ServiceSpec, wiring: Wiring) -> ServiceProcess:
        port = self.ports[spec.name]
        look = (
            partial(http_health, port)
            if spec.is_console
            else partial(grpc_health, port, self.plan.settings.tls)
        )
        return ServiceProcess(
            spec.name,
            ["-m", spec.module],
            environment=services.environment_of(spec, wiring),
            folder=wiring.state.path,
            log_file=wiring.state.log(spec.name),
            port=port,
            metrics_port=self.ports[f"{spec.name}-metrics"],
            look=look,
        )
