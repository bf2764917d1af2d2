"""What departments respond to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from groundswell.incident.v1 import incident_pb2
from groundswell_core.codec import codec
from groundswell_core.grades import Level


class IncidentState(IntEnum):
    """Where an incident is in its life."""

    UNSPECIFIED = 0
    NEW = 1
    TRIAGED = 2
    RESPONDING = 3
    WATCHING = 4
    CLOSED = 5


class CloseReason(IntEnum):
    """Why an incident was closed."""

    UNSPECIFIED = 0
    RESOLVED = 1
    FALSE_ALARM = 2
    DUPLICATE = 3
    HANDED_OVER = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """One thing that happened to an incident."""

    time: datetime
    actor: str = ""
    event: str = ""
    text: str = ""
    alert: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """What departments respond to (处置事件); fields as in incident.proto."""

    name: str
    display_name: str = ""
    department: str = ""
    level: Level = Level.NONE
    category: str = ""
    stories: tuple[str, ...] = ()
    alerts: tuple[str, ...] = ()
    state: IncidentState = IncidentState.NEW
    close_reason: CloseReason = CloseReason.UNSPECIFIED
    opened_by: str = ""
    timeline: tuple[TimelineEntry, ...] = ()
    reopen_count: int = 0
    version: int = 1
    create_time: datetime | None = None
    acknowledge_time: datetime | None = None
    acknowledged_by: str = ""
    close_time: datetime | None = None
    update_time: datetime | None = None
    exercise: bool = False


TIMELINE_ENTRIES = codec(TimelineEntry, incident_pb2.TimelineEntry)
INCIDENTS = codec(Incident, incident_pb2.Incident)
