"""Small gRPC servers with sample data, for the commands over running services."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from analyzer_servers import Backtests
from story_servers import STORY

from groundswell.alert.v1 import alert_pb2, alert_service_pb2, alert_service_pb2_grpc
from groundswell.grade.v1 import grade_pb2
from groundswell.incident.v1 import incident_pb2, incident_service_pb2, incident_service_pb2_grpc
from groundswell.monitor.v1 import monitor_service_pb2, monitor_service_pb2_grpc
from groundswell.source.v1 import source_pb2, source_service_pb2, source_service_pb2_grpc
from groundswell_core.errors import AlreadyExists, InvalidInput, NotFound, OutOfRange

ALERT = "alerts/fedcba9876543210"
INCIDENT = "incidents/aabbccddeeff0011"


def _grade() -> Any:
    part = grade_pb2.Contribution(
        component="burst", points=31.5, reason="12 times the usual", formula="2 × 3 = 6"
    )
    return grade_pb2.Grade(
        level=grade_pb2.LEVEL_II, score=63.2, rule_version="2026-2", contributions=[part]
    )


def sample_alert(**changes: Any) -> Any:
    """Returns an alert of level II."""
    values: dict[str, Any] = {
        "name": ALERT,
        "monitor": "monitors/disasters",
        "monitor_display_name": "自然灾害",
        "story": STORY,
        "headline": "缅甸7.9级地震",
        "grade": _grade(),
        "state": alert_pb2.ALERT_STATE_FIRING,
        "document_count": 12,
    }
    return alert_pb2.Alert(**(values | changes))


@dataclass
class Backend:
    """What the servers hold, and what they were asked."""

    requests: list[Any] = field(default_factory=list)
    sources: dict[str, Any] = field(default_factory=dict)
    monitors: dict[str, Any] = field(default_factory=dict)
    changes: list[Any] = field(default_factory=list)  # of WatchAlerts
    forgotten: int = 0  # changes that can no longer be resumed from
    breaks: list[int] = field(default_factory=list)  # changes that each stream gives, then ends

    def __post_init__(self) -> None:
        self.backtests = Backtests(self)

    def last(self, kind: type[Any]) -> Any:
        """Returns the newest request of a kind."""
        return [request for request in self.requests if isinstance(request, kind)][-1]


def _one(things: dict[str, Any], name: str) -> Any:
    if name not in things:
        raise NotFound(f"there is no {name}")
    return things[name]


class Sources(source_service_pb2_grpc.SourceServiceServicer):
    """Serves sources."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend

    async def ListSources(self, request: Any, context: Any) -> Any:
        names = sorted(self.backend.sources)
        start = names.index(request.page_token) if request.page_token else 0
        page = names[start : start + min(request.page_size, 2)]  # pages of two: lists must walk
        rest = names[start + len(page) :]
        return source_service_pb2.ListSourcesResponse(
            sources=[self.backend.sources[name] for name in page],
            next_page_token=rest[0] if rest else "",
        )

    async def GetSource(self, request: Any, context: Any) -> Any:
        found = _one(self.backend.sources, request.name)
        return source_service_pb2.GetSourceResponse(source=found)

    async def CreateSource(self, request: Any, context: Any) -> Any:
        self.backend.requests.append(request)
        if request.source.name in self.backend.sources:
            raise AlreadyExists(f"{request.source.name} is there already; choose another id")
        self.backend.sources[request.source.name] = request.source
        return source_service_pb2.CreateSourceResponse(source=request.source)

    async def DeleteSource(self, request: Any, context: Any) -> Any:
        _one(self.backend.sources, request.name)
        del self.backend.sources[request.name]
        return source_service_pb2.DeleteSourceResponse()

    async def PauseSource(self, request: Any, context: Any) -> Any:
        found = _one(self.backend.sources, request.name)
        found.state = source_pb2.SOURCE_STATE_PAUSED
        return source_service_pb2.PauseSourceResponse(source=found)

    async def ResumeSource(self, request: Any, context: Any) -> Any:
        found = _one(self.backend.sources, request.name)
        found.state = source_pb2.SOURCE_STATE_ACTIVE
        return source_service_pb2.ResumeSourceResponse(source=found)

    async def CheckSource(self, request: Any, context: Any) -> Any:
        self.backend.requests.append(request)
        broken = "broken" in str(request.source.config)
        return source_service_pb2.CheckSourceResponse(
            document_count=0 if broken else 3,
            error="the page is HTML; use its feed" if broken else "",
        )

    async def ListSourceKinds(self, request: Any, context: Any) -> Any:
        url = source_pb2.SourceKindField(
            field="url", type="text", required=True, description="address"
        )
        kind = source_pb2.SourceKind(kind="feed", summary="RSS and Atom.", plugin="p", fields=[url])
        return source_service_pb2.ListSourceKindsResponse(source_kinds=[kind])

    async def GetCoverage(self, request: Any, context: Any) -> Any:
        silent = source_pb2.SourceCoverage(source="sources/b", display_name="B", reason="no answer")
        coverage = source_pb2.Coverage(expected=2, reported=1, silent_sources=[silent])
        return source_service_pb2.GetCoverageResponse(coverage=coverage)


class Monitors(monitor_service_pb2_grpc.MonitorServiceServicer):
    """Serves monitors; a query with two operators in a row does not parse."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend

    async def ListMonitors(self, request: Any, context: Any) -> Any:
        return monitor_service_pb2.ListMonitorsResponse(monitors=self.backend.monitors.values())

    async def GetMonitor(self, request: Any, context: Any) -> Any:
        found = _one(self.backend.monitors, request.name)
        return monitor_service_pb2.GetMonitorResponse(monitor=found)

    async def ParseQuery(self, request: Any, context: Any) -> Any:
        position = request.query.find("OR AND")
        if position < 0:
            return monitor_service_pb2.ParseQueryResponse(normal_form=f"({request.query})")
        error = monitor_service_pb2.QueryError(
            position=position + 3, length=3, message="two operators in a row; remove one"
        )
        return monitor_service_pb2.ParseQueryResponse(errors=[error])

    async def CreateMonitor(self, request: Any, context: Any) -> Any:
        self.backend.monitors[request.monitor.name] = request.monitor
        return monitor_service_pb2.CreateMonitorResponse(monitor=request.monitor)

    async def DeleteMonitor(self, request: Any, context: Any) -> Any:
        _one(self.backend.monitors, request.name)
        del self.backend.monitors[request.name]
        return monitor_service_pb2.DeleteMonitorResponse()

    async def BacktestMonitor(self, request: Any, context: Any) -> Any:
        return await self.backend.backtests.start(request)

    async def GetBacktest(self, request: Any, context: Any) -> Any:
        return await self.backend.backtests.get(request)

    async def PreviewMonitor(self, request: Any, context: Any) -> Any:
        return monitor_service_pb2.PreviewMonitorResponse(searched_count=100, matched_count=7)

    async def ExplainGrade(self, request: Any, context: Any) -> Any:
        self.backend.requests.append(request)
        return monitor_service_pb2.ExplainGradeResponse(
            grade=_grade(),
            agrees=True,
            moves=["3 more outlets would raise it to I"],
            inputs=[grade_pb2.GradeInput(name="last_hour", meaning="Documents in the last hour.")],
            thresholds=[grade_pb2.LevelThreshold(level=grade_pb2.LEVEL_II, minimum_score=60)],
        )


class Alerts(alert_service_pb2_grpc.AlertServiceServicer):
    """Serves alerts and a log of changes that can be resumed."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend

    async def ListAlerts(self, request: Any, context: Any) -> Any:
        self.backend.requests.append(request)
        return alert_service_pb2.ListAlertsResponse(alerts=[sample_alert()])

    async def GetAlert(self, request: Any, context: Any) -> Any:
        found = _one({ALERT: sample_alert()}, request.name)
        return alert_service_pb2.GetAlertResponse(alert=found)

    async def AcknowledgeAlert(self, request: Any, context: Any) -> Any:
        self.backend.requests.append(request)
        alert = sample_alert(acknowledged_by="operator")
        return alert_service_pb2.AcknowledgeAlertResponse(alert=alert)

    async def ListNotifications(self, request: Any, context: Any) -> Any:
        sent = alert_pb2.Notification(receiver="sink", integration="webhook", reason="first")
        return alert_service_pb2.ListNotificationsResponse(notifications=[sent])

    async def TestRoute(self, request: Any, context: Any) -> Any:
        self.backend.requests.append(request)
        match = alert_service_pb2.RouteMatch(receiver="duty-desk", path='root > level=~"I|II"')
        return alert_service_pb2.TestRouteResponse(matches=[match])

    async def WatchAlerts(self, request: Any, context: Any) -> Any:
        self.backend.requests.append(request)
        if request.filter == "level=~":
            raise InvalidInput('"level=~" is no matcher; write level=~"I|II"')
        start = int(request.resume_token or b"0")
        if 0 < start <= self.backend.forgotten:
            raise OutOfRange("so old a token is not kept")
        most = self.backend.breaks.pop(0) if self.backend.breaks else len(self.backend.changes)
        for number, alert in enumerate(self.backend.changes[start : start + most], start + 1):
            yield alert_service_pb2.WatchAlertsResponse(
                event=alert_service_pb2.AlertEvent(alert=alert),
                resume_token=str(number).encode(),
                revision=number,
            )


class Incidents(incident_service_pb2_grpc.IncidentServiceServicer):
    """Serves one incident and takes every command."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend

    def _incident(self, state: int) -> Any:
        return incident_pb2.Incident(name=INCIDENT, display_name="化工园区爆炸", state=state)

    async def ListIncidents(self, request: Any, context: Any) -> Any:
        self.backend.requests.append(request)
        listed = [self._incident(incident_pb2.INCIDENT_STATE_NEW)]
        return incident_service_pb2.ListIncidentsResponse(incidents=listed)

    async def _answer(self, request: Any, state: int, response: type[Any]) -> Any:
        self.backend.requests.append(request)
        return response(incident=self._incident(state))

    async def GetIncident(self, request: Any, context: Any) -> Any:
        kind = incident_service_pb2.GetIncidentResponse
        return await self._answer(request, incident_pb2.INCIDENT_STATE_NEW, kind)

    async def CreateIncident(self, request: Any, context: Any) -> Any:
        kind = incident_service_pb2.CreateIncidentResponse
        return await self._answer(request, incident_pb2.INCIDENT_STATE_NEW, kind)

    async def AcknowledgeIncident(self, request: Any, context: Any) -> Any:
        kind = incident_service_pb2.AcknowledgeIncidentResponse
        return await self._answer(request, incident_pb2.INCIDENT_STATE_TRIAGED, kind)

    async def AddNote(self, request: Any, context: Any) -> Any:
        kind = incident_service_pb2.AddNoteResponse
        return await self._answer(request, incident_pb2.INCIDENT_STATE_TRIAGED, kind)

    async def CloseIncident(self, request: Any, context: Any) -> Any:
        kind = incident_service_pb2.CloseIncidentResponse
        return await self._answer(request, incident_pb2.INCIDENT_STATE_CLOSED, kind)

    async def ReopenIncident(self, request: Any, context: Any) -> Any:
        kind = incident_service_pb2.ReopenIncidentResponse
        return await self._answer(request, incident_pb2.INCIDENT_STATE_RESPONDING, kind)
