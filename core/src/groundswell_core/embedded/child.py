"""One child process: started tethered to us, logged to a file, ended in order or at once."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from groundswell_core.embedded import tether
from groundswell_core.embedded.secrets import write_private

_END_TIMEOUT = 10.0  # seconds that an orphan gets to end by itself


class Child:
    """A process that dies with us, and whose pid file lets the next run end it if it did not."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        pid_file: Path,
        log_file: Path,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Takes the whole environment of the child; unset: a bare PATH, so that nothing leaks in."""
        self.command = list(command)
        self.pid_file = pid_file
        self.log_file = log_file
        self.environment = dict(environment or {"PATH": os.defpath})
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Returns the process id while the child runs."""
        return self._process.pid if self._process and self.is_running else None

    @property
    def is_running(self) -> bool:
        """Tells whether the child was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """Returns how the child ended: negative is a signal; None while it runs."""
        return None if self._process is None else self._process.poll()

    def start(self) -> None:
        """Starts the child; the calling thread must outlive it, for its end is the child's end."""
        end_orphan(self.pid_file)
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", tether.__file__, str(os.getpid()), *self.command],
                stdin=subprocess.DEVNULL,
                stdout=descriptor,
                stderr=subprocess.STDOUT,
                env=self.environment,
                # Ctrl-C on the terminal is for us alone: we stop children in order.
                start_new_session=True,
            )
        finally:
            os.close(descriptor)
        _write_pid_file(self.pid_file, self._process.pid, self.command)

    def signal(self, number: int) -> None:
        """Sends a signal to the child and whatever it started."""
        if self._process is not None and self.is_running:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)

    async def wait(self, timeout: float) -> bool:
        """Waits for the end at most so many seconds; tells whether it came."""
        if self._process is None:
            return True
        try:
            await asyncio.to_thread(self._process.wait, timeout)
        except subprocess.TimeoutExpired:
            return False
        return True

    async def stop(self, timeout: float = 10.0) -> int | None:
        """Asks the child to end, insists after so many seconds; returns how it ended."""
        if self._process is not None and self.is_running:
            # Only the leader is asked: it ends what it started.
            self._process.send_signal(signal.SIGTERM)
            if not await self.wait(timeout):
                return await self.kill()
        self._sweep()
        return self.exit_code

    async def kill(self) -> int | None:
        """Ends the child at once, as a crash would."""
        self.signal(signal.SIGKILL)
        await self.wait(_END_TIMEOUT)
        self._sweep()
        return self.exit_code

    def memory(self) -> int:
        """Returns the resident bytes of the child; 0 when it does not run."""
        try:
            return int(psutil.Process(self._process.pid).memory_info().rss) if self._process else 0
        except psutil.Error:
            return 0

    def _sweep(self) -> None:
        # What the child started may outlive it, in its process group.
        if self._process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self.pid_file.unlink(missing_ok=True)


def end_orphan(pid_file: Path) -> bool:
    """Ends the process that the file names if it still is the same one; tells whether it did."""
    process = read_pid_file(pid_file)
    if process is None:
        return False
    with suppress(psutil.NoSuchProcess):
        process.terminate()
        try:
            process.wait(_END_TIMEOUT)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait(_END_TIMEOUT)
    pid_file.unlink(missing_ok=True)
    return True


def read_pid_file(pid_file: Path) -> psutil.Process | None:
    """Returns the process that the file names, unless it ended or its pid is another's by now."""
    try:
        noted = json.loads(pid_file.read_text(encoding="utf-8"))
        process = psutil.Process(noted["pid"])
        same_start = abs(process.create_time() - noted["start_time"]) < 1.0
        same_command = process.cmdline()[-len(noted["command"]) :] == noted["command"]
    except (FileNotFoundError, ValueError, KeyError, TypeError, psutil.Error):
        return None
    is_alive = process.status() != psutil.STATUS_ZOMBIE
    return process if same_start and same_command and is_alive else None


def _write_pid_file(pid_file: Path, pid: int, command: list[str]) -> None:
    try:
        start_time = psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        return
    pid_file.parent.mkdir(parents=True, exist_ok=True)
    write_private(pid_file, json.dumps({"pid": pid, "start_time": start_time, "command": command}))
