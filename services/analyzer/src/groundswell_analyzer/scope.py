"""What a caller may see: a department's own monitors and those that belong to nobody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from groundswell_core.errors import NotFound, PermissionDenied
from groundswell_core.grades import Level
from groundswell_core.monitors import Monitor
from groundswell_core.rpc import caller
from groundswell_core.stories import Story
from groundswell_core.tokens import Identity


def may_see(identity: Identity, department: str) -> bool:
    """Tells whether a caller sees what belongs to a department."""
    own = identity.department.removeprefix("departments/")
    return not own or department.removeprefix("departments/") in ("", own)


def visible_monitor(monitor: Monitor) -> Monitor:
    """Returns a monitor; one of another department looks as if it did not exist."""
    if not may_see(caller(), monitor.department):
        raise NotFound(f"there is no {monitor.name}", reason="MONITOR_NOT_FOUND", name=monitor.name)
    return monitor


def owned(monitor: Monitor) -> Monitor:
    """Returns a monitor that a caller writes: one of a department can only make its own."""
    own = caller().department.removeprefix("departments/")
    if not own:
        return monitor
    if monitor.department.removeprefix("departments/") not in ("", own):
        raise PermissionDenied(
            f"you can only write monitors of departments/{own}", reason="FOREIGN_DEPARTMENT"
        )
    return replace(monitor, department=f"departments/{own}")


def visible_names(identity: Identity, monitors: Iterable[Monitor]) -> set[str]:
    """Returns the names of the monitors that a caller sees."""
    return {monitor.name for monitor in monitors if may_see(identity, monitor.department)}


def visible_story(story: Story, names: set[str]) -> Story:
    """Returns a story with the grades of visible monitors only, and the level that they give."""
    grades = tuple(one for one in story.grades if one.monitor in names)
    level = max((one.grade.level for one in grades), default=Level.NONE)
    return replace(story, grades=grades, level=level)


def page_bound(request: Any) -> str:
    """Returns the filter of a list and its caller as text, to which page tokens are bound."""
    without = type(request)()
    without.CopyFrom(request)
    without.ClearField("page_token")
    without.ClearField("page_size")
    return str(without.SerializeToString(deterministic=True)) + caller().department
