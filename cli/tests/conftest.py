"""Stand-in services and a whole suite of them, as real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from groundswell_cli.health import http_health
from groundswell_cli.process import ServiceProcess
from groundswell_cli.state import StateFolder
from groundswell_core.embedded import free_port

STANDINS = Path(__file__).parent / "standins"


@pytest.fixture
def standin(tmp_path: Path) -> Iterator[Callable[..., ServiceProcess]]:
    """Returns a maker of stand-in processes that speak HTTP; all end with the test."""
    made: list[ServiceProcess] = []

    def make(name: str = "standin", **behaviour: str) -> ServiceProcess:
        port = free_port()
        environment = {"PYTHONPATH": str(STANDINS), "STANDIN_NAME": name}
        environment |= {f"STANDIN_{key}": value for key, value in behaviour.items()}
        process = ServiceProcess(
            name,
            ["-m", "groundswell_standin"],
            environment={**environment, "GROUNDSWELL_CONSOLE__PORT": str(port)},
            folder=tmp_path,
            log_file=tmp_path / f"{name}.log",
            port=port,
            metrics_port=0,
            look=partial(http_health, port),
        )
        made.append(process)
        return process

    yield make
    for process in made:
        process.child.signal(signal.SIGKILL)
    deadline = time.monotonic() + 10
    while any(process.child.is_running for process in made):
        assert time.monotonic() < deadline


class SuiteRun:
    """`groundswell up` with stand-ins, in a process of its own."""

    def __init__(self, folder: Path, **environment: str) -> None:
        """Takes settings of the supervisor and the stand-ins as environment."""
        self.state = StateFolder(folder)
        config = folder.parent / "config"
        known = {"PATH": os.environ["PATH"], "PYTHONPATH": str(STANDINS)}
        self.process = subprocess.Popen(
            [sys.executable, str(STANDINS / "up.py"), str(folder), str(config)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**known, **environment},
        )
        self.lines: list[str] = []

    def read_until(self, text: str) -> str:
        """Reads output up to a line with the text; fails when the output ends before."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip())
            if text in line:
                return line
        pytest.fail("the output ended before: " + text + "\n" + "\n".join(self.lines))

    def pids(self) -> dict[str, int]:
        """Returns the processes of the run."""
        deadline = time.monotonic() + 10
        while len(pids := self.state.read_run().pids) < 8:
            assert time.monotonic() < deadline, pids
        return pids

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ends the supervisor with a signal and returns its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=60)
        self.lines += rest.splitlines()
        return self.process.returncode


@pytest.fixture
def run_suite(tmp_path: Path) -> Iterator[Callable[..., SuiteRun]]:
    """Returns a starter of suites on one state folder; all end with the test."""
    made: list[SuiteRun] = []

    def start(**environment: str) -> SuiteRun:
        made.append(SuiteRun(tmp_path / "state", **environment))
        return made[-1]

    yield start
    for run in made:
        run.end(signal.SIGKILL)
