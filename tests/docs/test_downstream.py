"""The lines of docs/downstream.md, run as they stand, against a notifier that is cut off."""

import asyncio
import os
import re
import sys
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from groundswell_core.alerts import ALERTS, Alert
from groundswell_core.clock import SystemClock
from groundswell_core.embedded import free_port
from groundswell_core.identity import alert_fingerprint
from groundswell_core.kafka import Producer
from groundswell_core.topics import ALERTS as TOPIC

ROOT = Path(__file__).parents[2]


def client_lines() -> str:
    """Returns the client of the document."""
    found = re.search(r"```python\n(.*?)```", (ROOT / "docs/downstream.md").read_text(), re.DOTALL)
    assert found
    return found[1]


def test_the_client_is_15_lines():
    lines = [line for line in client_lines().splitlines() if line.strip()]
    assert len(lines) == 15


class Proxy:
    """A TCP proxy whose connections can be cut."""

    def __init__(self, target: int) -> None:
        self.port = 0
        self._target = target
        self._writers: list[asyncio.StreamWriter] = []

    async def serve(self, reader, writer) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        self._writers += [writer, far_writer]
        await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))

    async def _pump(self, reader, writer) -> None:
        try:
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    def cut(self) -> None:
        """Breaks every connection without a goodbye."""
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()


@asynccontextmanager
async def process(*command, environment=None):
    """Runs a process and ends it hard."""
    started = await asyncio.create_subprocess_exec(
        *command,
        env={**os.environ, **(environment or {})},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        limit=1 << 20,
    )
    try:
        yield started
    finally:
        if started.returncode is None:
            started.kill()
        # Read to the end, so that the pipe is closed before the loop is.
        await started.communicate()


@pytest.fixture
async def proxy(mongo, kafka, keys):
    """Gives a proxy before a notifier that is ready."""
    port = free_port()
    auth = keys.settings("notifier")
    environment = {
        "GROUNDSWELL_MONGO__URL": mongo.url.get_secret_value(),
        "GROUNDSWELL_MONGO__DATABASE": mongo.database,
        "GROUNDSWELL_KAFKA__BOOTSTRAP_SERVERS": kafka.bootstrap_servers,
        "GROUNDSWELL_KAFKA__IDEMPOTENT": "false",
        "GROUNDSWELL_KAFKA__SESSION_TIMEOUT": "2",
        "GROUNDSWELL_RPC__PORT": str(port),
        "GROUNDSWELL_METRICS__PORT": "0",
        "GROUNDSWELL_AUTH__KEY_FILE": str(auth.key_file),
        "GROUNDSWELL_AUTH__TRUST_FILE": str(auth.trust_file),
    }
    command = (sys.executable, "-m", "groundswell_notifier")
    async with process(*command, environment=environment) as notifier:
        while b"started" not in (line := await notifier.stdout.readline()):
            assert line, "the notifier ended"
        drain = asyncio.create_task(_drain(notifier.stdout))
        proxy = Proxy(port)
        server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
        proxy.port = server.sockets[0].getsockname()[1]
        yield proxy
        server.close()
        proxy.cut()
        drain.cancel()


async def _drain(stream) -> None:
    while await stream.readline():
        pass


def make_alert(number: int) -> Alert:
    """Returns an alert that the client's filter matches."""
    now = SystemClock().now()
    story = f"stories/s{number}"
    return Alert(
        name=f"alerts/{alert_fingerprint('monitors/m', story)}",
        monitor="monitors/m",
        story=story,
        version=1,
        headline=f"story {number}",
        labels={"level": "II"},
        start_time=now,
        end_time=now + timedelta(hours=1),
    )


async def read_until(client, number: int) -> list[int]:
    """Returns the numbers of the stories that a client printed, up to one."""
    seen = []
    async with asyncio.timeout(60):
        while number not in seen:
            line = (await client.stdout.readline()).decode()
            assert line, "the client ended"
            seen.append(int(line.rsplit(" ", 1)[1]))
    return seen


async def test_the_client_goes_on_after_a_cut_and_after_its_own_end(
    proxy, kafka, keys, tmp_path, eventually
):
    script = tmp_path / "client.py"
    script.write_text(client_lines())
    key_file, place = keys.folder / "operator.jwk", tmp_path / "token"
    command = (sys.executable, script, f"127.0.0.1:{proxy.port}", key_file, place)
    async with Producer(kafka, [TOPIC]) as producer:

        async def publish(*numbers):
            made = [make_alert(number) for number in numbers]
            await producer.send_all(TOPIC, [(one.name, ALERTS.to_bytes(one)) for one in made])

        seen = []
        async with process(*command) as client:
            await eventually(lambda: place.exists() and place.read_bytes())
            await publish(*range(10))
            seen += await read_until(client, 9)
            proxy.cut()
            await publish(*range(10, 20))
            seen += await read_until(client, 19)
        await publish(*range(20, 30))
        async with process(*command) as client:
            seen += await read_until(client, 29)
    # The process was ended between reading and keeping its place at most once.
    assert sorted(set(seen)) == list(range(30))
    assert len(seen) <= 31
