"""A pool of killable children that parse what the web sent."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import orjson

from groundswell_collector.parsing.settings import ParsingSettings
from groundswell_collector.parsing.worker import Worker
from groundswell_core.errors import InvalidInput

_OUT_OF_MEMORY = os.EX_OSERR  # the child's own exit code for a MemoryError


class ParserPool:
    """Runs jobs in children; make one with `async with open_parsers(…)`."""

    def __init__(self, settings: ParsingSettings, packages: Iterable[str]) -> None:
        """Takes the import packages whose functions may be run, such as groundswell_source_feed."""
        self._settings = settings
        self._packages = frozenset(packages)
        self._slots = asyncio.Semaphore(settings.children)
        self._idle: list[Worker] = []

    async def run(self, function: str, body: bytes, options: Mapping[str, Any]) -> Any:
        """Returns what "package.module:function"(body, options) answers.

        Raises InvalidInput when the function is not allowed, raises, or passes a limit.
        """
        self._check(function)
        request = orjson.dumps({"function": function, "options": dict(options)})
        async with self._slots:
            return self._value(function, await self._run(function, request, body))

    async def close(self) -> None:
        """Ends every child."""
        while self._idle:
            await self._idle.pop().kill()

    async def _run(self, function: str, request: bytes, body: bytes) -> bytes:
        worker = self._idle.pop() if self._idle else await Worker.start(self._settings)
        is_healthy = False
        try:
            async with asyncio.timeout(self._settings.timeout):
                reply = await worker.ask(request, body)
            is_healthy = worker.jobs < self._settings.jobs
        except TimeoutError:
            limit = f"took longer than {self._settings.timeout:g} s"
            raise self._refuse(function, limit, "PARSE_TIMEOUT") from None
        except (asyncio.IncompleteReadError, ConnectionError):
            raise self._refuse(function, *self._cause(await worker.exit_code())) from None
        finally:
            # Whatever happened, cancellation too: a child in the middle of a job is useless.
            await self._retire(worker, is_healthy=is_healthy)
        return reply

    async def _retire(self, worker: Worker, *, is_healthy: bool) -> None:
        if is_healthy:
            self._idle.append(worker)
        else:
            await asyncio.shield(worker.kill())

    def _check(self, function: str) -> None:
        module, separator, name = function.partition(":")
        if not separator or not name or module.partition(".")[0] not in self._packages:
            raise InvalidInput(
                f'"{function}" may not be run: it must be "package.module:function" in a package '
                f"of an allow-listed plugin ({', '.join(sorted(self._packages)) or 'none'})",
                reason="PARSER_FORBIDDEN",
                function=function,
            )

    def _cause(self, code: int) -> tuple[str, str]:
        """Returns what a child died of, and its reason code."""
        if code == -signal.SIGPROF:
            return f"took more than {self._settings.cpu:g} s of CPU", "PARSE_CPU"
        if code == _OUT_OF_MEMORY:
            mebibytes = self._settings.maximum_memory // (1024 * 1024)
            return f"needed more than {mebibytes} MiB of memory", "PARSE_MEMORY"
        if code < 0:
            return f"crashed its parser ({signal.Signals(-code).name})", "PARSE_CRASH"
        return f"ended its parser (exit code {code})", "PARSE_CRASH"

    def _refuse(self, function: str, what: str, reason: str) -> InvalidInput:
        return InvalidInput(
            f"the content {what} and was given up; it is broken or hostile: "
            "look at what the source serves",
            reason=reason,
            function=function,
        )

    def _value(self, function: str, reply: bytes) -> Any:
        answer = orjson.loads(reply)
        if "error" not in answer:
            return answer["value"]
        if answer["error"] == "AnswerTooLarge":
            limit = self._settings.maximum_answer
            raise self._refuse(function, f"parses to more than {limit} bytes", "PARSE_ANSWER")
        if answer["error"] == InvalidInput.__name__:
            raise InvalidInput(answer["message"], reason="PARSE_REFUSED", function=function)
        raise InvalidInput(
            f"the content cannot be parsed: {answer['error']}: {answer['message']}",
            reason="PARSE_FAILED",
            function=function,
        )


@asynccontextmanager
async def open_parsers(
    settings: ParsingSettings, packages: Iterable[str]
) -> AsyncIterator[ParserPool]:
    """Opens a pool; children start when first needed and end with it."""
    pool = ParserPool(settings, packages)
    try:
        yield pool
    finally:
        await pool.close()
