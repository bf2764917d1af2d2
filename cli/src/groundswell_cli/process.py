"""What the supervisor keeps running: one shape for services and embedded servers."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from groundswell_cli.keeping import Health
from groundswell_core.embedded import Child
from groundswell_core.embedded.server import EmbeddedServer


class Process(Protocol):
    """A process that can be started, looked at and ended."""

    name: str
    metrics_port: int  # 0: none
    log_file: Path

    @property
    def port(self) -> int:
        """Where it listens on loopback."""
        ...

    @property
    def child(self) -> Child | None:
        """The operating system's process of the last start."""
        ...

    async def start(self) -> None:
        """Starts it; may raise a GroundswellError that says why it cannot."""
        ...

    async def look(self) -> Health:
        """Asks it how it is."""
        ...

    async def stop(self, timeout: float) -> None:
        """Ends it in order, by force after so many seconds."""
        ...

    async def kill(self) -> None:
        """Ends it at once."""
        ...


class ServiceProcess:
    """One service: `python -m groundswell_<service>` with everything else in its environment."""

    def __init__(
        self,
        name: str,
        arguments: Sequence[str],
        *,
        environment: Mapping[str, str],
        folder: Path,
        log_file: Path,
        port: int,
        metrics_port: int,
        look: Callable[[], Awaitable[Health]],
    ) -> None:
        """Takes the arguments of the Python interpreter, and the folder for the pid file."""
        self.name = name
        self._port = port
        self.metrics_port = metrics_port
        self.log_file = log_file
        self._look = look
        self._child = Child(
            [sys.executable, *arguments],
            pid_file=folder / f"{name}.pid",
            log_file=log_file,
            environment=environment,
        )

    @property
    def port(self) -> int:
        """Where it listens on loopback."""
        return self._port

    @property
    def child(self) -> Child | None:
        """The operating system's process."""
        return self._child

    async def start(self) -> None:
        """Starts the service; it answers some moments later."""
        self._child.start()

    async def look(self) -> Health:
        """Asks the service how it is."""
        return await self._look()

    async def stop(self, timeout: float) -> None:
        """Ends the service in order, by force after so many seconds."""
        await self._child.stop(timeout)

    async def kill(self) -> None:
        """Ends the service at once."""
        await self._child.kill()


class ServerProcess:
    """An embedded server in the supervisor's eyes."""

    metrics_port = 0

    def __init__(self, name: str, server: EmbeddedServer) -> None:
        """Takes the server that does the work."""
        self.name = name
        self.server = server
        self.log_file = server.log_file

    @property
    def port(self) -> int:
        """Returns the server's port; 0 before its first start."""
        return self.server.port

    @property
    def child(self) -> Child | None:
        """Returns the operating system's process of the last start."""
        return self.server.child

    async def start(self) -> None:
        """Starts the server and returns when it answers."""
        await self.server.start()

    async def look(self) -> Health:
        """Asks the server how it is."""
        return Health.READY if await self.server.healthy() else Health.SILENT

    async def stop(self, timeout: float) -> None:
        """Ends the server in order, by force after so many seconds."""
        await self.server.stop(timeout)

    async def kill(self) -> None:
        """Ends the server at once."""
        await self.server.kill()
