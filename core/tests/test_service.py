"""The life of a service: how it starts, how it ends, and what its probes say meanwhile."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from groundswell_core import service as life
from groundswell_core.errors import InvalidInput
from groundswell_core.service import Heartbeat, Service
from groundswell_core.settings import AuthSettings, RpcSettings, ServiceSettings
from groundswell_core.testing.keys import TestKeys

PROGRAM = Path(__file__).parent / "data" / "small_service.py"
SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING
Start = Callable[..., Awaitable["Running"]]


class Running:
    """A service as a process of its own, and what it has logged so far."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.lines: list[dict[str, Any]] = []
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            self.lines.append(json.loads(line))

    def events(self) -> list[str]:
        return [line["event"] for line in self.lines]

    def port(self, event: str) -> int:
        return int(next(line["port"] for line in self.lines if line["event"] == event))

    async def end(self, timeout: float = 40.0) -> int:
        async with asyncio.timeout(timeout):
            await self._reading
            return await self.process.wait()

    async def close(self) -> None:
        with suppress(ProcessLookupError):
            self.process.kill()
        await self._reading
        await self.process.wait()


@pytest.fixture
async def start(keys: TestKeys) -> AsyncIterator[Start]:
    running: list[Running] = []

    async def begin(how: str, **variables: str) -> Running:
        environment = {
            "GROUNDSWELL_RPC__PORT": "0",
            "GROUNDSWELL_METRICS__PORT": "0",
            "GROUNDSWELL_RPC__STOP_GRACE": "0.2",
        } | {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}
        environment |= {f"GROUNDSWELL_{name}": value for name, value in variables.items()}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(PROGRAM),
            how,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=environment,
        )
        running.append(Running(process))
        return running[-1]

    yield begin
    for each in running:
        await each.close()


async def test_a_signal_ends_tasks_first_and_resources_in_reverse(
    start: Start, eventually: Any
) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        service = await start("good")
        await eventually(lambda service=service: "started" in service.events())
        service.process.send_signal(number)
        assert await service.end(10) == 0
        closing = [line.get("resource") for line in service.lines if line["event"] == "closed"]
        assert closing == ["second", "first"]
        events = service.events()
        assert events.index("work ended") < events.index("closed")
        assert events[-1] == "stopped"


async def test_metrics_are_served(start: Start, eventually: Any) -> None:
    service = await start("good")
    await eventually(lambda: "started" in service.events())
    url = f"http://127.0.0.1:{service.port('serving metrics')}/metrics"

    def scrape() -> str:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return str(answer.read().decode())

    await eventually(lambda: asyncio.to_thread(lambda: "groundswell_ready 1.0" in scrape()))
    assert 'groundswell_build_info{service="small"' in scrape()


async def test_a_bug_in_a_task_ends_the_process_with_its_traceback(start: Start) -> None:
    service = await start("bug")
    assert await service.end() == 70
    (line,) = [line for line in service.lines if line["event"] == "stopped by a bug"]
    assert "ZeroDivisionError" in line["exception"]
    assert "Traceback" in line["exception"]
    assert "closed" in service.events()


@pytest.mark.parametrize(("how", "reason"), [("refused", "NO_KEY"), ("broken wiring", "NO_FILE")])
async def test_a_named_failure_ends_the_process_with_its_reason_and_no_traceback(
    start: Start, how: str, reason: str
) -> None:
    service = await start(how)
    assert await service.end() == 1
    (line,) = [line for line in service.lines if line["event"] == "stopped by an error"]
    assert line["reason"] == reason
    assert "exception" not in line
    assert service.events().count("closed") == 2


async def test_bad_settings_end_the_process_and_name_the_variable(start: Start) -> None:
    service = await start("good", KAFKA__PARTITIONS="many", RPC__PORT="-1")
    assert await service.end() == 2
    assert service.process.stderr is not None
    said = (await service.process.stderr.read()).decode()
    assert "GROUNDSWELL_KAFKA__PARTITIONS" in said
    assert "GROUNDSWELL_RPC__PORT" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("section", ["METRICS", "RPC"])
async def test_a_port_that_is_taken_is_named_with_the_cure(start: Start, section: str) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        service = await start("good", **{f"{section}__PORT": str(holder.getsockname()[1])})
        assert await service.end() == 1
    assert f"GROUNDSWELL_{section}__PORT" in service.lines[-1]["error"]


async def test_a_stop_breaks_off_a_start_that_waits(start: Start, eventually: Any) -> None:
    service = await start("never wired")
    await eventually(lambda: "waiting" in service.events())
    service.process.terminate()
    assert await service.end(10) == 0
    assert service.events().count("closed") == 2


@pytest.mark.parametrize(
    ("how", "code", "last"),
    [
        ("hanging", 0, "stopped"),
        ("stubborn", 75, "the end took too long; leaving"),
        ("blocked", 75, "the end took too long; leaving"),
    ],
)
async def test_what_hangs_cannot_keep_the_process(
    start: Start, eventually: Any, how: str, code: int, last: str
) -> None:
    service = await start(how)
    await eventually(lambda: "started" in service.events())
    service.process.terminate()
    assert await service.end() == code
    assert service.events()[-1] == last
    if how != "blocked":
        assert {"task did not end in time", "cancelled"} <= set(service.events())


@asynccontextmanager
async def wired(**settings: Any) -> AsyncIterator[Service]:
    """Gives a service in this process."""
    options = ServiceSettings(rpc=RpcSettings(port=0, stop_grace=0.2), **settings)
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as group:
        service = Service("collector", options, stack, group)
        yield service
        service.stopping.set()


async def test_health_follows_heartbeats_and_what_must_be_ready(eventually: Any) -> None:
    async with wired() as service:
        server = await service.serve([])
        heart, ready = service.heartbeat("loop"), [True]
        assert service.heartbeat("loop") is heart
        service.ready_checks.append(lambda: ready[0])
        service.spawn("health", service.watch_health())
        async with grpc.aio.insecure_channel(f"127.0.0.1:{server.port}") as channel:
            stub: Any = health_pb2_grpc.HealthStub(channel)

            async def health(name: str, expected: int) -> bool:
                answer = await stub.Check(health_pb2.HealthCheckRequest(service=name))
                return bool(answer.status == expected)

            await eventually(lambda: health("ready", SERVING))
            ready[0] = False
            await eventually(lambda: health("ready", NOT_SERVING))
            assert await health("", SERVING)
            heart._last -= life.HEARTBEAT_SECONDS
            await eventually(lambda: health("", NOT_SERVING))
            heart.beat()
            await eventually(lambda: health("", SERVING))
            ready[0] = True
            await eventually(lambda: health("ready", SERVING))
            service.stopping.set()
            await eventually(lambda: health("ready", NOT_SERVING))


def test_a_heart_that_has_not_beaten_for_a_minute_is_dead() -> None:
    heart = Heartbeat()
    assert heart.is_alive()
    heart._last -= 61
    assert not heart.is_alive()
    assert heart.is_alive(within=120)


async def test_a_pause_ends_with_its_time_or_with_the_service() -> None:
    async with wired() as service:
        await service.pause(0.01)
        pause = asyncio.create_task(service.pause(60))
        service.stopping.set()
        await asyncio.wait_for(pause, 1)
        await service.finish()


async def test_a_service_signs_with_its_own_key_or_says_that_it_has_none(keys: TestKeys) -> None:
    async with wired(auth=keys.settings("collector")) as service:
        token = service.signer().token("notifier")
        assert keys.verifier("notifier").verify(token).subject == "collector"
    async with wired() as service:
        with pytest.raises(InvalidInput, match="GROUNDSWELL_AUTH__KEY_FILE"):
            service.signer()


@pytest.mark.parametrize("content", ["", "[1]", "{}", '{"keys": [{}]}', '{"kty": "OKP", "d": "x"}'])
async def test_a_key_or_trust_file_that_holds_none_is_named(tmp_path: Path, content: str) -> None:
    file = tmp_path / "file.json"
    file.write_text(content)
    async with wired(auth=AuthSettings(key_file=file, trust_file=file)) as service:
        with pytest.raises(InvalidInput, match=r"key file .*file\.json"):
            service.signer()
        with pytest.raises(InvalidInput, match=r"trust file .*file\.json"):
            await service.serve([])
