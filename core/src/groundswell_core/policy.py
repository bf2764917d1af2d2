"""The one table of who may call what. An RPC that is missing here fails the build and is refused.

A role may call what the roles before it may. `service` may call what is marked for it as well.
"""

from __future__ import annotations

from dataclasses import dataclass

from groundswell_core.errors import PermissionDenied
from groundswell_core.tokens import Identity, Role


@dataclass(frozen=True, slots=True)
class Rule:
    """The lowest role that may call, and whether services may too."""

    role: Role
    service: bool = False


_READ = Rule(Role.VIEWER, service=True)
_SOURCE = "/groundswell.source.v1.SourceService/"
_DOCUMENT = "/groundswell.analysis.v1.DocumentService/"
_STORY = "/groundswell.story.v1.StoryService/"
_MONITOR = "/groundswell.monitor.v1.MonitorService/"
_MODEL = "/groundswell.model.v1.ModelService/"
_ALERT = "/groundswell.alert.v1.AlertService/"
_INCIDENT = "/groundswell.incident.v1.IncidentService/"
_DEPARTMENT = "/groundswell.department.v1.DepartmentService/"

POLICY: dict[str, Rule] = {
    _SOURCE + "GetSource": _READ,
    _SOURCE + "ListSources": _READ,
    _SOURCE + "ListSourceKinds": _READ,
    _SOURCE + "GetCoverage": _READ,
    _SOURCE + "CheckSource": Rule(Role.ANALYST),
    _SOURCE + "CreateSource": Rule(Role.LEAD),
    _SOURCE + "UpdateSource": Rule(Role.LEAD),
    _SOURCE + "DeleteSource": Rule(Role.LEAD),
    _SOURCE + "PauseSource": Rule(Role.DUTY_OFFICER),
    _SOURCE + "ResumeSource": Rule(Role.DUTY_OFFICER),
    _DOCUMENT + "GetDocument": _READ,
    _DOCUMENT + "SearchDocuments": _READ,
    _STORY + "GetStory": _READ,
    _STORY + "ListStories": _READ,
    _STORY + "SearchStories": _READ,
    _STORY + "DescribeStory": _READ,
    _STORY + "MergeStories": Rule(Role.ANALYST),
    _STORY + "SplitStory": Rule(Role.ANALYST),
    _STORY + "GetStorySeries": _READ,
    _STORY + "GetStoryTimeline": _READ,
    _STORY + "WatchStories": _READ,
    _MONITOR + "GetMonitor": _READ,
    _MONITOR + "ListMonitors": _READ,
    _MONITOR + "ParseQuery": _READ,
    _MONITOR + "PreviewMonitor": _READ,
    _MONITOR + "ExplainGrade": _READ,
    _MONITOR + "BacktestMonitor": Rule(Role.ANALYST),
    _MONITOR + "GetBacktest": _READ,
    _MONITOR + "ListBacktests": _READ,
    _MONITOR + "CreateMonitor": Rule(Role.ANALYST),
    _MONITOR + "UpdateMonitor": Rule(Role.ANALYST),
    _MONITOR + "DeleteMonitor": Rule(Role.ANALYST),
    _MODEL + "ListModels": _READ,
    _MODEL + "CompareModels": _READ,
    _ALERT + "GetAlert": _READ,
    _ALERT + "ListAlerts": _READ,
    _ALERT + "WatchAlerts": _READ,
    _ALERT + "ListNotifications": _READ,
    _ALERT + "TestRoute": _READ,
    _ALERT + "AcknowledgeAlert": Rule(Role.DUTY_OFFICER),
    _INCIDENT + "GetIncident": _READ,
    _INCIDENT + "ListIncidents": _READ,
    _INCIDENT + "CreateIncident": Rule(Role.DUTY_OFFICER),
    _INCIDENT + "AcknowledgeIncident": Rule(Role.DUTY_OFFICER),
    _INCIDENT + "AddNote": Rule(Role.DUTY_OFFICER),
    _INCIDENT + "CloseIncident": Rule(Role.DUTY_OFFICER),
    _INCIDENT + "ReopenIncident": Rule(Role.DUTY_OFFICER),
    _DEPARTMENT + "GetDepartment": _READ,
    _DEPARTMENT + "ListDepartments": _READ,
    _DEPARTMENT + "CreateDepartment": Rule(Role.ADMIN),
    _DEPARTMENT + "UpdateDepartment": Rule(Role.ADMIN),
    _DEPARTMENT + "DeleteDepartment": Rule(Role.ADMIN),
}

# Health probes carry no token; reflection is served only where it is switched on.
OPEN_PREFIXES = ("/grpc.health.v1.Health/", "/grpc.reflection.")


def is_open(method: str) -> bool:
    """Tells whether a method needs no token."""
    return method.startswith(OPEN_PREFIXES)


def check(method: str, identity: Identity) -> None:
    """Raises PermissionDenied unless the policy lets this identity call this method."""
    rule = POLICY.get(method)
    if rule is None:
        raise PermissionDenied(f"{method} is in no policy", reason="NO_POLICY", method=method)
    allowed = rule.service if identity.role is Role.SERVICE else identity.role >= rule.role
    if not allowed:
        raise PermissionDenied(
            f"{method.rsplit('/', 1)[1]} needs the role {rule.role.name.lower()}; "
            f"{identity.subject} has {identity.role.name.lower()}",
            reason="ROLE_TOO_LOW",
            needed=rule.role.name,
        )
