"""The gRPC surface of incidents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from groundswell.incident.v1 import incident_service_pb2 as pb
from groundswell.incident.v1 import incident_service_pb2_grpc
from groundswell_coordinator import changes
from groundswell_coordinator.changes import Act
from groundswell_coordinator.commands import check_request_id, check_text, manual
from groundswell_coordinator.departments import DepartmentStore
from groundswell_coordinator.ledger import Ledger
from groundswell_coordinator.metrics import COMMANDS, OPENED
from groundswell_coordinator.opening import Case
from groundswell_coordinator.publish import Outbox
from groundswell_core.clock import Clock, milliseconds
from groundswell_core.errors import InvalidInput, NotFound
from groundswell_core.incidents import INCIDENTS, CloseReason, Incident, IncidentState
from groundswell_core.names import parse_name
from groundswell_core.pages import decode_token, encode_token, page_size
from groundswell_core.rpc import caller


class IncidentService(incident_service_pb2_grpc.IncidentServiceServicer):
    """Answers about incidents and carries out commands."""

    def __init__(
        self, *, ledger: Ledger, departments: DepartmentStore, outbox: Outbox, clock: Clock
    ) -> None:
        """Takes the stores."""
        self._ledger = ledger
        self._departments = departments
        self._outbox = outbox
        self._clock = clock

    async def GetIncident(  # noqa: N802 - gRPC's name
        self, request: pb.GetIncidentRequest, context: Any
    ) -> pb.GetIncidentResponse:
        """Answers one incident with its timeline."""
        case = _visible(await self._ledger.get(parse_name(request.name, "incidents")))
        return pb.GetIncidentResponse(incident=INCIDENTS.to_proto(case.incident))

    async def ListIncidents(  # noqa: N802 - gRPC's name
        self, request: pb.ListIncidentsRequest, context: Any
    ) -> pb.ListIncidentsResponse:
        """Lists incidents, open first, then highest level, then newest."""
        size, where = page_size(request.page_size), _filter(request)
        skip = decode_token(str(where), request.page_token)
        found = await self._ledger.find(where, limit=size + 1, skip=skip)
        return pb.ListIncidentsResponse(
            incidents=[INCIDENTS.to_proto(one) for one in found[:size]],
            next_page_token=encode_token(str(where), skip + size) if len(found) > size else "",
        )

    async def CreateIncident(  # noqa: N802 - gRPC's name
        self, request: pb.CreateIncidentRequest, context: Any
    ) -> pb.CreateIncidentResponse:
        """Opens an incident by hand; a repeat of request_id answers the first."""
        case = manual(request, caller(), milliseconds(self._clock.now()))
        if department := case.incident.department:
            await self._departments.get(department)
        if await self._ledger.insert(case):
            OPENED.labels("hand").inc()
            self._outbox.wake()
        else:
            case = await self._ledger.get(case.incident.name.removeprefix("incidents/"))
        return pb.CreateIncidentResponse(incident=INCIDENTS.to_proto(case.incident))

    async def AcknowledgeIncident(  # noqa: N802 - gRPC's name
        self, request: pb.AcknowledgeIncidentRequest, context: Any
    ) -> pb.AcknowledgeIncidentResponse:
        """Takes note of an incident; a repeat changes nothing."""
        incident = await self._change(
            request.name,
            "acknowledge",
            lambda incident, act: changes.acknowledged(incident, act),
            version=request.version,
        )
        return pb.AcknowledgeIncidentResponse(incident=INCIDENTS.to_proto(incident))

    async def AddNote(self, request: pb.AddNoteRequest, context: Any) -> pb.AddNoteResponse:  # noqa: N802 - gRPC's name
        """Adds a note to the timeline."""
        text = check_text(request.text, "text", required=True)
        incident = await self._change(
            request.name,
            "note",
            lambda incident, act: changes.noted(incident, act, text),
            request_id=request.request_id,
        )
        return pb.AddNoteResponse(incident=INCIDENTS.to_proto(incident))

    async def CloseIncident(  # noqa: N802 - gRPC's name
        self, request: pb.CloseIncidentRequest, context: Any
    ) -> pb.CloseIncidentResponse:
        """Closes an incident with a reason."""
        reason, note = _reason(request.reason), check_text(request.note, "note")
        incident = await self._change(
            request.name,
            "close",
            lambda incident, act: changes.closed(incident, act, reason, note),
            version=request.version,
        )
        return pb.CloseIncidentResponse(incident=INCIDENTS.to_proto(incident))

    async def ReopenIncident(  # noqa: N802 - gRPC's name
        self, request: pb.ReopenIncidentRequest, context: Any
    ) -> pb.ReopenIncidentResponse:
        """Opens a closed incident again."""
        note = check_text(request.note, "note")
        incident = await self._change(
            request.name,
            "reopen",
            lambda incident, act: changes.reopened(incident, act, note),
            version=request.version,
        )
        return pb.ReopenIncidentResponse(incident=INCIDENTS.to_proto(incident))

    async def _change(
        self,
        name: str,
        command: str,
        apply: Callable[[Incident, Act], Incident],
        *,
        version: int = 0,
        request_id: str = "",
    ) -> Incident:
        identifier = parse_name(name, "incidents")
        act = Act(caller().subject, milliseconds(self._clock.now()))
        key = check_request_id(request_id) and f"{act.actor}:{request_id}"

        def applied(case: Case) -> Case:
            _visible(case)
            changes.expect(case.incident, version)
            if key and key in case.requests:
                return case
            requests = (*case.requests, key) if key else case.requests
            return replace(case, incident=apply(case.incident, act), requests=requests)

        case = await self._ledger.change(identifier, applied)
        COMMANDS.labels(command).inc()
        self._outbox.wake()
        return case.incident


def _visible(case: Case) -> Case:
    """Returns an incident; another department's is not there."""
    department = caller().department
    if department and case.incident.department != f"departments/{department}":
        name = case.incident.name
        raise NotFound(f"there is no incident {name}", name=name)
    return case


def _filter(request: pb.ListIncidentsRequest) -> dict[str, Any]:
    where: dict[str, Any] = {}
    if request.department:
        where["department"] = f"departments/{parse_name(request.department, 'departments')}"
    if department := caller().department:
        own = f"departments/{department}"
        asked = where.get("department", own)
        where["department"] = own if asked == own else {"$in": []}
    where["exercise"] = {"$in": [False, True]} if request.include_exercises else False
    if request.state:
        try:
            where["state"] = IncidentState(request.state).name
        except ValueError:
            raise InvalidInput(f"state {request.state} is none", reason="BAD_STATE") from None
    return where


def _reason(number: int) -> CloseReason:
    if number not in set(CloseReason) or number == CloseReason.UNSPECIFIED:
        raise InvalidInput(
            "reason says why it is closed: resolved, false_alarm, duplicate or handed_over",
            reason="BAD_REASON",
        )
    return CloseReason(number)
