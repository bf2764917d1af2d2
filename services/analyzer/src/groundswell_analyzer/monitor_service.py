"""MonitorService: managing standing queries, previews, explanations."""
# ruff: noqa: N802 - RPCs keep the names of their proto

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from groundswell.monitor.v1 import monitor_service_pb2 as pb
from groundswell.monitor.v1 import monitor_service_pb2_grpc as grpc_pb
from groundswell_analyzer.backtest.calls import BacktestCalls
from groundswell_analyzer.clock import EventClock
from groundswell_analyzer.explanations import Explanations
from groundswell_analyzer.grading import RuleBook
from groundswell_analyzer.monitors import MonitorBook, MonitorStore
from groundswell_analyzer.query import CompiledQueries, parse, searchable_analysis
from groundswell_analyzer.scope import owned, visible_monitor, visible_names
from groundswell_core.analyses import ANALYSES, Analysis
from groundswell_core.errors import InvalidInput, NotFound
from groundswell_core.grades import Level
from groundswell_core.mongo import Database
from groundswell_core.monitors import MONITORS, Monitor, MonitorState
from groundswell_core.names import parse_name
from groundswell_core.pages import decode_token, encode_token, page_size
from groundswell_core.rpc import caller

PREVIEW_MOST = 20_000  # documents looked at
PREVIEW_SECONDS = 3.5  # of a call that may take five
PREVIEW_SHOWN = 20
MOST_ALARMS = 10_000  # a day
_CHUNK = 500


class MonitorService(grpc_pb.MonitorServiceServicer):
    """Answers calls about monitors."""

    def __init__(
        self,
        store: MonitorStore,
        book: MonitorBook,
        database: Database,
        *,
        rules: RuleBook,
        events: EventClock,
        backtests: BacktestCalls,
    ) -> None:
        """Takes the book so that a change is seen here at once."""
        self._store = store
        self._book = book
        self._documents = database.collection("documents")
        self._explanations = Explanations(database, rules)
        self._events = events
        self._backtests = backtests

    async def GetMonitor(self, request: Any, context: Any) -> Any:
        """Answers one monitor."""
        monitor = visible_monitor(await self._store.get(request.name))
        return pb.GetMonitorResponse(monitor=MONITORS.to_proto(monitor))

    async def ListMonitors(self, request: Any, context: Any) -> Any:
        """Lists the monitors that the caller may see, by name."""
        size, bound = page_size(request.page_size), f"monitors/{caller().department}"
        skip = decode_token(bound, request.page_token)
        seen = [monitor for monitor in await self._store.all() if _is_visible(monitor)]
        page = seen[skip : skip + size]
        rest = skip + size < len(seen)
        return pb.ListMonitorsResponse(
            monitors=map(MONITORS.to_proto, page),
            next_page_token=encode_token(bound, skip + size) if rest else "",
        )

    async def CreateMonitor(self, request: Any, context: Any) -> Any:
        """Makes a monitor."""
        monitor = owned(checked(MONITORS.from_proto(request.monitor)))
        made = await self._store.create(monitor)
        await self._book.refresh()
        return pb.CreateMonitorResponse(monitor=MONITORS.to_proto(made))

    async def UpdateMonitor(self, request: Any, context: Any) -> Any:
        """Replaces a monitor."""
        monitor = checked(MONITORS.from_proto(request.monitor))
        visible_monitor(await self._store.get(monitor.name))
        made = await self._store.update(owned(monitor))
        await self._book.refresh()
        return pb.UpdateMonitorResponse(monitor=MONITORS.to_proto(made))

    async def DeleteMonitor(self, request: Any, context: Any) -> Any:
        """Deletes a monitor; the next look at its stories resolves its alerts."""
        owned(visible_monitor(await self._store.get(request.name)))
        await self._store.delete(request.name)
        await self._book.refresh()
        return pb.DeleteMonitorResponse()

    async def ParseQuery(self, request: Any, context: Any) -> Any:
        """Answers a query's errors with their positions, or how it was understood."""
        parsed = parse(request.query)
        errors = [
            pb.QueryError(position=one.position, length=one.length, message=one.message)
            for one in parsed.errors
        ]
        return pb.ParseQueryResponse(errors=errors, normal_form=parsed.normal_form)

    async def PreviewMonitor(self, request: Any, context: Any) -> Any:
        """Shows what a monitor would have matched in the last day, newest first."""
        monitor = checked(MONITORS.from_proto(request.monitor), is_named=False)
        preview = _Preview(CompiledQueries([monitor]))
        try:
            async with asyncio.timeout(PREVIEW_SECONDS):
                await self._fill(preview)
        except TimeoutError:
            pass  # so many could be looked at; searched_count says how many
        return pb.PreviewMonitorResponse(
            searched_count=preview.searched,
            matched_count=preview.matched,
            analyses=map(ANALYSES.to_proto, preview.shown),
        )

    async def _fill(self, preview: _Preview) -> None:
        where = {"event_time": {"$gte": self._events.now() - timedelta(days=1)}}
        batch: list[Mapping[str, Any]] = []
        async for record in self._documents.stream(where, sort=[("event_time", -1)]):
            batch.append(record)
            if len(batch) == _CHUNK:
                await asyncio.to_thread(preview.look, batch)
                batch = []
            if preview.searched >= PREVIEW_MOST:
                return
        await asyncio.to_thread(preview.look, batch)

    async def BacktestMonitor(self, request: Any, context: Any) -> Any:
        """Starts a replay of stored documents; a name alone means the stored monitor."""
        monitor = MONITORS.from_proto(request.monitor)
        if monitor.name and not monitor.query:
            monitor = visible_monitor(await self._store.get(monitor.name))
        return await self._backtests.start(owned(checked(monitor, is_named=False)), request)

    async def GetBacktest(self, request: Any, context: Any) -> Any:
        """Answers a replay as far as it is."""
        return await self._backtests.get(request)

    async def ListBacktests(self, request: Any, context: Any) -> Any:
        """Lists replays, newest first."""
        return await self._backtests.list(
            request, visible_names(caller(), self._book.monitors.values())
        )

    async def ExplainGrade(self, request: Any, context: Any) -> Any:
        """Computes a stored grade again and says what would move it."""
        monitor = visible_monitor(await self._store.get(request.monitor))
        return await self._explanations.explain(request, monitor)


class _Preview:
    """Counts what a query matches and keeps the newest."""

    def __init__(self, queries: CompiledQueries) -> None:
        self._queries = queries
        self.searched = 0
        self.matched = 0
        self.shown: list[Analysis] = []

    def look(self, batch: list[Mapping[str, Any]]) -> None:
        """Matches a batch of stored documents."""
        for record in batch:
            analysis = ANALYSES.from_record(record["analysis"])
            self.searched += 1
            if self._queries.matches(searchable_analysis(analysis)):
                self.matched += 1
                if len(self.shown) < PREVIEW_SHOWN:
                    self.shown.append(analysis)


def _is_visible(monitor: Monitor) -> bool:
    try:
        visible_monitor(monitor)
    except NotFound:
        return False
    return True


def checked(monitor: Monitor, *, is_named: bool = True) -> Monitor:
    """Returns a monitor that can be stored; raises InvalidInput naming what is wrong with it."""
    if is_named:
        parse_name(monitor.name, "monitors")
    errors = parse(monitor.query).errors
    if errors:
        first = errors[0]
        raise InvalidInput(
            f"the query does not parse at character {first.position + 1}: {first.message}",
            reason="BAD_QUERY",
            position=first.position,
            length=first.length,
        )
    for source in monitor.sources:
        parse_name(source, "sources")
    if monitor.department:
        parse_name(monitor.department, "departments")
    _check_numbers(monitor)
    return _with_defaults(monitor)


def _check_numbers(monitor: Monitor) -> None:
    if monitor.minimum_support is not None and monitor.minimum_support < 1:
        raise InvalidInput("minimum_support must be at least 1", reason="BAD_MONITOR")
    if monitor.alarms_per_day is not None and not 0 < monitor.alarms_per_day <= MOST_ALARMS:
        raise InvalidInput(
            f"alarms_per_day must be above 0 and at most {MOST_ALARMS}", reason="BAD_MONITOR"
        )
    if monitor.alert_score is not None and not 0 <= monitor.alert_score <= 100:
        raise InvalidInput("alert_score must be from 0 to 100", reason="BAD_MONITOR")


def _with_defaults(monitor: Monitor) -> Monitor:
    return replace(
        monitor,
        name=monitor.name or "monitors/preview",
        state=monitor.state or MonitorState.ON,
        alert_level=monitor.alert_level if monitor.alert_level > Level.NONE else Level.IV,
    )
