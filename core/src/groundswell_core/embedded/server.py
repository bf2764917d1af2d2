"""What both embedded servers share: a folder, a port that stays, one child process."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path

from groundswell_core.embedded.child import Child
from groundswell_core.embedded.ports import remembered_port


class EmbeddedServer(ABC):
    """One server process whose port, pid file and log live in its folder."""

    def __init__(self, name: str, folder: Path, *, port: int, log_file: Path | None) -> None:
        """Takes port 0 for the remembered or a free one; logs into the folder unless told otherwise."""
        self.name = name
        self.folder = folder
        self.log_file = log_file or folder / f"{name}.log"
        self.port = port
        self._wanted_port = port
        self.child: Child | None = None

    @property
    def pid(self) -> int | None:
        """Returns the process id while the server runs."""
        return self.child.pid if self.child else None

    @property
    def is_running(self) -> bool:
        """Tells whether the process is there; healthy() tells whether it answers."""
        return self.child is not None and self.child.is_running

    def memory(self) -> int:
        """Returns the server's resident bytes."""
        return self.child.memory() if self.child else 0

    @abstractmethod
    async def start(self) -> None:
        """Starts the server and returns when it does its work."""

    @abstractmethod
    async def healthy(self) -> bool:
        """Tells whether the server does its work now."""

    async def stop(self, timeout: float = 15.0) -> None:
        """Ends the server in order."""
        if self.child:
            await self.child.stop(timeout)

    async def kill(self) -> None:
        """Ends the server at once, as a crash would; start() again uses the same port."""
        if self.child:
            await self.child.kill()

    def _choose_port(self) -> None:
        self.port = remembered_port(self.folder / "port", self._wanted_port)

    def _start_child(self, command: list[str]) -> Child:
        child = Child(command, pid_file=self.folder / f"{self.name}.pid", log_file=self.log_file)
        child.start()
        self.child = child
        return child
