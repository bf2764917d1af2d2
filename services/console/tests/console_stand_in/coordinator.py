"""The coordinator's services over the world."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from console_stand_in.analyzer import cut, found
from console_stand_in.world import World
from groundswell.department.v1 import department_service_pb2 as department_pb2
from groundswell.department.v1 import department_service_pb2_grpc as department_grpc
from groundswell.incident.v1 import incident_service_pb2 as incident_pb2
from groundswell.incident.v1 import incident_service_pb2_grpc as incident_grpc
from groundswell_core.departments import DEPARTMENTS
from groundswell_core.errors import Aborted, InvalidInput
from groundswell_core.incidents import (
    INCIDENTS,
    CloseReason,
    Incident,
    IncidentState,
    TimelineEntry,
)
from groundswell_core.rpc import caller


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
