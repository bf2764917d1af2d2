"""Incidents and departments, asked of the coordinator."""

from __future__ import annotations

from typing import Any

from groundswell.department.v1 import department_service_pb2 as department_pb2
from groundswell.department.v1 import department_service_pb2_grpc as department_grpc
from groundswell.incident.v1 import incident_service_pb2 as pb2
from groundswell.incident.v1 import incident_service_pb2_grpc as pb2_grpc
from groundswell_console.clients.peer import Page, Peer
from groundswell_core.departments import DEPARTMENTS, Department
from groundswell_core.incidents import INCIDENTS, CloseReason, Incident, IncidentState


class Incidents:
    """Reads and answers incidents."""

    def __init__(self, peer: Peer) -> None:
        """Takes the coordinator."""
        self._peer = peer
        self._stub: Any = pb2_grpc.IncidentServiceStub(peer.channel)

    async def get(self, name: str) -> Incident:
        """Returns an incident with its timeline."""
        request = pb2.GetIncidentRequest(name=name)
        return INCIDENTS.from_proto(
            (await self._peer.ask(self._stub.GetIncident, request)).incident
        )

    async def list(
        self,
        *,
        state: IncidentState = IncidentState.UNSPECIFIED,
        department: str = "",
        size: int = 50,
        token: str = "",
    ) -> Page[Incident]:
        """Returns a page of incidents: open first, then the highest level, then the newest."""
        request = pb2.ListIncidentsRequest(
            state=int(state),  # type: ignore[arg-type]
            department=department,
            page_size=size,
            page_token=token,
        )
        answer = await self._peer.ask(self._stub.ListIncidents, request)
        return Page(tuple(map(INCIDENTS.from_proto, answer.incidents)), answer.next_page_token)

    async def create(self, draft: Incident, *, note: str, request_id: str) -> Incident:
        """Opens an incident; a repeat of request_id answers the first."""
        request = pb2.CreateIncidentRequest(
            display_name=draft.display_name,
            department=draft.department,
            level=int(draft.level),  # type: ignore[arg-type]
            stories=draft.stories,
            alerts=draft.alerts,
            note=note,
            request_id=request_id,
        )
        return await self._answer(self._stub.CreateIncident, request)

    async def acknowledge(self, name: str, version: int) -> Incident:
        """Takes note of an incident."""
        request = pb2.AcknowledgeIncidentRequest(name=name, version=version)
        return await self._answer(self._stub.AcknowledgeIncident, request)

    async def add_note(self, name: str, text: str, request_id: str) -> Incident:
        """Adds a note; a repeat of request_id adds none."""
        request = pb2.AddNoteRequest(name=name, text=text, request_id=request_id)
        return await self._answer(self._stub.AddNote, request)

    async def close(self, name: str, reason: CloseReason, note: str, version: int) -> Incident:
        """Closes an incident."""
        request = pb2.CloseIncidentRequest(
            name=name,
            reason=int(reason),  # type: ignore[arg-type]
            note=note,
            version=version,
        )
        return await self._answer(self._stub.CloseIncident, request)

    async def reopen(self, name: str, note: str, version: int) -> Incident:
        """Opens a closed incident again."""
        request = pb2.ReopenIncidentRequest(name=name, note=note, version=version)
        return await self._answer(self._stub.ReopenIncident, request)

    async def _answer(self, call: Any, request: Any) -> Incident:
        return INCIDENTS.from_proto((await self._peer.ask(call, request)).incident)


class Departments:
    """Reads departments."""

    def __init__(self, peer: Peer) -> None:
        """Takes the coordinator."""
        self._peer = peer
        self._stub: Any = department_grpc.DepartmentServiceStub(peer.channel)
        self._names: dict[str, str] = {}

    async def list(self) -> tuple[Department, ...]:
        """Returns the departments by name, at most 500."""
        request = department_pb2.ListDepartmentsRequest(page_size=500)
        answer = await self._peer.ask(self._stub.ListDepartments, request)
        found = tuple(map(DEPARTMENTS.from_proto, answer.departments))
        self._names = {one.name: one.display_name for one in found}
        return found

    def shown(self, name: str) -> str:
        """Returns a department's name for people, as of the last list; else its id."""
        return self._names.get(name) or name.rpartition("/")[2]
