"""The services as processes on given servers: started, killed, restarted."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from groundswell_cli.health import grpc_health
from groundswell_cli.keeping import Health
from groundswell_cli.keys import make_keys, operator_signer
from groundswell_cli.services import SERVICES, Wiring, addresses, environment_of, purposes
from groundswell_cli.state import StateFolder
from groundswell_core.embedded import Child
from groundswell_core.settings import KafkaSettings, MongoSettings, TlsSettings
from groundswell_core.tokens import TokenSigner

# What tests shorten, so that a killed process is back within seconds.
QUICK = {
    "GROUNDSWELL_FETCH__ALLOWED_NETWORKS": "127.0.0.0/8",
    "GROUNDSWELL_FETCH__HOST_DELAY": "0",
    "GROUNDSWELL_FETCH__HOST_CONNECTIONS": "32",
    "GROUNDSWELL_COLLECTOR__SPREAD": "0.2",
    "GROUNDSWELL_COLLECTOR__RECONCILE_AFTER": "10",
    "GROUNDSWELL_COLLECTOR__MAXIMUM_RECONCILE_AFTER": "20",
    "GROUNDSWELL_COLLECTOR__MAXIMUM_BACKOFF": "5",
    "GROUNDSWELL_ANALYZER__SWEEP": "10",
    "GROUNDSWELL_ANALYZER__TICK": "2",
    "GROUNDSWELL_NOTIFIER__ALLOWED_NETWORKS": "127.0.0.0/8",
}
PIPELINE = ("collector", "analyzer-annotate", "analyzer-stories", "notifier")


class Stack:
    """Some services of the suite on one folder."""

    def __init__(
        self,
        folder: Path,
        config: Path,
        *,
        kafka: KafkaSettings,
        mongo: MongoSettings,
        services: tuple[str, ...] = (*PIPELINE, "coordinator"),
        variables: Mapping[str, str] | None = None,
    ) -> None:
        """Takes variables that override QUICK."""
        self.state = StateFolder(folder)
        self.state.prepare()
        make_keys(self.state)
        self._specs = {spec.name: spec for spec in SERVICES if spec.name in services}
        self.ports = self.state.allocate_ports(purposes(SERVICES))
        cluster = {"GROUNDSWELL_KAFKA__REPLICATION_FACTOR": str(kafka.replication_factor)}
        user = {
            "PATH": os.environ["PATH"],
            "LC_ALL": "C.UTF-8",
            **cluster,
            "GROUNDSWELL_MONGO__DATABASE": mongo.database,
            "GROUNDSWELL_MONGO__TIMEOUT": f"{mongo.timeout:g}",
            **QUICK,
            **(variables or {}),
        }
        self._wiring = Wiring(
            state=self.state, user=user, ports=self.ports, config=config, kafka=kafka, mongo=mongo
        )
        self._children: dict[str, Child] = {}
        self._down: set[str] = set()  # killed by us, and to be started by who killed it
        self.kills: dict[str, int] = dict.fromkeys(self._specs, 0)

    @property
    def names(self) -> tuple[str, ...]:
        """Returns the services, in the order they start."""
        return tuple(self._specs)

    def address(self, peer: str) -> str:
        """Returns where a service listens, by the name that others call it."""
        return addresses(self.ports)[peer]

    def signer(self) -> TokenSigner:
        """Returns the operator's signer."""
        return operator_signer(self.state)

    def start(self, name: str) -> None:
        """Starts one service."""
        spec = self._specs[name]
        self._down.discard(name)
        child = Child(
            [sys.executable, "-m", spec.module],
            pid_file=self.state.path / f"{name}.pid",
            log_file=self.state.log(name),
            environment=environment_of(spec, self._wiring),
        )
        child.start()
        self._children[name] = child

    def pid(self, name: str) -> int:
        """Returns the process id of a running service."""
        pid = self._children[name].pid
        if pid is None:
            raise AssertionError(f"{name} does not run; its log: {self.tail(name)}")
        return pid

    def metrics_port(self, name: str) -> int:
        """Returns where a service shows its metrics."""
        return self.ports[f"{name}-metrics"]

    async def kill(self, name: str) -> None:
        """Ends one service with SIGKILL."""
        self._down.add(name)
        await self._children[name].kill()
        self.kills[name] += 1

    async def is_ready(self, name: str) -> bool:
        """Tells whether a service does its work."""
        return await grpc_health(self.ports[name], TlsSettings()) is Health.READY

    async def wait_ready(self, *names: str, timeout: float = 240.0) -> None:
        """Waits until the services (all, unless named) do their work; restarts those that ended."""
        deadline = time.monotonic() + timeout
        for name in names or self.names:
            while not await self.is_ready(name):
                self.revive()
                if time.monotonic() > deadline:
                    raise TimeoutError(f"{name} is not ready; its log: {self.tail(name)}")
                await asyncio.sleep(0.1)

    async def start_all(self) -> None:
        """Starts all services and waits until they do their work."""
        for name in self.names:
            self.start(name)
        await self.wait_ready()

    async def terminate(self, name: str) -> int | None:
        """Asks one service to end, as Kubernetes would; returns its exit code."""
        return await self._children[name].stop(30.0)

    async def stop(self) -> dict[str, int | None]:
        """Ends all services in order; returns their exit codes."""
        codes = {}
        for name in reversed(self.names):
            codes[name] = await self._children[name].stop(30.0) if name in self._children else None
        return codes

    def revive(self) -> list[str]:
        """Starts again what ended by itself, as a supervisor would; returns the names."""
        ended = [
            name
            for name, child in self._children.items()
            if not child.is_running and name not in self._down
        ]
        for name in ended:
            self.start(name)
        return ended

    def tail(self, name: str, lines: int = 15) -> str:
        """Returns the end of a service's log."""
        text = self.state.log(name).read_text(errors="replace")
        return "\n".join(text.splitlines()[-lines:])
