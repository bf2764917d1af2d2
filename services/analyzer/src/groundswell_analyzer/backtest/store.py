"""Backtests in MongoDB: one record each, written by the process that runs it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from groundswell_core.backtests import (
    BACKTESTS,
    EXPECTED_ALARMS,
    Backtest,
    BacktestState,
    ExpectedAlarm,
)
from groundswell_core.clock import Clock
from groundswell_core.errors import NotFound
from groundswell_core.mongo import Collection
from groundswell_core.names import parse_name

KEPT = timedelta(days=90)
SILENT = timedelta(minutes=3)  # a running one that says nothing for so long has died
_DIED = "It ended without an end, perhaps with the analyzer itself; start it again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What was asked for: the backtest as it begins, with all that only its run needs."""

    backtest: Backtest
    rules: str  # as YAML; empty: those in force
    expected: tuple[ExpectedAlarm, ...]


class BacktestStore:
    """Reads and writes backtests."""

    def __init__(self, collection: Collection, clock: Clock) -> None:
        """Takes the clock that tells which ones have died."""
        self._collection = collection
        self._clock = clock

    async def create(self, order: Order) -> None:
        """Stores one that is about to run."""
        now = self._clock.now()
        await self._collection.insert(
            {
                **BACKTESTS.to_record(order.backtest),
                "_id": _id(order.backtest),
                "rules": order.rules,
                "expected": [EXPECTED_ALARMS.to_record(one) for one in order.expected],
                "write_time": now,
                "expire_time": now + KEPT,
            }
        )

    async def order(self, name: str) -> Order:
        """Returns one as it was asked for."""
        record = await self._record(name)
        return Order(
            backtest=BACKTESTS.from_record(record),
            rules=record["rules"],
            expected=tuple(map(EXPECTED_ALARMS.from_record, record["expected"])),
        )

    async def get(self, name: str) -> Backtest:
        """Returns one as far as it is."""
        return self._seen(await self._record(name))

    async def list(self, monitors: Sequence[str] | None, skip: int, size: int) -> list[Backtest]:
        """Returns those of monitors, newest first, without alarms and thresholds."""
        where = {} if monitors is None else {"monitor.name": {"$in": list(monitors)}}
        found = await self._collection.find(
            where,
            sort=[("create_time", -1), ("_id", 1)],
            skip=skip,
            limit=size,
            fields={"alarms": 0, "thresholds": 0},
        )
        return [self._seen(record) for record in found]

    async def running(self) -> int:
        """Returns how many run."""
        since = self._clock.now() - SILENT
        return await self._collection.count(
            {"state": BacktestState.RUNNING.name, "write_time": {"$gte": since}}
        )

    async def write(self, backtest: Backtest) -> None:
        """Writes how far one is."""
        change = {**BACKTESTS.to_record(backtest), "write_time": self._clock.now()}
        await self._collection.update({"_id": _id(backtest)}, {"$set": change})

    async def fail(self, name: str, error: str) -> None:
        """Says why one failed, unless it ended before."""
        change = {
            "state": BacktestState.FAILED.name,
            "error": error,
            "finish_time": self._clock.now(),
        }
        where = {"_id": parse_name(name, "backtests"), "state": BacktestState.RUNNING.name}
        await self._collection.update(where, {"$set": change})

    async def _record(self, name: str) -> dict[str, Any]:
        record = await self._collection.find_one({"_id": parse_name(name, "backtests")})
        if record is None:
            raise NotFound(f"there is no {name}", reason="BACKTEST_NOT_FOUND", name=name)
        return record

    def _seen(self, record: dict[str, Any]) -> Backtest:
        backtest = BACKTESTS.from_record(record)
        written: datetime = record["write_time"]
        is_silent = self._clock.now() - written > SILENT
        if backtest.state is BacktestState.RUNNING and is_silent:
            return replace(backtest, state=BacktestState.FAILED, error=_DIED)
        return backtest


def _id(backtest: Backtest) -> str:
    return parse_name(backtest.name, "backtests")
