"""A parsing child as its parent sees it: started, asked, killed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from dataclasses import dataclass
from typing import Self

from groundswell_collector.parsing.frames import HEADER
from groundswell_collector.parsing.settings import ParsingSettings
from groundswell_core.errors import Unavailable

_START_SECONDS = 30.0  # an interpreter that takes longer runs on a machine that is stuck
_EXIT_SECONDS = 1.0


@dataclass(slots=True)
class Worker:
    """One child with its pipes."""

    process: asyncio.subprocess.Process
    stdin: asyncio.StreamWriter
    stdout: asyncio.StreamReader
    jobs: int = 0

    @classmethod
    async def start(cls, limits: ParsingSettings) -> Self:
        """Starts a child and waits until it listens."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-P", "-B", "-m", "groundswell_collector.parsing.child"),
            *(str(os.getpid()), str(limits.maximum_memory)),
            *(str(round(limits.cpu * 1000)), str(limits.maximum_answer)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            # Nothing of ours but where to import from: no settings, no secrets.
            env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "LANG": "C.UTF-8"},
        )
        assert process.stdin is not None  # noqa: S101 - a pipe was asked for
        assert process.stdout is not None  # noqa: S101 - the same
        worker = cls(process, process.stdin, process.stdout)
        await worker._become_ready()
        return worker

    async def ask(self, request: bytes, body: bytes) -> bytes:
        """Sends one job and returns its answer; IncompleteReadError when the child died of it."""
        self.jobs += 1
        self.stdin.write(HEADER.pack(len(request), len(body)) + request)
        self.stdin.write(body)
        await self.stdin.drain()
        return await self._hear()

    async def kill(self) -> int:
        """Ends the child if it still runs and returns its exit code; a signal is negative."""
        if self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):  # it has just died by itself
                self.process.kill()
        self.stdin.close()
        return await self.process.wait()

    async def exit_code(self) -> int:
        """Returns how the child ended whose pipe has closed; one that lingers is killed."""
        try:
            async with asyncio.timeout(_EXIT_SECONDS):
                return await self.process.wait()
        except TimeoutError:
            return await self.kill()

    async def _become_ready(self) -> None:
        is_ready = False
        try:
            async with asyncio.timeout(_START_SECONDS):
                await self._hear()
            is_ready = True
        except (TimeoutError, asyncio.IncompleteReadError):
            raise Unavailable(
                "a parsing child does not start; is the machine out of memory or processes?",
                reason="NO_PARSER",
            ) from None
        finally:
            if not is_ready:
                await asyncio.shield(self.kill())

    async def _hear(self) -> bytes:
        length, _ = HEADER.unpack(await self.stdout.readexactly(HEADER.size))
        return await self.stdout.readexactly(length)
