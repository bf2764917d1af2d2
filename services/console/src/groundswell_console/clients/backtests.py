"""Backtests of monitors, asked of the analyzer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from groundswell.monitor.v1 import monitor_service_pb2 as pb2
from groundswell.monitor.v1 import monitor_service_pb2_grpc as pb2_grpc
from groundswell_console.clients.peer import Page, Peer
from groundswell_core.backtests import BACKTESTS, Backtest
from groundswell_core.monitors import MONITORS, Monitor


class Backtests:
    """Starts backtests and reads them."""

    def __init__(self, peer: Peer) -> None:
        """Takes the analyzer."""
        self._peer = peer
        self._stub: Any = pb2_grpc.MonitorServiceStub(peer.channel)

    async def start(
        self, monitor: Monitor, window: timedelta, alarms_per_day: float | None
    ) -> Backtest:
        """Starts a replay of the last stored documents through a monitor, which need not exist."""
        request = pb2.BacktestMonitorRequest(
            monitor=MONITORS.to_proto(monitor), wanted_alarms_per_day=alarms_per_day
        )
        request.window.FromTimedelta(window)
        answer = await self._peer.ask(self._stub.BacktestMonitor, request)
        return BACKTESTS.from_proto(answer.backtest)

    async def get(self, name: str) -> Backtest:
        """Returns a replay as far as it is."""
        request = pb2.GetBacktestRequest(name=name)
        answer = await self._peer.ask(self._stub.GetBacktest, request)
        return BACKTESTS.from_proto(answer.backtest)

    async def list(self, monitor: str) -> Page[Backtest]:
        """Returns a monitor's replays, newest first."""
        request = pb2.ListBacktestsRequest(monitor=monitor)
        answer = await self._peer.ask(self._stub.ListBacktests, request)
        return Page(tuple(map(BACKTESTS.from_proto, answer.backtests)), answer.next_page_token)
