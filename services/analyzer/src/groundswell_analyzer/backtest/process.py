"""A backtest in a process of its own: however long it computes, no alert waits for it."""

from __future__ import annotations

import asyncio
import os
from multiprocessing import get_context

from groundswell_analyzer.annotate.child import leave_with_parent
from groundswell_analyzer.backtest.run import Run
from groundswell_analyzer.backtest.store import BacktestStore
from groundswell_analyzer.settings import AnalyzerSettings
from groundswell_analyzer.stories.life import Life
from groundswell_core.clock import SystemClock
from groundswell_core.errors import GroundswellError
from groundswell_core.log import get_logger
from groundswell_core.mongo import connect
from groundswell_core.service import Service
from groundswell_core.settings import MongoSettings

log = get_logger(__name__)
_LOOK_SECONDS = 0.2
_NICE = 10  # it yields to everything that is live


async def in_process(
    mongo: MongoSettings, own: AnalyzerSettings, service: Service, store: BacktestStore, name: str
) -> None:
    """Runs a backtest in a process of its own until it ends or the service stops."""
    process = get_context("spawn").Process(target=main, args=(mongo, own, name), daemon=True)
    process.start()
    while process.is_alive() and not service.stopping.is_set():
        await service.pause(_LOOK_SECONDS)
    if process.is_alive():
        process.kill()
        await store.fail(name, "The analyzer was stopped; start it again.")
        return
    log.info("backtest ended", backtest=name, code=process.exitcode)
    if process.exitcode:
        await store.fail(name, f"Its process ended with code {process.exitcode}; see the log.")


def main(mongo: MongoSettings, own: AnalyzerSettings, name: str) -> None:
    """Runs inside the process."""
    leave_with_parent()
    os.nice(_NICE)
    asyncio.run(_run(mongo, own, name))


async def _run(mongo: MongoSettings, own: AnalyzerSettings, name: str) -> None:
    clock = SystemClock()
    async with connect(mongo) as database:
        store = BacktestStore(database.collection("backtests"), clock)
        life = Life(rest_after=own.rest_after, forget_after=own.forget_after)
        try:
            order = await store.order(name)
            await Run(order, store, database.collection("documents"), life, clock).run()
        except GroundswellError as error:
            await store.fail(name, error.message)
