"""The collector's, notifier's and coordinator's services over the world."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

from google.protobuf.struct_pb2 import Struct

from console_stand_in.analyzer import cut, found
from console_stand_in.world import World
from groundswell.alert.v1 import alert_service_pb2 as alert_pb2
from groundswell.alert.v1 import alert_service_pb2_grpc as alert_grpc
from groundswell.department.v1 import department_service_pb2 as department_pb2
from groundswell.department.v1 import department_service_pb2_grpc as department_grpc
from groundswell.incident.v1 import incident_service_pb2 as incident_pb2
from groundswell.incident.v1 import incident_service_pb2_grpc as incident_grpc
from groundswell.source.v1 import source_pb2
from groundswell.source.v1 import source_service_pb2 as service_pb2
from groundswell.source.v1 import source_service_pb2_grpc as source_grpc
from groundswell_core.alerts import ALERTS, NOTIFICATIONS, Alert
from groundswell_core.departments import DEPARTMENTS
from groundswell_core.documents import DOCUMENTS
from groundswell_core.errors import Aborted, AlreadyExists, InvalidInput, OutOfRange
from groundswell_core.incidents import (
    INCIDENTS,
    CloseReason,
    Incident,
    IncidentState,
    TimelineEntry,
)
from groundswell_core.rpc import caller
from groundswell_core.source_records import COVERAGE, SOURCES, SourceHealth, SourceState


def _field(name, kind, description, *, default=None):
    return source_pb2.SourceKindField(
        field=name,
        type=kind,
        description=description,
        required=default is None,
        default_value=default or "",
    )


KINDS = (
    source_pb2.SourceKind(
        kind="feed",
        summary="RSS, Atom, RDF and JSON feeds over HTTP.",
        plugin="groundswell-source-feed",
        version="0.1.0",
        fields=[
            _field("url", "str", "address of the feed; http or https"),
            _field("timezone", "str", "time zone of dates that name none, such as Asia/Shanghai", default="UTC"),
            _field("batch", "int", "documents yielded at once", default="100"),
        ],
    ),
    source_pb2.SourceKind(
        kind="hotlist",
        summary="Ranked boards served as JSON over HTTP; rank and heat become signals.",
        plugin="groundswell-source-hotlist",
        version="0.1.0",
        fields=[
            _field("url", "str", "address of the board; http or https"),
            _field("fields", "HotlistFields", "where each value stands in an item", default="title='title'"),
        ],
    ),
)  # fmt: skip


class Sources(source_grpc.SourceServiceServicer):
    def __init__(self, world: World) -> None:
        self.world = world

    async def GetSource(self, request, context):
        source = found(self.world.sources, request.name)
        return service_pb2.GetSourceResponse(source=SOURCES.to_proto(source))

    async def ListSources(self, request, context):
        page, token = cut(list(self.world.sources.values()), request)
        return service_pb2.ListSourcesResponse(
            sources=map(SOURCES.to_proto, page), next_page_token=token
        )

    async def ListSourceKinds(self, request, context):
        return service_pb2.ListSourceKindsResponse(source_kinds=KINDS)

    async def CreateSource(self, request, context):
        source = SOURCES.from_proto(request.source)
        if source.name in self.world.sources:
            raise AlreadyExists(f"{source.name} exists already; choose another id")
        self.world.sources[source.name] = replace(source, health=SourceHealth())
        return service_pb2.CreateSourceResponse(source=request.source)

    async def UpdateSource(self, request, context):
        before = found(self.world.sources, request.source.name)
        source = replace(SOURCES.from_proto(request.source), health=before.health)
        self.world.sources[source.name] = source
        return service_pb2.UpdateSourceResponse(source=request.source)

    async def DeleteSource(self, request, context):
        found(self.world.sources, request.name)
        del self.world.sources[request.name]
        return service_pb2.DeleteSourceResponse()

    def _switch(self, name, state):
        source = replace(found(self.world.sources, name), state=state)
        self.world.sources[name] = source
        return SOURCES.to_proto(source)

    async def PauseSource(self, request, context):
        switched = self._switch(request.name, SourceState.PAUSED)
        return service_pb2.PauseSourceResponse(source=switched)

    async def ResumeSource(self, request, context):
        switched = self._switch(request.name, SourceState.ACTIVE)
        return service_pb2.ResumeSourceResponse(source=switched)

    async def CheckSource(self, request, context):
        config: Struct = request.source.config
        if "broken" in config["url"]:
            return service_pb2.CheckSourceResponse(
                error="the answer is HTML, not a feed; open the address in a browser"
            )
        documents = [DOCUMENTS.to_proto(one.document) for one in self.world.analyses[:3]]
        return service_pb2.CheckSourceResponse(documents=documents, document_count=17)

    async def GetCoverage(self, request, context):
        return service_pb2.GetCoverageResponse(coverage=COVERAGE.to_proto(self.world.coverage))


class Alerts(alert_grpc.AlertServiceServicer):
    def __init__(self, world: World) -> None:
        self.world = world
        self.log: list[Alert] = []
        self.changed = asyncio.Condition()
        self.lost_history = 0
        self.stopping = asyncio.Event()

    async def publish(self, alert: Alert) -> None:
        self.world.alerts[alert.name] = alert
        self.log.append(alert)
        async with self.changed:
            self.changed.notify_all()

    async def GetAlert(self, request, context):
        alert = found(self.world.alerts, request.name)
        return alert_pb2.GetAlertResponse(alert=ALERTS.to_proto(alert))

    async def ListAlerts(self, request, context):
        alerts = [
            alert
            for alert in self.world.alerts.values()
            if (not request.state or alert.state == request.state)
            and (not request.minimum_level or alert.grade.level >= request.minimum_level)
            and request.monitor in ("", alert.monitor)
            and request.story in ("", alert.story)
        ]
        alerts.sort(key=lambda alert: (alert.state, -alert.grade.level))
        page, token = cut(alerts, request)
        return alert_pb2.ListAlertsResponse(
            alerts=map(ALERTS.to_proto, page), next_page_token=token
        )

    async def WatchAlerts(self, request, context):
        kind = alert_pb2.WatchAlertsResponse
        position = int(request.resume_token or b"0")
        if request.resume_token and position < self.lost_history:
            raise OutOfRange("the token is too old", reason="RESUME_TOKEN_EXPIRED")
        if not request.resume_token:
            position = len(self.log)
            for alert in self.world.alerts.values():
                yield kind(event=alert_pb2.AlertEvent(alert=ALERTS.to_proto(alert)))
            token = str(position).encode()
            yield kind(
                snapshot_end=alert_pb2.SnapshotEnd(), resume_token=token, revision=position + 1
            )
        while not self.stopping.is_set():
            while position < len(self.log):
                alert, position = self.log[position], position + 1
                event = alert_pb2.AlertEvent(alert=ALERTS.to_proto(alert))
                yield kind(event=event, resume_token=str(position).encode(), revision=position + 1)
            yield kind(
                bookmark=alert_pb2.Bookmark(),
                resume_token=str(position).encode(),
                revision=position + 1,
            )
            await self._next()

    async def _next(self) -> None:
        try:
            async with asyncio.timeout(1), self.changed:
                await self.changed.wait()
        except TimeoutError:
            return

    async def AcknowledgeAlert(self, request, context):
        alert = found(self.world.alerts, request.name)
        if alert.acknowledge_time is None:
            alert = replace(
                alert, acknowledge_time=datetime.now(UTC), acknowledged_by=caller().subject
            )
            await self.publish(alert)
        return alert_pb2.AcknowledgeAlertResponse(alert=ALERTS.to_proto(alert))

    async def ListNotifications(self, request, context):
        sent = [one for one in self.world.notifications if request.alert in one.alerts]
        return alert_pb2.ListNotificationsResponse(notifications=map(NOTIFICATIONS.to_proto, sent))


class Incidents(incident_grpc.IncidentServiceServicer):
    def __init__(self, world: World) -> None:
        self.world = world
        self.requests: dict[str, str] = {}

    async def GetIncident(self, request, context):
        incident = found(self.world.incidents, request.name)
        return incident_pb2.GetIncidentResponse(incident=INCIDENTS.to_proto(incident))

    async def ListIncidents(self, request, context):
        incidents = [
            incident
            for incident in self.world.incidents.values()
            if (not request.state or incident.state == request.state)
            and request.department in ("", incident.department)
        ]
        page, token = cut(incidents, request)
        return incident_pb2.ListIncidentsResponse(
            incidents=map(INCIDENTS.to_proto, page), next_page_token=token
        )

    def _entry(self, event, text=""):
        return TimelineEntry(time=datetime.now(UTC), actor=caller().subject, event=event, text=text)

    def _change(self, name, entry, version=0, **changes):
        incident = found(self.world.incidents, name)
        if version and version != incident.version:
            raise Aborted("somebody else changed it", reason="VERSION")
        incident = replace(
            incident,
            timeline=(*incident.timeline, entry),
            version=incident.version + 1,
            **changes,
        )
        self.world.incidents[name] = incident
        return INCIDENTS.to_proto(incident)

    async def CreateIncident(self, request, context):
        name = self.requests.setdefault(request.request_id, f"incidents/i{len(self.requests)}")
        if name not in self.world.incidents:
            self.world.incidents[name] = Incident(
                name=name,
                display_name=request.display_name,
                department=request.department,
                level=request.level,
                stories=tuple(request.stories),
                alerts=tuple(request.alerts),
                opened_by="manual",
                timeline=(self._entry("opened", request.note),),
                create_time=datetime.now(UTC),
            )
        incident = INCIDENTS.to_proto(self.world.incidents[name])
        return incident_pb2.CreateIncidentResponse(incident=incident)

    async def AcknowledgeIncident(self, request, context):
        now = datetime.now(UTC)
        changed = self._change(
            request.name,
            self._entry("acknowledged"),
            request.version,
            state=IncidentState.TRIAGED,
            acknowledge_time=now,
            acknowledged_by=caller().subject,
        )
        return incident_pb2.AcknowledgeIncidentResponse(incident=changed)

    async def AddNote(self, request, context):
        changed = self._change(request.name, self._entry("note", request.text))
        return incident_pb2.AddNoteResponse(incident=changed)

    async def CloseIncident(self, request, context):
        if not request.reason:
            raise InvalidInput("a reason is missing")
        changed = self._change(
            request.name,
            self._entry("closed", request.note),
            request.version,
            state=IncidentState.CLOSED,
            close_reason=CloseReason(request.reason),
        )
        return incident_pb2.CloseIncidentResponse(incident=changed)

    async def ReopenIncident(self, request, context):
        changed = self._change(
            request.name,
            self._entry("reopened", request.note),
            request.version,
            state=IncidentState.RESPONDING,
            close_reason=CloseReason.UNSPECIFIED,
        )
        return incident_pb2.ReopenIncidentResponse(incident=changed)


class Departments(department_grpc.DepartmentServiceServicer):
    def __init__(self, world: World) -> None:
        self.world = world

    async def ListDepartments(self, request, context):
        departments = map(DEPARTMENTS.to_proto, self.world.departments.values())
        return department_pb2.ListDepartmentsResponse(departments=departments)
