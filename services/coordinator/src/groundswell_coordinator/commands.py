"""What people ask for, checked."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from groundswell.incident.v1 import incident_service_pb2 as pb
from groundswell_coordinator.changes import Act, told
from groundswell_coordinator.opening import Case
from groundswell_core.errors import InvalidInput, PermissionDenied
from groundswell_core.grades import Level
from groundswell_core.identity import digest
from groundswell_core.incidents import Incident
from groundswell_core.names import parse_name
from groundswell_core.tokens import Identity

_DISPLAY_NAME_LENGTH = 200
_TEXT_LENGTH = 4000
_REQUEST_ID_LENGTH = 64
_LINKS = 100


def check_text(text: str, field: str, *, required: bool = False) -> str:
    """Returns a text; raises InvalidInput when it is too long, or missing where it must not be."""
    if len(text) > _TEXT_LENGTH or (required and not text.strip()):
        raise InvalidInput(
            f"{field} has {len(text)} characters; write 1 to {_TEXT_LENGTH}", reason="BAD_TEXT"
        )
    return text


def check_request_id(text: str) -> str:
    """Returns a request id; raises InvalidInput when it is too long."""
    if len(text) > _REQUEST_ID_LENGTH:
        raise InvalidInput(
            f"request_id has {len(text)} characters; at most {_REQUEST_ID_LENGTH}",
            reason="BAD_REQUEST_ID",
        )
    return text


def manual(request: pb.CreateIncidentRequest, identity: Identity, now: datetime) -> Case:
    """Returns the incident that a person opens; the same request_id makes the same one."""
    if not 0 < len(request.display_name.strip()) <= _DISPLAY_NAME_LENGTH:
        raise InvalidInput(
            f"display_name says what it is about in 1 to {_DISPLAY_NAME_LENGTH} characters",
            reason="BAD_DISPLAY_NAME",
        )
    # Without an id from the caller no repeat can be told from a second incident.
    key = check_request_id(request.request_id) or secrets.token_hex(16)
    act = Act(identity.subject, now)
    note = check_text(request.note, "note")
    incident = Incident(
        name=f"incidents/{digest('manual', identity.subject, key, length=16)}",
        display_name=request.display_name.strip(),
        department=_department(request.department, identity),
        level=_level(request.level),
        stories=_names(request.stories, "stories"),
        alerts=_names(request.alerts, "alerts"),
        opened_by="manual",
        create_time=now,
        update_time=now,
        exercise=request.exercise,
    )
    entries = [act.entry("opened", "by hand"), *([act.entry("note", note)] if note else [])]
    return Case(incident=told(incident, *entries))


def _department(name: str, identity: Identity) -> str:
    asked = f"departments/{parse_name(name, 'departments')}" if name else ""
    own = f"departments/{identity.department}" if identity.department else ""
    if own and asked not in {"", own}:
        raise PermissionDenied(
            f"{identity.subject} may open incidents for {own} only", reason="OTHER_DEPARTMENT"
        )
    return asked or own


def _level(number: int) -> Level:
    if number not in set(Level):
        raise InvalidInput(f"level {number} is none", reason="BAD_LEVEL")
    return max(Level(number), Level.NONE)


def _names(names: Sequence[str], collection: str) -> tuple[str, ...]:
    if len(names) > _LINKS:
        raise InvalidInput(
            f"{len(names)} {collection} are linked; at most {_LINKS}", reason="TOO_MANY_LINKS"
        )
    return tuple(dict.fromkeys(f"{collection}/{parse_name(one, collection)}" for one in names))
