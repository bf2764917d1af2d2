"""The calls of MonitorService about backtests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from groundswell.monitor.v1 import monitor_service_pb2 as pb
from groundswell_analyzer.backtest.orders import SPAN, BacktestOrders, Window
from groundswell_analyzer.backtest.store import BacktestStore
from groundswell_analyzer.scope import visible_monitor
from groundswell_core.backtests import BACKTESTS, EXPECTED_ALARMS, Backtest
from groundswell_core.errors import InvalidInput
from groundswell_core.monitors import Monitor, MonitorState
from groundswell_core.pages import decode_token, encode_token, page_size
from groundswell_core.rpc import caller

_SIZE, _MOST = 20, 100


class BacktestCalls:
    """Starts backtests and answers how far they are."""

    def __init__(self, orders: BacktestOrders, store: BacktestStore) -> None:
        """Takes what starts them, and where they are kept."""
        self._orders = orders
        self._store = store

    async def start(self, monitor: Monitor, request: Any) -> Any:
        """Starts a replay through a checked monitor."""
        backtest = await self._orders.order(
            replace(monitor, state=MonitorState.ON),
            rules=request.rules,
            window=Window(
                start=_time(request, "start_time"),
                end=_time(request, "end_time"),
                length=request.window.ToTimedelta() or SPAN,
            ),
            wanted=_wanted(request),
            expected=tuple(map(EXPECTED_ALARMS.from_proto, request.expected)),
        )
        return pb.BacktestMonitorResponse(backtest=BACKTESTS.to_proto(backtest))

    async def get(self, request: Any) -> Any:
        """Answers a replay as far as it is."""
        backtest = await self._store.get(request.name)
        visible_monitor(backtest.monitor)
        return pb.GetBacktestResponse(backtest=BACKTESTS.to_proto(backtest))

    async def list(self, request: Any, visible: Iterable[str]) -> Any:
        """Lists replays of one monitor, or of all that the caller sees."""
        size = min(page_size(request.page_size or _SIZE), _MOST)
        bound = f"backtests/{request.monitor}/{caller().department}"
        skip = decode_token(bound, request.page_token)
        found = await self._store.list(_monitors(request, visible), skip, size + 1)
        return pb.ListBacktestsResponse(
            backtests=[BACKTESTS.to_proto(_short(one)) for one in found[:size]],
            next_page_token=encode_token(bound, skip + size) if len(found) > size else "",
        )


def _monitors(request: Any, visible: Iterable[str]) -> list[str] | None:
    names = set(visible)
    if request.monitor:
        return sorted(names & {request.monitor})
    return sorted(names) if caller().department else None


def _short(backtest: Backtest) -> Backtest:
    return replace(backtest, alarms=(), thresholds=())


def _time(request: Any, name: str) -> datetime | None:
    return getattr(request, name).ToDatetime(tzinfo=UTC) if request.HasField(name) else None


def _wanted(request: Any) -> float | None:
    if not request.HasField("wanted_alarms_per_day"):
        return None
    wanted = float(request.wanted_alarms_per_day)
    if not 0 < wanted <= 10_000:
        raise InvalidInput(
            f"wanted_alarms_per_day is {wanted:g}; choose more than 0, 10,000 at most",
            reason="BAD_BUDGET",
        )
    return wanted
