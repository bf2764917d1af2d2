"""What a caller may see and change: its own department's sources; shared ones it may see."""

from __future__ import annotations

from groundswell_collector.store import missing
from groundswell_core.errors import PermissionDenied
from groundswell_core.source_records import Source
from groundswell_core.tokens import Identity


def department_of(identity: Identity) -> str:
    """Returns the caller's department as sources name it; empty: all."""
    identifier = identity.department.removeprefix("departments/")
    return f"departments/{identifier}" if identifier else ""


def visible_departments(identity: Identity) -> tuple[str, ...] | None:
    """Returns the departments whose sources the caller sees; None: all."""
    department = department_of(identity)
    return ("", department) if department else None


def check_visible(identity: Identity, source: Source) -> Source:
    """Returns the source; a foreign one is answered like a missing one."""
    departments = visible_departments(identity)
    if departments is not None and source.department not in departments:
        raise missing(source.name.removeprefix("sources/"))
    return source


def check_own(identity: Identity, source: Source) -> Source:
    """Returns a source that the caller may change; raises PermissionDenied for a shared one."""
    check_visible(identity, source)
    department = department_of(identity)
    if department and source.department != department:
        raise PermissionDenied(
            f"{source.name} is shared by all departments; ask somebody who answers for all",
            reason="SHARED_SOURCE",
            name=source.name,
        )
    return source


def check_department(identity: Identity, department: str) -> str:
    """Returns the department of a source that the caller writes: its own when none is named."""
    own = department_of(identity)
    if own and department not in {"", own}:
        raise PermissionDenied(
            f"department is {department}; {identity.subject} may only write sources of {own}",
            reason="OTHER_DEPARTMENT",
            department=department,
        )
    return own or department
