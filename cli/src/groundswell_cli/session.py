"""One run of the suite: start, announce, keep, show, stop."""

from __future__ import annotations

import asyncio
import os
import signal

from groundswell_cli import logs
from groundswell_cli.figures import FigureReader
from groundswell_cli.health import read_metrics
from groundswell_cli.password import announce_password
from groundswell_cli.snapshot import take
from groundswell_cli.suite import Plan, Suite
from groundswell_cli.view import View
from groundswell_core.clock import SystemClock

_END_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Session:
    """One run of the suite, from the first step to the last."""

    def __init__(self, plan: Plan, view: View, *, quiet: bool) -> None:
        """Takes quiet=True when lines go to a file, where no password belongs."""
        self._plan = plan
        self._view = view
        self._quiet = quiet
        self._suite = Suite(plan, clock=SystemClock(), report=view.tell)
        self._figures = FigureReader()

    async def run(self) -> None:
        """Starts, keeps, stops."""
        supervisor = self._suite.supervisor
        for number in _END_SIGNALS:
            asyncio.get_running_loop().add_signal_handler(number, self.end)
        with self._view:
            try:
                await self._suite.start()
                async with asyncio.TaskGroup() as group:
                    group.create_task(supervisor.keep())
                    group.create_task(self._announce())
                    group.create_task(self._show())
            finally:
                self._view.tell("stopping")
                await supervisor.stop()
                status = await self._status()
                self._view.end(status)
                self._plan.state.write_status(status)

    def end(self) -> None:
        """Ends in order at the first signal, at once at the second."""
        supervisor = self._suite.supervisor
        if supervisor.stopping.is_set():
            for kept in supervisor.kept:
                if kept.process.child is not None:
                    kept.process.child.signal(signal.SIGKILL)
        supervisor.stopping.set()

    async def _announce(self) -> None:
        if not await self._suite.wait_ready(self._plan.settings.supervisor.start_timeout):
            self._tell_unready()
            await self._suite.wait_ready()
        if self._suite.supervisor.all_ready:
            self._view.tell(f"all healthy; console: {self._suite.console}")
            announce_password(self._plan.state, self._view.tell, hide=self._quiet)

    def _tell_unready(self) -> None:
        if self._suite.supervisor.stopping.is_set():
            return
        for kept in self._suite.unready():
            why = kept.last_error or logs.last_error(kept.process.log_file) or "no answer yet"
            self._view.tell(f"{kept.process.name} is not healthy: {why}")
        self._view.tell("still trying; `groundswell doctor` explains what is wrong")

    async def _show(self) -> None:
        while not self._suite.supervisor.stopping.is_set():
            status = await self._status()
            self._view.show(status)
            self._plan.state.write_status(status)
            self._suite.write_run()
            await SystemClock().sleep(1.0)

    async def _status(self) -> dict[str, object]:
        kept = self._suite.supervisor.kept
        clock = SystemClock()
        ports = [one.process.metrics_port for one in kept if one.process.metrics_port]
        texts = await asyncio.gather(*(read_metrics(port) for port in ports))
        return take(
            kept,
            self._figures.read(texts, clock.monotonic()),
            console=self._suite.console,
            pid=os.getpid(),
            now=clock.now(),
        )
