"""Departments: seeded from YAML, managed over gRPC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from groundswell_core.clock import Clock, milliseconds
from groundswell_core.departments import DEPARTMENTS, Department
from groundswell_core.errors import AlreadyExists, FailedPrecondition, InvalidInput, NotFound
from groundswell_core.mongo import Collection
from groundswell_core.names import parse_name
from groundswell_core.yaml_files import read_yaml

_ID = r"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$"
_DISPLAY_NAME_LENGTH = 200


class DepartmentConfig(BaseModel):
    """One department of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=_ID)
    display_name: str = Field(min_length=1, max_length=_DISPLAY_NAME_LENGTH)
    parent: str = Field("", pattern=r"^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)?$")
    categories: tuple[str, ...] = ()


class DepartmentsFile(BaseModel):
    """The whole file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    departments: tuple[DepartmentConfig, ...] = ()


def read_departments(path: Path | None) -> list[Department]:
    """Returns the departments of a file; none without one."""
    file = DepartmentsFile() if path is None else read_yaml(path, DepartmentsFile)
    return [
        Department(
            name=f"departments/{one.id}",
            display_name=one.display_name,
            parent=f"departments/{one.parent}" if one.parent else "",
            categories=one.categories,
        )
        for one in file.departments
    ]


class DepartmentStore:
    """Reads and writes departments."""

    def __init__(self, collection: Collection, clock: Clock) -> None:
        """Takes the collection `departments`."""
        self._collection = collection
        self._clock = clock

    async def seed(self, departments: list[Department]) -> None:
        """Makes those that are missing; what people changed or made stays."""
        now = milliseconds(self._clock.now())
        await self._collection.insert_new([_record(_new(one, now)) for one in departments])

    async def by_name(self) -> dict[str, Department]:
        """Returns all departments; there are few."""
        return {one.name: one for one in await self.find()}

    async def find(self, *, limit: int = 0, skip: int = 0) -> list[Department]:
        """Returns departments by name."""
        records = await self._collection.find({}, sort=[("_id", 1)], limit=limit, skip=skip)
        return [DEPARTMENTS.from_record(record) for record in records]

    async def get(self, name: str) -> Department:
        """Returns one department; raises NotFound."""
        record = await self._collection.find_one({"_id": parse_name(name, "departments")})
        if record is None:
            raise NotFound(f"there is no department {name}", name=name)
        return DEPARTMENTS.from_record(record)

    async def create(self, department: Department) -> Department:
        """Makes a department; raises AlreadyExists."""
        await self._check(department)
        made = _new(department, milliseconds(self._clock.now()))
        try:
            await self._collection.insert(_record(made))
        except AlreadyExists:
            raise AlreadyExists(
                f"{department.name} is there already; update it instead", name=department.name
            ) from None
        return made

    async def update(self, department: Department) -> Department:
        """Replaces a department; raises NotFound."""
        before = await self.get(department.name)
        await self._check(department)
        changed = replace(
            department, create_time=before.create_time, update_time=milliseconds(self._clock.now())
        )
        identifier = parse_name(department.name, "departments")
        if not await self._collection.replace({"_id": identifier}, _record(changed)):
            raise NotFound(f"there is no department {department.name}", name=department.name)
        return changed

    async def delete(self, name: str) -> None:
        """Deletes a department that has no units below it."""
        await self.get(name)
        if below := await self._collection.find_one({"parent": name}):
            raise FailedPrecondition(
                f"{name} has {below['name']} below it; move that first", reason="HAS_CHILDREN"
            )
        await self._collection.delete({"_id": parse_name(name, "departments")})

    async def _check(self, department: Department) -> None:
        parse_name(department.name, "departments")
        if not 0 < len(department.display_name) <= _DISPLAY_NAME_LENGTH:
            raise InvalidInput(
                f"{department.name} needs a display_name of 1 to {_DISPLAY_NAME_LENGTH} characters",
                reason="BAD_DISPLAY_NAME",
            )
        if department.parent:
            _check_parent(department, await self.by_name())


def _check_parent(department: Department, known: Mapping[str, Department]) -> None:
    """Refuses a parent that is missing, or that lies below the department itself."""
    above = department.parent
    if above not in known:
        raise InvalidInput(f"the parent {above} does not exist; make it first", reason="NO_PARENT")
    passed = {department.name}
    while above:
        if above in passed:
            raise InvalidInput(
                f"{department.name} would be above itself; choose another parent", reason="CYCLE"
            )
        passed.add(above)
        above = known[above].parent if above in known else ""


def _new(department: Department, now: datetime) -> Department:
    return replace(department, create_time=now, update_time=now)


def _record(department: Department) -> dict[str, object]:
    return {
        **DEPARTMENTS.to_record(department),
        "_id": parse_name(department.name, "departments"),
    }
