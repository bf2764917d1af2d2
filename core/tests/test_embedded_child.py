"""Child processes: tethered to their parent, ended in order, never an orphan."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from groundswell_core.clock import SystemClock
from groundswell_core.embedded import Child
from groundswell_core.embedded.child import end_orphan, read_pid_file
from groundswell_core.embedded.programs import (
    find_broker,
    find_mongod,
    missing_libraries,
    require_libraries,
)
from groundswell_core.errors import FailedPrecondition

POLL = 0.01  # seconds between looks at the process table
SLEEPER = [sys.executable, "-c", "import signal; print('up', flush=True); signal.pause()"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); signal.pause()",
]
PARENT = """
import asyncio, sys
from pathlib import Path
from groundswell_core.embedded import EmbeddedBroker, EmbeddedMongo

async def main(folder):
    mongo = EmbeddedMongo(folder / "mongo", ephemeral=True)
    broker = EmbeddedBroker(folder / "broker")
    await mongo.start()
    await broker.start()
    print(mongo.pid, broker.pid, flush=True)
    await asyncio.Event().wait()

asyncio.run(main(Path(sys.argv[1])))
"""


async def until(check: Callable[[], bool], timeout: float = 10.0) -> None:
    """Waits until the check holds; fails after so many seconds."""
    deadline = time.monotonic() + timeout
    while not check():
        assert time.monotonic() < deadline, "did not happen in time"
        await SystemClock().sleep(POLL)


def is_gone(pid: int) -> bool:
    """Tells whether the process ended; one that nobody has reaped yet has ended too."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.fixture
def make(tmp_path: Path) -> Callable[[list[str]], Child]:
    """Returns a maker of children that share one pid file."""

    def child(command: list[str]) -> Child:
        return Child(command, pid_file=tmp_path / "child.pid", log_file=tmp_path / "child.log")

    return child


async def started(child: Child) -> Child:
    """Starts the child and waits for its first line."""
    child.start()
    await until(lambda: "up" in child.log_file.read_text())
    return child


def test_servers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    pids = [int(word) for word in parent.stdout.readline().split()]
    assert len(pids) == 2
    parent.kill()
    parent.communicate()
    asyncio.run(until(lambda: all(is_gone(pid) for pid in pids)))


async def test_a_child_is_asked_before_it_is_killed(make: Callable[[list[str]], Child]) -> None:
    child = await started(make(SLEEPER))
    assert await child.stop() == -signal.SIGTERM


async def test_a_child_that_will_not_end_is_killed_after_the_bound(
    make: Callable[[list[str]], Child],
) -> None:
    child = await started(make(STUBBORN))
    assert await child.stop(timeout=0.2) == -signal.SIGKILL


async def test_what_a_child_started_ends_with_it(make: Callable[[list[str]], Child]) -> None:
    script = (
        "import signal, subprocess; p = subprocess.Popen(['sleep', '600']); "
        "print('up', p.pid, flush=True); signal.pause()"
    )
    child = await started(make([sys.executable, "-c", script]))
    grandchild = int(child.log_file.read_text().split()[1])
    await child.stop()
    await until(lambda: is_gone(grandchild))


async def test_a_start_ends_what_a_crashed_run_left(make: Callable[[list[str]], Child]) -> None:
    left = await started(make(SLEEPER))
    fresh = make(SLEEPER)
    fresh.start()
    assert not left.is_running
    await fresh.stop()


async def test_a_pid_that_belongs_to_another_process_by_now_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "child.pid"
    file.write_text(f'{{"pid": {os.getpid()}, "start_time": 0, "command": ["x"]}}')
    assert read_pid_file(file) is None
    assert not end_orphan(file)


async def test_the_environment_of_the_parent_does_not_leak_in(
    make: Callable[[list[str]], Child], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LISTENER_URL", "tcp://0.0.0.0:1")
    child = await started(make(SLEEPER))
    assert "LISTENER_URL" not in psutil.Process(child.pid).environ()
    await child.stop()


def test_a_missing_program_is_named_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(FailedPrecondition, match="GROUNDSWELL_MONGO__URL") as mongod:
        find_mongod(wheels=[("no-such-wheel", "mongod")])
    with pytest.raises(FailedPrecondition, match="GROUNDSWELL_KAFKA__BOOTSTRAP_SERVERS"):
        find_broker(wheels=[])
    assert mongod.value.reason == "MISSING_PROGRAM"


def test_a_missing_shared_library_is_named_with_its_apt_line(tmp_path: Path) -> None:
    loader = tmp_path / "ldd"
    loader.write_text(
        "#!/bin/sh\nprintf '\\tlibcurl.so.4 => not found\\n\\tlibc.so.6 => /lib/libc.so.6 (0x7f)\\n'\n"
    )
    loader.chmod(0o755)
    with pytest.raises(FailedPrecondition, match=r"lacks libcurl\.so\.4") as error:
        require_libraries(Path("/usr/bin/mongod"), ldd=str(loader))
    assert "sudo apt-get install -y libcurl4" in error.value.message


def test_the_installed_programs_lack_nothing_here() -> None:
    assert [missing_libraries(find()) for find in (find_mongod, find_broker)] == [(), ()]
