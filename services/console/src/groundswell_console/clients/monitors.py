"""Monitors, queries and grades, asked of the analyzer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from groundswell.monitor.v1 import monitor_service_pb2 as pb2
from groundswell.monitor.v1 import monitor_service_pb2_grpc as pb2_grpc
from groundswell_console.clients.peer import Peer
from groundswell_core.analyses import ANALYSES, Analysis
from groundswell_core.grades import Level
from groundswell_core.monitors import MONITORS, Monitor

_PAGE = 500


@dataclass(frozen=True, slots=True)
class QueryError:
    """An error in a query; position and length in code points."""

    position: int
    length: int
    message: str


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A query's errors, or how it was understood."""

    errors: tuple[QueryError, ...]
    normal_form: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a monitor would have matched in the last day."""

    searched_count: int
    matched_count: int
    analyses: tuple[Analysis, ...]


@dataclass(frozen=True, slots=True)
class GradeInput:
    """A measured value that a grade was computed from; an empty one was not known."""

    name: str
    value: str
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """What a grade was computed from, where levels begin, and what would move it."""

    moves: tuple[str, ...] = ()
    inputs: tuple[GradeInput, ...] = ()
    thresholds: tuple[tuple[Level, float], ...] = ()
    agrees: bool = True


class Monitors:
    """Reads and changes monitors."""

    def __init__(self, peer: Peer) -> None:
        """Takes the analyzer."""
        self._peer = peer
        self._stub: Any = pb2_grpc.MonitorServiceStub(peer.channel)

    async def get(self, name: str) -> Monitor:
        """Returns a monitor."""
        request = pb2.GetMonitorRequest(name=name)
        return MONITORS.from_proto((await self._peer.ask(self._stub.GetMonitor, request)).monitor)

    async def list(self) -> list[Monitor]:
        """Returns all monitors by name."""
        found: list[Monitor] = []
        token = ""
        while True:
            request = pb2.ListMonitorsRequest(page_size=_PAGE, page_token=token)
            answer = await self._peer.ask(self._stub.ListMonitors, request)
            found += map(MONITORS.from_proto, answer.monitors)
            token = answer.next_page_token
            if not token:
                return found

    async def create(self, monitor: Monitor) -> Monitor:
        """Makes a monitor."""
        request = pb2.CreateMonitorRequest(monitor=MONITORS.to_proto(monitor))
        answer = await self._peer.ask(self._stub.CreateMonitor, request)
        return MONITORS.from_proto(answer.monitor)

    async def update(self, monitor: Monitor) -> Monitor:
        """Replaces a monitor."""
        request = pb2.UpdateMonitorRequest(monitor=MONITORS.to_proto(monitor))
        answer = await self._peer.ask(self._stub.UpdateMonitor, request)
        return MONITORS.from_proto(answer.monitor)

    async def delete(self, name: str) -> None:
        """Deletes a monitor."""
        await self._peer.ask(self._stub.DeleteMonitor, pb2.DeleteMonitorRequest(name=name))

    async def parse(self, query: str) -> ParsedQuery:
        """Returns a query's errors with their places."""
        answer = await self._peer.ask(self._stub.ParseQuery, pb2.ParseQueryRequest(query=query))
        errors = (QueryError(e.position, max(e.length, 1), e.message) for e in answer.errors)
        return ParsedQuery(tuple(errors), answer.normal_form)

    async def preview(self, monitor: Monitor) -> Preview:
        """Returns what a monitor would have matched in the last day."""
        request = pb2.PreviewMonitorRequest(monitor=MONITORS.to_proto(monitor))
        answer = await self._peer.ask(self._stub.PreviewMonitor, request)
        analyses = tuple(map(ANALYSES.from_proto, answer.analyses))
        return Preview(answer.searched_count, answer.matched_count, analyses)

    async def explain(self, story: str, monitor: str) -> Explained:
        """Returns what a grade was computed from and what would move it."""
        request = pb2.ExplainGradeRequest(story=story, monitor=monitor)
        answer = await self._peer.ask(self._stub.ExplainGrade, request)
        return Explained(
            moves=tuple(answer.moves),
            inputs=tuple(GradeInput(one.name, one.value, one.meaning) for one in answer.inputs),
            thresholds=tuple((Level(one.level), one.minimum_score) for one in answer.thresholds),
            agrees=answer.agrees,
        )
