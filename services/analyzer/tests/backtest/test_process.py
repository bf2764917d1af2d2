"""A backtest in a process of its own, on a real MongoDB."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from groundswell_analyzer.backtest.orders import BacktestOrders, Window
from groundswell_analyzer.backtest.process import in_process
from groundswell_analyzer.backtest.store import BacktestStore
from groundswell_analyzer.clock import SystemTime
from groundswell_analyzer.settings import AnalyzerSettings
from groundswell_core.backtests import BacktestState
from groundswell_core.clock import SystemClock
from groundswell_core.monitors import Monitor

MONITOR = Monitor(name="monitors/quakes", query="地震")


class Waiting:
    """As much of a service as the wait for a process needs."""

    def __init__(self) -> None:
        self.stopping = asyncio.Event()

    async def pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self.stopping.wait()
        except TimeoutError:
            pass


@pytest.fixture
def ordered(analyzer, write, clock):
    """Gives a stored order over three documents, and the store it waits in."""

    async def call() -> tuple[str, BacktestStore]:
        for index in range(3):
            await analyzer.send(write(f"四川宜宾发生{index + 3}.0级地震", source=f"s{index}"))
            await clock.move(60)
        store = BacktestStore(analyzer.database.collection("backtests"), SystemClock())
        names: list[str] = []
        orders = BacktestOrders(
            store, events=SystemTime(clock), clock=SystemClock(), start=names.append
        )
        await orders.order(
            MONITOR, rules="", window=Window(length=timedelta(days=1)), wanted=None, expected=()
        )
        return names[0], store

    return call


async def test_a_process_of_its_own_finishes_a_backtest(ordered, mongo):
    name, store = await ordered()
    await in_process(mongo, AnalyzerSettings(), Waiting(), store, name)
    done = await store.get(name)
    assert done.state is BacktestState.DONE
    assert (done.document_count, done.matched_count) == (3, 3)


async def test_a_backtest_ends_with_the_service_and_says_so(ordered, mongo):
    name, store = await ordered()
    service = Waiting()
    service.stopping.set()
    await in_process(mongo, AnalyzerSettings(), service, store, name)
    failed = await store.get(name)
    assert failed.state is BacktestState.FAILED
    assert "start it again" in failed.error


async def test_a_backtest_that_cannot_run_says_why(ordered, analyzer, mongo):
    name, store = await ordered()
    backtests = analyzer.database.collection("backtests")
    await backtests.update({}, {"$set": {"rules": "version: none"}})
    await in_process(mongo, AnalyzerSettings(), Waiting(), store, name)
    failed = await store.get(name)
    assert failed.state is BacktestState.FAILED
    assert "rules" in failed.error
