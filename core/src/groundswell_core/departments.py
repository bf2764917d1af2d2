"""Organisational units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from groundswell.department.v1 import department_pb2
from groundswell_core.codec import codec


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """An organisational unit; fields as in department.proto."""

    name: str
    display_name: str = ""
    parent: str = ""
    categories: tuple[str, ...] = ()
    create_time: datetime | None = None
    update_time: datetime | None = None


DEPARTMENTS = codec(Department, department_pb2.Department)
