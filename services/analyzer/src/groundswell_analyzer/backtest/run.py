"""One backtest from its order to its figures: reads documents, replays them, says how far it is."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from groundswell_analyzer.backtest.moments import Moments
from groundswell_analyzer.backtest.replay import Replay
from groundswell_analyzer.backtest.report import EXPECTED, report
from groundswell_analyzer.backtest.store import BacktestStore, Order
from groundswell_analyzer.grading import Rules, load_rules
from groundswell_analyzer.grading.rules import parse_rules
from groundswell_analyzer.query import CompiledQueries
from groundswell_analyzer.stories.life import Life
from groundswell_core.backtests import Backtest, BacktestState
from groundswell_core.clock import Clock
from groundswell_core.mongo import Collection
from groundswell_core.monitors import Monitor, MonitorState

_SAY_SECONDS = 1.0  # between two words of how far it is
_BATCH = 500


def rules_of(order: Order) -> Rules:
    """Returns the rules of an order; raises InvalidInput naming what is wrong with them."""
    return parse_rules(order.rules, "rules") if order.rules.strip() else load_rules()


class Run:
    """Replays the stored documents of an order."""

    def __init__(
        self, order: Order, store: BacktestStore, documents: Collection, life: Life, clock: Clock
    ) -> None:
        """Takes life: when stories rest and leave, as in live use."""
        self._order = order
        self._store = store
        self._documents = documents
        self._clock = clock
        self._monitor = replace(order.backtest.monitor, state=MonitorState.ON)
        self._replay = Replay(self._monitor, rules_of(order), life)
        self._moments = Moments(self._queries(), self._monitor.name)
        self._said = self._began = time.monotonic()

    async def run(self) -> Backtest:
        """Replays everything; returns the finished backtest, which is stored too."""
        backtest = self._order.backtest
        where = self._where(backtest)
        total = max(await self._documents.count(where), 1)
        read = 0
        stream = self._documents.stream(
            where, sort=[("event_time", 1), ("_id", -1)], fields={"grams": 0}, batch_size=_BATCH
        )
        async for record in stream:
            self._take(record)
            read += 1
            if time.monotonic() - self._said > _SAY_SECONDS:
                await self._say(min(read / total, 0.99))
        return await self._finish()

    def _queries(self) -> CompiledQueries:
        expected = [
            Monitor(name=f"{EXPECTED}{number}", query=one.query, exercise=True)
            for number, one in enumerate(self._order.expected)
        ]
        return CompiledQueries([self._monitor, *expected])

    def _where(self, backtest: Backtest) -> dict[str, Any]:
        where: dict[str, Any] = {
            "event_time": {"$gte": backtest.start_time, "$lte": backtest.end_time}
        }
        if not self._monitor.exercise:
            where["exercise"] = False
        return where

    def _take(self, record: Mapping[str, Any]) -> None:
        for moment in self._moments.until(record["event_time"]):
            self._replay.take(moment)
        self._moments.add(record)

    async def _say(self, progress: float) -> None:
        self._said = time.monotonic()
        counts = replace(
            self._order.backtest,
            progress=progress,
            document_count=self._replay.documents,
            matched_count=self._replay.matched,
        )
        await self._store.write(counts)

    async def _finish(self) -> Backtest:
        backtest = self._order.backtest
        if backtest.start_time is None or backtest.end_time is None:
            raise AssertionError("a replay has a first and a last moment")
        for moment in self._moments.until(None):
            if moment.time <= backtest.end_time:
                self._replay.take(moment)
        self._replay.finish(backtest.end_time)
        seconds = max(time.monotonic() - self._began, 1e-3)
        done = report(backtest, self._replay, self._order.expected, self._monitor.alert_level)
        done = replace(
            done,
            state=BacktestState.DONE,
            finish_time=self._clock.now(),
            speed=(backtest.end_time - backtest.start_time).total_seconds() / seconds,
        )
        await self._store.write(done)
        return done
