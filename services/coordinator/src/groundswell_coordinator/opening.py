"""From alerts to incidents: opened by rule, joined by story, opened again by a second wave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from groundswell_coordinator.changes import Act, reopened, told, touched
from groundswell_coordinator.rules import Rule
from groundswell_core.alerts import Alert, AlertState
from groundswell_core.grades import COLOURS, Level
from groundswell_core.identity import digest
from groundswell_core.incidents import Incident, IncidentState, TimelineEntry


@dataclass(frozen=True, slots=True)
class Seen:
    """What an incident knows of one of its alerts."""

    version: int
    level: Level
    is_firing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An incident with what it knows of its alerts and commands."""

    incident: Incident
    seen: Mapping[str, Seen] = field(default_factory=dict)
    requests: tuple[str, ...] = ()  # the last commands that carried an id


def level_of(alert: Alert) -> Level:
    """Returns an alert's level; one that ended keeps the level it had."""
    level = alert.grade.level if alert.grade else Level.NONE
    said = alert.labels.get("level", "")
    return level if level > Level.NONE else Level.__members__.get(said, Level.NONE)


def incident_id(story: str, *, exercise: bool) -> str:
    """Returns the id of the incident that alerts of a story open."""
    return digest("story", story, "exercise" if exercise else "real", length=16)


def opened(alert: Alert, rule: Rule, department: str, act: Act) -> Case:
    """Returns the incident that an alert opens."""
    incident = Incident(
        name=f"incidents/{incident_id(alert.story, exercise=alert.exercise)}",
        display_name=alert.headline or alert.story,
        department=department,
        category=alert.labels.get("category", ""),
        stories=(alert.story,) if alert.story else (),
        opened_by=f"rule {rule.name}",
        create_time=act.time,
        update_time=act.time,
        exercise=alert.exercise,
    )
    incident = told(incident, act.entry("opened", f"rule {rule.name}", alert.name))
    return _with(Case(incident=incident), alert, act.entry("alert_raised", _say(alert), alert.name))


def joined(case: Case, alert: Alert, rule: Rule | None, act: Act) -> Case | None:
    """Returns an incident after an alert of its story; None when that says nothing new."""
    before = case.seen.get(alert.name)
    if before is not None and alert.version <= before.version:
        return None
    now = _seen(alert)
    event = _event(before, now)
    if event is None:
        return None
    if _is_second_wave(case, before, now, rule):
        text = f"second wave: {_say(alert)}"
        case = replace(case, incident=reopened(case.incident, act, text, alert.name))
    else:
        case = replace(case, incident=touched(case.incident, act.time))
    return _with(case, alert, act.entry(event, _say(alert), alert.name))


def _event(before: Seen | None, now: Seen) -> str | None:
    if now.is_firing:
        if before is None or not before.is_firing:
            return "alert_raised"
        return "alert_regraded" if before.level != now.level else None
    return "alert_resolved" if before is not None and before.is_firing else None


def _is_second_wave(case: Case, before: Seen | None, now: Seen, rule: Rule | None) -> bool:
    """Tells whether a closed incident must be looked at again.

    An alert that fires again does; so does one that now matches a rule and outranks all that the
    incident knew when it was closed. One that merely goes on firing does not.
    """
    if case.incident.state is not IncidentState.CLOSED or not now.is_firing:
        return False
    if before is not None and not before.is_firing:
        return True
    known = max((seen.level for seen in case.seen.values()), default=Level.NONE)
    return rule is not None and (before is None or now.level > known)


def _with(case: Case, alert: Alert, entry: TimelineEntry) -> Case:
    seen = {**case.seen, alert.name: _seen(alert)}
    alive = [one.level for one in seen.values() if one.is_firing]
    incident = told(case.incident, entry)
    return replace(
        case,
        seen=seen,
        incident=replace(
            incident,
            alerts=tuple(dict.fromkeys((*incident.alerts, alert.name))),
            # When all have ended the incident keeps the level that it had.
            level=max(alive, default=max(incident.level, Level.NONE)),
            category=incident.category or alert.labels.get("category", ""),
        ),
    )


def _seen(alert: Alert) -> Seen:
    return Seen(alert.version, level_of(alert), alert.state is AlertState.FIRING)


def _say(alert: Alert) -> str:
    level = level_of(alert)
    graded = f"level {level.name} ({COLOURS[level]})" if level in COLOURS else "no level"
    ended = "ended, " if alert.state is AlertState.RESOLVED else ""
    return f"{alert.monitor_display_name or alert.monitor}: {ended}{graded}, {alert.headline}"
