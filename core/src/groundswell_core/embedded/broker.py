"""A Kafka-wire broker (Tansu) on loopback; it keeps everything in memory and forgets it when it ends."""

from __future__ import annotations

import asyncio
import struct
from pathlib import Path

from groundswell_core.embedded.child import Child
from groundswell_core.embedded.programs import find_broker
from groundswell_core.embedded.secrets import private_folder
from groundswell_core.embedded.server import EmbeddedServer
from groundswell_core.errors import Unavailable
from groundswell_core.settings import KafkaSettings

# ApiVersions (key 18), version 0, correlation id 7, no client id: every Kafka broker answers it.
_QUESTION = struct.pack(">ihhih", 10, 18, 0, 7, -1)

# Seconds. This broker holds every join for half of it, and a killed member's place for all of it.
SESSION_TIMEOUT = 6.0


class EmbeddedBroker(EmbeddedServer):
    """Starts, stops and kills one broker whose port is kept in a folder; its records are not."""

    def __init__(self, folder: Path, *, port: int = 0, log_file: Path | None = None) -> None:
        """Takes port 0 for the remembered or a free one."""
        super().__init__("broker", folder, port=port, log_file=log_file)

    async def start(self, timeout: float = 10.0) -> None:
        """Starts an empty broker and returns when it answers."""
        program = find_broker()
        private_folder(self.folder)
        deadline = asyncio.get_running_loop().time() + timeout
        while asyncio.get_running_loop().time() < deadline:
            if await self._answers_before(self._launch(program), deadline):
                return
            await self.kill()
        raise Unavailable(
            f"the broker did not answer within {timeout:g} s; its log is {self.log_file}",
            reason="BROKER_NOT_READY",
        )

    async def healthy(self, timeout: float = 2.0) -> bool:
        """Tells whether the broker answers a Kafka request now."""
        try:
            async with asyncio.timeout(timeout):
                return await _ask(self.port)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            return False

    def settings(self, session_timeout: float = SESSION_TIMEOUT) -> KafkaSettings:
        """Returns how services reach this broker; it has no producer ids, so no idempotent producer."""
        return KafkaSettings(
            bootstrap_servers=f"127.0.0.1:{self.port}",
            idempotent=False,
            session_timeout=session_timeout,
        )

    def _launch(self, program: Path) -> Child:
        self._choose_port()
        address = f"tcp://127.0.0.1:{self.port}"
        command = [str(program), "--listener-url", address, "--advertised-listener-url", address]
        return self._start_child(
            [*command, "--storage-engine", "memory://tansu/", "--cluster-id", "groundswell"]
        )

    async def _answers_before(self, child: Child, deadline: float) -> bool:
        loop = asyncio.get_running_loop()
        while loop.time() < deadline and child.is_running:
            # Our own child must run as well: the answer may come from a stranger on this port.
            if await self.healthy() and child.is_running:
                return True
            await asyncio.sleep(0.01)
        return False


async def _ask(port: int) -> bool:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(_QUESTION)
        await writer.drain()
        _, correlation = struct.unpack(">ii", await reader.readexactly(8))
        return bool(correlation == 7)
    finally:
        writer.close()
        await writer.wait_closed()
