"""Runs the stages in processes of their own: the loop stays free, and a killer document kills no service."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterable, Sequence
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from math import ceil
from multiprocessing import get_context
from typing import Any, Self

from groundswell_analyzer.annotate import child
from groundswell_analyzer.annotate.plugins import load_stages
from groundswell_analyzer.models import CURRENT, load_models
from groundswell_core.analyses import ANALYSES, Analysis
from groundswell_core.clock import Clock
from groundswell_core.documents import DOCUMENTS, Document
from groundswell_core.errors import InvalidInput, Unavailable
from groundswell_core.log import get_logger
from groundswell_core.monitors import MONITORS, Monitor

log = get_logger(__name__)

SMALLEST_SHARE = 16  # documents for which a second worker is worth the way
ATTEMPTS_ALONE = 2  # a worker may also die of something else than the document it had

Answer = bytes | InvalidInput
ModelNames = tuple[str, tuple[str, ...]]  # the current model, and those in shadow


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a worker may use."""

    batch_timeout: float = 60.0  # seconds for a batch
    document_timeout: float = 10.0  # seconds for a document alone
    start_timeout: float = 120.0  # seconds until a new process has loaded its tables
    memory: int = 2 * 1024**3  # bytes


class Ending(Enum):
    """How a batch ended that did not end well."""

    TOO_SLOW = "took too long"
    DIED = "killed its worker process"
    RAISED = "cannot be analysed"


class Lane:
    """One worker process, replaced when it hangs or dies."""

    def __init__(self, limits: Limits, plugins: tuple[str, ...], models: ModelNames) -> None:
        """Starts nothing yet."""
        self._limits = limits
        self._plugins = plugins
        self._models = models
        self._executor: ProcessPoolExecutor | None = None
        self.pid = 0

    async def start(self) -> None:
        """Starts the process and waits until its tables are loaded; raises Unavailable."""
        # A worker is one core's work: threads of the linear algebra would only wait for each other.
        os.putenv("OPENBLAS_NUM_THREADS", "1")
        self._executor = ProcessPoolExecutor(
            max_workers=1,
            # Spawned, not forked: threads and open sockets of the service must not be copied.
            mp_context=get_context("spawn"),
            initializer=child.initialise,
            initargs=(self._plugins, self._models, self._limits.memory),
        )
        future = self._executor.submit(child.warm_up)
        done = await _settled(future, self._limits.start_timeout)
        if not done or future.exception() is not None:
            await self.stop()
            why = future.exception() if done else f"not within {self._limits.start_timeout} s"
            raise Unavailable(f"no worker process starts: {why}", reason="WORKER_START")
        self.pid = future.result()

    async def run(
        self, documents: Sequence[bytes], monitors: tuple[bytes, ...], now: datetime, timeout: float
    ) -> list[bytes | str] | tuple[Ending, str]:
        """Returns the answers, or how and why it ended; the process is ready again either way."""
        future = await self._submit(documents, monitors, now)
        try:
            done = await _settled(future, timeout)
        except asyncio.CancelledError:
            await self.stop()
            raise
        error = future.exception() if done else None
        if done and error is None:
            return future.result()
        if done and not isinstance(error, BrokenExecutor):
            return Ending.RAISED, f"{type(error).__name__}: {error}"
        await self.stop()
        await self.start()
        return (Ending.DIED, str(error)) if done else (Ending.TOO_SLOW, f"over {timeout} s")

    async def _submit(
        self, documents: Sequence[bytes], monitors: tuple[bytes, ...], now: datetime
    ) -> Future[list[bytes | str]]:
        if self._executor is None:
            await self.start()
        try:
            return self._pool.submit(child.run, documents, monitors, now)
        except BrokenExecutor:  # it died while it had nothing to do: no document is to blame
            log.warning("idle worker process died; replaced", pid=self.pid)
            await self.stop()
            await self.start()
            return self._pool.submit(child.run, documents, monitors, now)

    @property
    def _pool(self) -> ProcessPoolExecutor:
        if self._executor is None:
            raise Unavailable("the worker process is stopped", reason="WORKER_STOPPED")
        return self._executor

    async def stop(self) -> None:
        """Ends the process at once: it holds nothing that could be lost."""
        executor, self._executor = self._executor, None
        if executor is None:
            return
        for pid in [*(executor._processes or {})]:  # noqa: SLF001 - 3.14 has kill_workers()
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        await asyncio.to_thread(executor.shutdown, wait=True, cancel_futures=True)


async def _settled(future: Future[Any], timeout: float) -> bool:
    """Waits at most so many seconds; tells whether the future has its end."""
    wrapped = asyncio.wrap_future(future)
    # How it ends is read from the future itself, also when that is after the time is over.
    wrapped.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
    done, _ = await asyncio.wait({wrapped}, timeout=timeout)
    return bool(done)


class Annotator:
    """Learns of documents in worker processes, with the monitors it was last told."""

    def __init__(
        self,
        *,
        clock: Clock,
        workers: int = 1,
        limits: Limits | None = None,
        plugins: Sequence[str] = (),
        models: ModelNames = (CURRENT, ()),
    ) -> None:
        """Takes the number of processes, the allow-listed plugins, the current and the shadow models."""
        self._clock = clock
        self._limits = limits or Limits()
        self._plugins = tuple(plugins)
        self._models = models
        self._lanes = [Lane(self._limits, self._plugins, models) for _ in range(workers)]
        self._free: asyncio.Queue[Lane] = asyncio.Queue()
        self._monitors: tuple[bytes, ...] = ()

    async def __aenter__(self) -> Self:
        """Starts the processes; raises InvalidInput for a plugin or model that cannot be used."""
        load_stages(self._plugins)
        load_models(*self._models)
        try:
            await asyncio.gather(*(lane.start() for lane in self._lanes))
        except BaseException:
            await self.__aexit__()
            raise
        for lane in self._lanes:
            self._free.put_nowait(lane)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Ends the processes."""
        await asyncio.gather(*(lane.stop() for lane in self._lanes))

    @property
    def pids(self) -> tuple[int, ...]:
        """Returns the process ids of the workers."""
        return tuple(lane.pid for lane in self._lanes)

    def use(self, monitors: Iterable[Monitor]) -> None:
        """Matches these monitors from the next batch on."""
        self._monitors = tuple(map(MONITORS.to_bytes, monitors))

    async def annotate(self, documents: Sequence[Document]) -> list[Analysis]:
        """Returns an analysis for each document, in order; raises InvalidInput naming a bad one."""
        answers = await self.answers([DOCUMENTS.to_bytes(document) for document in documents])
        for document, answer in zip(documents, answers, strict=True):
            if isinstance(answer, InvalidInput):
                raise InvalidInput(
                    f"{document.name}: {answer.message}",
                    reason=answer.reason,
                    document=document.name,
                )
        return [ANALYSES.from_bytes(answer) for answer in answers if isinstance(answer, bytes)]

    async def answers(self, documents: Sequence[bytes]) -> list[Answer]:
        """Returns for each document its analysis as bytes, or why it has none."""
        share = max(SMALLEST_SHARE, ceil(len(documents) / len(self._lanes)))
        parts = [documents[start : start + share] for start in range(0, len(documents), share)]
        now = self._clock.now()
        answered = await asyncio.gather(*(self._part(part, now) for part in parts))
        return [answer for part in answered for answer in part]

    async def _part(self, documents: Sequence[bytes], now: datetime) -> list[Answer]:
        lane = await self._free.get()
        try:
            answers = await lane.run(documents, self._monitors, now, self._limits.batch_timeout)
            if isinstance(answers, list):
                return [_answer(answer) for answer in answers]
            log.warning(
                "batch failed; each document alone", documents=len(documents), why=answers[1]
            )
            return [await self._alone(lane, document, now) for document in documents]
        finally:
            self._free.put_nowait(lane)

    async def _alone(self, lane: Lane, document: bytes, now: datetime) -> Answer:
        for attempt in range(1, ATTEMPTS_ALONE + 1):
            answer = await lane.run([document], self._monitors, now, self._limits.document_timeout)
            if isinstance(answer, list):
                return _answer(answer[0])
            ending, why = answer
            if ending is not Ending.DIED or attempt == ATTEMPTS_ALONE:
                break
        return InvalidInput(
            f"the document {ending.value}: {why}",
            reason=f"KILLER_{ending.name}",
            bytes=len(document),
        )


def _answer(answer: bytes | str) -> Answer:
    return answer if isinstance(answer, bytes) else InvalidInput(answer, reason="NOT_DECODABLE")
