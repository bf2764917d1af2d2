"""The state folder: who holds it, which ports and keys belong to it, what runs."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from groundswell_core.embedded import free_port, is_free
from groundswell_core.embedded.secrets import private_folder, write_private
from groundswell_core.errors import FailedPrecondition, NotFound
from groundswell_core.settings import PeerSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What `groundswell up` started: written to run.json for everybody who wants to speak to it."""

    pid: int
    console: str
    addresses: dict[str, str]  # service -> host:port of its gRPC server
    ports: dict[str, int]  # purpose -> port; kept for the next run
    pids: dict[str, int] = field(default_factory=dict)
    version: int = 1

    def peers(self) -> PeerSettings:
        """Returns where each service listens."""
        return PeerSettings(**self.addresses)


class StateFolder:
    """One folder with everything that a run of the suite keeps."""

    def __init__(self, path: Path) -> None:
        """Takes a folder that need not exist yet."""
        self.path = path.absolute()
        self.mongo = self.path / "mongo"
        self.broker = self.path / "broker"
        self.keys = self.path / "keys"
        self.trust = self.keys / "trust.json"
        self.logs = self.path / "logs"
        self.lock_file = self.path / "lock"
        self.run_file = self.path / "run.json"
        self.status_file = self.path / "status.json"
        self.first_password = self.path / "first-password"

    def prepare(self) -> None:
        """Makes the folders, open to their owner only."""
        for folder in (self.path, self.keys, self.logs):
            private_folder(folder)

    def key(self, process: str) -> Path:
        """Returns the file of a process's private key."""
        return self.keys / f"{process}.jwk"

    def log(self, process: str) -> Path:
        """Returns the log file of a process."""
        return self.logs / f"{process}.log"

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Holds the folder for this process alone; raises FailedPrecondition naming who has it."""
        with self.lock_file.open("a+", encoding="utf-8") as file:
            if not _take(file.fileno()):
                raise self._held()
            file.truncate(0)
            file.write(f"{os.getpid()}\n")
            file.flush()
            yield
            file.truncate(0)

    def holder(self) -> int | None:
        """Returns the pid of the supervisor that runs on this folder, if one does."""
        try:
            with self.lock_file.open("r", encoding="utf-8") as file:
                if _is_unlocked(file.fileno()):
                    return None
                return int(file.read() or 0)
        except (FileNotFoundError, ValueError):
            return None

    def read_run(self) -> Run:
        """Returns what the present or last run started; raises NotFound before the first."""
        try:
            return Run(**json.loads(self.run_file.read_text(encoding="utf-8")))
        except FileNotFoundError:
            raise NotFound(
                f"nothing has run in {self.path} yet; start it with `groundswell up`",
                reason="NEVER_STARTED",
            ) from None
        except (ValueError, TypeError) as error:
            raise FailedPrecondition(
                f"{self.run_file} is damaged; remove it, the next `groundswell up` writes it anew",
                reason="BAD_STATE",
            ) from error

    def write_run(self, run: Run) -> None:
        """Writes run.json."""
        write_private(self.run_file, json.dumps(asdict(run), indent=1) + "\n")

    def read_status(self) -> dict[str, Any]:
        """Returns the last status that the supervisor wrote; empty when there is none."""
        try:
            return dict(json.loads(self.status_file.read_text(encoding="utf-8")))
        except (FileNotFoundError, ValueError):
            return {}

    def write_status(self, status: dict[str, Any]) -> None:
        """Writes status.json; readers see the old or the new one, never half."""
        draft = self.status_file.with_suffix(".new")
        draft.write_text(json.dumps(status), encoding="utf-8")
        draft.chmod(0o600)
        draft.replace(self.status_file)

    def allocate_ports(self, purposes: list[str]) -> dict[str, int]:
        """Returns a free port for each purpose: the one of the last run where it still is free."""
        try:
            known = self.read_run().ports
        except (NotFound, FailedPrecondition):
            known = {}
        ports: dict[str, int] = {}
        for purpose in purposes:
            port = known.get(purpose, 0)
            if not port or port in ports.values() or not is_free(port):
                port = free_port(frozenset({*ports.values(), *known.values()}))
            ports[purpose] = port
        return ports

    def _held(self) -> FailedPrecondition:
        pid = self.lock_file.read_text(encoding="utf-8").strip() or "unknown"
        return FailedPrecondition(
            f"Groundswell already runs on {self.path} (process {pid}).\n"
            "  See it with `groundswell status`, stop it with `groundswell down`, "
            "or start a second one with `groundswell up --state ANOTHER_FOLDER`.",
            reason="ALREADY_RUNNING",
            pid=pid,
        )


def _take(descriptor: int) -> bool:
    # A `groundswell status` that looks at the same moment holds the lock for microseconds.
    for _ in range(20):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.01)
        else:
            return True
    return False


def _is_unlocked(descriptor: int) -> bool:
    try:
        # Shared, so that two readers do not see each other; given back when the file is closed.
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
