"""What happens to an incident, as plain functions of it: the timeline tells each in a sentence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from groundswell_core.errors import Aborted, FailedPrecondition
from groundswell_core.incidents import CloseReason, Incident, IncidentState, TimelineEntry

TIMELINE_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Act:
    """Who does something, and when."""

    actor: str
    time: datetime

    def entry(self, event: str, text: str = "", alert: str = "") -> TimelineEntry:
        """Returns what the timeline says of it."""
        return TimelineEntry(time=self.time, actor=self.actor, event=event, text=text, alert=alert)


def told(incident: Incident, *entries: TimelineEntry) -> Incident:
    """Returns an incident with more on its timeline; how it began is never forgotten."""
    timeline = (*incident.timeline, *entries)
    if len(timeline) > TIMELINE_LENGTH:
        timeline = (timeline[0], *timeline[len(timeline) - TIMELINE_LENGTH + 1 :])
    return replace(incident, timeline=timeline)


def touched(incident: Incident, time: datetime) -> Incident:
    """Returns an incident one version on."""
    return replace(incident, version=incident.version + 1, update_time=time)


def expect(incident: Incident, version: int) -> None:
    """Raises Aborted when the caller saw another version; 0 stands for any."""
    if version not in {0, incident.version}:
        raise Aborted(
            f"{incident.name} is at version {incident.version}, not {version}; read it again",
            reason="VERSION_MISMATCH",
            version=incident.version,
        )


def acknowledged(incident: Incident, act: Act) -> Incident:
    """Returns an incident that somebody took note of; a repeat changes nothing."""
    if incident.state is IncidentState.CLOSED:
        raise FailedPrecondition(
            f"{incident.name} is closed; open it again first", reason="INCIDENT_CLOSED"
        )
    if incident.state is not IncidentState.NEW:
        return incident
    incident = replace(
        incident,
        state=IncidentState.TRIAGED,
        acknowledge_time=incident.acknowledge_time or act.time,
        acknowledged_by=incident.acknowledged_by or act.actor,
    )
    return touched(told(incident, act.entry("acknowledged")), act.time)


def noted(incident: Incident, act: Act, text: str) -> Incident:
    """Returns an incident with a note."""
    return touched(told(incident, act.entry("note", text)), act.time)


def closed(incident: Incident, act: Act, reason: CloseReason, note: str) -> Incident:
    """Returns a closed incident."""
    if incident.state is IncidentState.CLOSED:
        raise FailedPrecondition(f"{incident.name} is closed already", reason="INCIDENT_CLOSED")
    incident = replace(
        incident, state=IncidentState.CLOSED, close_reason=reason, close_time=act.time
    )
    said = f"{reason.name.lower()}: {note}" if note else reason.name.lower()
    return touched(told(incident, act.entry("closed", said)), act.time)


def reopened(incident: Incident, act: Act, note: str, alert: str = "") -> Incident:
    """Returns a closed incident that is new again: somebody has to take note once more."""
    if incident.state is not IncidentState.CLOSED:
        raise FailedPrecondition(f"{incident.name} is not closed", reason="INCIDENT_OPEN")
    incident = replace(
        incident,
        state=IncidentState.NEW,
        close_reason=CloseReason.UNSPECIFIED,
        close_time=None,
        reopen_count=incident.reopen_count + 1,
    )
    return touched(told(incident, act.entry("reopened", note, alert)), act.time)
