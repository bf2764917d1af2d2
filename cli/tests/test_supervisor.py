"""The supervisor over real processes, with a clock that moves when told."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from groundswell_cli.keeping import State
from groundswell_cli.process import ServerProcess, ServiceProcess
from groundswell_cli.settings import SupervisorSettings
from groundswell_cli.supervisor import Kept, Supervisor
from groundswell_core.embedded import EmbeddedBroker
from groundswell_core.errors import Unavailable
from groundswell_core.testing.clock import FakeClock

Make = Callable[..., ServiceProcess]


class Watched:
    """A supervisor, its clock and what it reported."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.news: list[str] = []
        self.supervisor = Supervisor(
            [], SupervisorSettings(stop_timeout=2.0), clock=self.clock, report=self.news.append
        )

    async def start(self, process: ServiceProcess | ServerProcess, **options: int) -> Kept:
        kept = Kept(process, **options)
        self.supervisor.kept.append(kept)
        await self.supervisor.start(kept)
        return kept

    async def is_now(self, kept: Kept, state: State) -> bool:
        await self.supervisor.check(kept)
        return kept.record.state is state


@pytest.fixture
async def watched() -> AsyncIterator[Watched]:
    watched = Watched()
    yield watched
    await watched.supervisor.stop()


async def test_a_crashed_process_is_started_again_after_its_wait(
    watched: Watched, standin: Make, eventually
) -> None:
    kept = await watched.start(standin())
    await eventually(lambda: watched.is_now(kept, State.READY))
    first = kept.process.child.pid
    await kept.process.kill()
    assert await watched.is_now(kept, State.WAITING)
    await watched.clock.move(0.9)
    assert await watched.is_now(kept, State.WAITING)
    await watched.clock.move(0.1)
    await eventually(lambda: watched.is_now(kept, State.READY))
    assert kept.record.restarts == 1
    assert kept.process.child.pid != first
    assert any("ended by signal 9, again in 1 s" in line for line in watched.news)


async def test_a_process_that_cannot_start_waits_longer_and_tells_its_last_error(
    watched: Watched, standin: Make, eventually, tmp_path: Path
) -> None:
    fault = tmp_path / "fault"
    fault.touch()
    kept = await watched.start(standin(CRASH=str(fault)))
    for wait in (1, 2, 4):
        await eventually(lambda: watched.is_now(kept, State.WAITING))
        assert kept.record.next_start - kept.record.since == wait
        await watched.clock.move(wait)
        assert await watched.is_now(kept, State.STARTING)
    assert "ended with exit code 3, again in 4 s: [error    ] the seeded fault" in watched.news[-2]
    await eventually(lambda: watched.is_now(kept, State.WAITING))
    fault.unlink()
    await watched.clock.move(8)
    await eventually(lambda: watched.is_now(kept, State.READY))


async def test_a_process_that_stops_answering_is_killed_and_started_again(
    watched: Watched, standin: Make, eventually
) -> None:
    kept = await watched.start(standin())
    await eventually(lambda: watched.is_now(kept, State.READY))
    kept.process.child.signal(19)  # SIGSTOP: it is there, but silent
    assert await watched.is_now(kept, State.SILENT)
    await watched.clock.move(30)
    await watched.supervisor.check(kept)
    assert not kept.process.child.is_running
    assert await watched.is_now(kept, State.WAITING)


async def test_processes_end_in_reverse_order(
    watched: Watched, standin: Make, eventually, tmp_path: Path
) -> None:
    journal = tmp_path / "journal"
    for name in ("first", "second", "third"):
        kept = await watched.start(standin(name, JOURNAL=str(journal)))
        await eventually(lambda kept=kept: watched.is_now(kept, State.READY))
    await watched.supervisor.stop()
    assert journal.read_text().split() == ["third", "second", "first"]


async def test_a_process_that_will_not_end_is_killed_and_the_others_end_in_order(
    watched: Watched, standin: Make, eventually, tmp_path: Path
) -> None:
    journal = tmp_path / "journal"
    good = await watched.start(standin("good", JOURNAL=str(journal)))
    bad = await watched.start(standin("bad", STUBBORN="yes"))
    for kept in (good, bad):
        await eventually(lambda kept=kept: watched.is_now(kept, State.READY))
    await watched.supervisor.stop()
    assert watched.news[-2:] == ["bad stopped by signal 9", "good stopped"]
    assert journal.read_text().split() == ["good"]


async def test_the_broker_is_emptied_at_its_memory_cap_and_keeps_its_port(
    watched: Watched, tmp_path: Path
) -> None:
    broker = EmbeddedBroker(tmp_path / "broker")
    kept = await watched.start(ServerProcess("broker", broker), memory_cap=1 << 30)
    before = (broker.port, broker.pid)
    await watched.supervisor.check(kept)
    assert (broker.port, broker.pid) == before
    kept.memory_cap = 1 << 20
    await watched.supervisor.check(kept)
    assert broker.port == before[0]
    assert broker.pid != before[1]
    assert (kept.recycles, kept.record.restarts) == (1, 0)
    assert any("over its cap of 1 MiB" in line for line in watched.news)
    kept.memory_cap = 1 << 30
    assert await watched.is_now(kept, State.READY)


class Refusing:
    """A server that cannot start until it is told that it can."""

    name = "mongod"
    port = 1
    metrics_port = 0
    log_file = Path("no-such.log")
    child = None
    starts = 0

    async def start(self) -> None:
        self.starts += 1
        raise Unavailable("mongod did not take writes within 60 s\nmore")

    async def stop(self, timeout: float) -> None:
        pass


async def test_a_failing_restart_is_told_and_tried_again(watched: Watched) -> None:
    process = Refusing()
    kept = Kept(process)
    watched.supervisor.kept.append(kept)
    for _ in range(3):
        await watched.supervisor.check(kept)
        await watched.clock.move(60)
    assert process.starts == 2
    assert "mongod cannot start: mongod did not take writes within 60 s" in watched.news
    assert kept.last_error == "mongod did not take writes within 60 s"


async def test_keeping_ends_as_soon_as_it_is_told(
    watched: Watched, standin: Make, eventually
) -> None:
    import asyncio

    kept = await watched.start(standin())
    keeping = asyncio.create_task(watched.supervisor.keep())
    await eventually(lambda: watched.clock.sleepers > 0)
    watched.supervisor.stopping.set()
    await asyncio.wait_for(keeping, 5)
    assert kept.process.child.is_running
