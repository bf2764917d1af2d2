"""Keeps the processes running: starts in order, looks, restarts with back-off, stops in reverse."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from groundswell_cli import logs
from groundswell_cli.keeping import Health, Record, RestartPolicy, State, Step, observe
from groundswell_cli.process import Process
from groundswell_cli.settings import SupervisorSettings
from groundswell_core.clock import Clock
from groundswell_core.errors import GroundswellError

Report = Callable[[str], None]


@dataclass(slots=True)
class Kept:
    """A process and what is known of it."""

    process: Process
    memory_cap: int = 0  # bytes at which it is emptied by a restart; 0: none
    record: Record = field(default_factory=Record)
    last_error: str = ""
    recycles: int = 0

    @property
    def is_ready(self) -> bool:
        """Tells whether it does its work."""
        return self.record.state is State.READY


class Supervisor:
    """Looks after an ordered list of processes; each but the first may need those before it."""

    def __init__(
        self,
        kept: Sequence[Kept],
        settings: SupervisorSettings,
        *,
        clock: Clock,
        report: Report,
    ) -> None:
        """Takes report for one line to people at every change."""
        self.kept = list(kept)
        self.stopping = asyncio.Event()
        self._settings = settings
        self._clock = clock
        self._report = report
        self._policy = RestartPolicy(
            first=settings.first_restart,
            longest=settings.longest_restart,
            steady=settings.steady_time,
            start_timeout=settings.start_timeout,
            silent_timeout=settings.silent_timeout,
        )

    @property
    def all_ready(self) -> bool:
        """Tells whether every process does its work."""
        return all(kept.is_ready for kept in self.kept)

    async def start(self, kept: Kept) -> None:
        """Starts a process for the first time; what it cannot do is the caller's error."""
        await kept.process.start()
        kept.record = Record(state=State.STARTING, since=self._clock.monotonic())
        await self.check(kept)

    async def keep(self) -> None:
        """Looks after all processes until stopping is set."""
        async with asyncio.TaskGroup() as group:
            for kept in self.kept:
                group.create_task(self._keep(kept), name=kept.process.name)

    async def check(self, kept: Kept) -> None:
        """Looks once at a process and does what is due."""
        health = await self._look(kept)
        before = kept.record.state
        kept.record, step = observe(kept.record, health, self._clock.monotonic(), self._policy)
        if kept.record.state is not before:
            self._tell(kept)
        if step is Step.KILL:
            kept.last_error = "did not answer"
            await kept.process.kill()
        elif step is Step.START:
            await self._start_again(kept)
        elif kept.memory_cap and health is not None:
            await self._recycle(kept)
        logs.turn(
            kept.process.log_file, size=self._settings.log_size, keep=self._settings.log_files
        )

    async def stop(self) -> None:
        """Ends the processes one after the other, the last started first."""
        self.stopping.set()
        for kept in reversed(self.kept):
            child = kept.process.child
            was_running = child is not None and child.is_running
            await kept.process.stop(self._settings.stop_timeout)
            if child is not None and was_running:
                self._report(f"{kept.process.name} stopped{_how(child.exit_code)}")
            kept.record = Record()

    async def _keep(self, kept: Kept) -> None:
        while not self.stopping.is_set():
            await self.check(kept)
            is_coming = kept.record.state in {State.STARTING, State.WAITING}
            interval = self._settings.check_interval
            await self._pause(min(0.25, interval) if is_coming else interval)

    async def _pause(self, seconds: float) -> None:
        pause = asyncio.ensure_future(self._clock.sleep(seconds))
        stop = asyncio.ensure_future(self.stopping.wait())
        _, pending = await asyncio.wait({pause, stop}, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)

    async def _look(self, kept: Kept) -> Health | None:
        child = kept.process.child
        if child is None or not child.is_running:
            return None
        health = await kept.process.look()
        # It may have ended while we asked; then it is not silent, but gone.
        return health if child.is_running else None

    async def _start_again(self, kept: Kept) -> None:
        if self.stopping.is_set():
            return
        try:
            await kept.process.start()
        except GroundswellError as error:
            kept.last_error = error.message.splitlines()[0]
            self._report(f"{kept.process.name} cannot start: {kept.last_error}")

    async def _recycle(self, kept: Kept) -> None:
        child = kept.process.child
        used = child.memory() if child else 0
        if used <= kept.memory_cap:
            return
        self._report(
            f"{kept.process.name} holds {used >> 20} MiB, over its cap of "
            f"{kept.memory_cap >> 20} MiB: restarting it empty; what is not yet confirmed is sent again"
        )
        kept.recycles += 1
        await kept.process.stop(self._settings.stop_timeout)
        await self._start_again(kept)

    def _tell(self, kept: Kept) -> None:
        name, state = kept.process.name, kept.record.state
        if state is not State.WAITING:
            self._report(f"{name} {state.value}")
            return
        kept.last_error = logs.last_error(kept.process.log_file) or logs.last_line(
            kept.process.log_file
        )
        child = kept.process.child
        wait = kept.record.next_start - kept.record.since
        why = f": {kept.last_error}" if kept.last_error else ""
        self._report(
            f"{name} ended{_how(child.exit_code if child else None)}, again in {wait:g} s{why}"
        )


def _how(exit_code: int | None) -> str:
    if exit_code is None or exit_code == 0:
        return ""
    return f" by signal {-exit_code}" if exit_code < 0 else f" with exit code {exit_code}"
