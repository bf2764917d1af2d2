"""Checks a source as users wrote it: every mistake is named by its field, with the cure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from groundswell.source.v1 import source_pb2
from groundswell_collector.documents import is_language, is_region
from groundswell_core.errors import InvalidInput
from groundswell_core.names import parse_name
from groundswell_core.source_records import Source
from groundswell_core.sources import InstalledKind

Kinds = Mapping[str, InstalledKind]
Path = tuple[str | int, ...]

SHORTEST = timedelta(seconds=1)
LONGEST = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Problem:
    """A mistake in a source."""

    path: Path  # such as ("config", "url")
    message: str  # what is wrong, and the cure

    def __str__(self) -> str:
        """Returns field and message."""
        return f"{'.'.join(map(str, self.path))}: {self.message}"


def check(source: Source, kinds: Kinds) -> BaseModel:
    """Returns the config of a good source; raises InvalidInput naming every bad field and its cure."""
    problems = problems_of(source, kinds)
    if problems:
        raise InvalidInput(
            "; ".join(map(str, problems)),
            reason="BAD_SOURCE",
            field=".".join(map(str, problems[0].path)),
        )
    return kinds[source.kind].spec.config.model_validate(dict(source.config))


def problems_of(source: Source, kinds: Kinds) -> list[Problem]:
    """Returns every mistake in a source."""
    return [*_field_problems(source), *_config_problems(source, kinds)]


def _field_problems(source: Source) -> list[Problem]:
    interval, weight = source.interval, source.weight
    rules = (
        ("name", _name_problem(source.name, "sources")),
        ("display_name", "" if len(source.display_name) <= 200 else "use at most 200 characters"),
        (
            "interval",
            ""
            if interval is None or SHORTEST <= interval <= LONGEST
            else "use at least 1 second and at most 30 days, such as 5m",
        ),
        (
            "language",
            ""
            if not source.language or is_language(source.language)
            else "use a BCP 47 language such as zh or en-GB, or leave it empty",
        ),
        (
            "region",
            ""
            if not source.region or is_region(source.region)
            else "use an ISO 3166 code such as CN or CN-44, or leave it empty",
        ),
        (
            "department",
            _name_problem(source.department, "departments") if source.department else "",
        ),
        ("weight", "" if weight is None or 0 <= weight <= 1 else "use a number from 0 to 1"),
    )
    return [Problem((field,), message) for field, message in rules if message]


def _name_problem(name: str, collection: str) -> str:
    try:
        parse_name(name, collection)
    except InvalidInput as error:
        return error.message
    return ""


def _config_problems(source: Source, kinds: Kinds) -> list[Problem]:
    kind = kinds.get(source.kind)
    if kind is None:
        known = ", ".join(sorted(kinds)) or "none; set GROUNDSWELL_PLUGINS__ALLOWED"
        return [
            Problem(("kind",), f'there is no kind "{source.kind}"; installed kinds are: {known}')
        ]
    try:
        kind.spec.config.model_validate(dict(source.config))
    except ValidationError as error:
        known_fields = ", ".join(kind.spec.config.model_fields)
        return [
            Problem(("config", *item["loc"]), _message(item, known_fields))
            for item in error.errors(include_input=False, include_url=False)
        ]
    return []


def _message(item: Any, known: str) -> str:
    """Returns pydantic's message with a cure for what it only names."""
    if item["type"] == "extra_forbidden":
        where = f"; known fields are: {known}" if len(item["loc"]) == 1 else ""
        return f"unknown field; remove it or check its spelling{where}"
    if item["type"] == "missing":
        return "is missing; give it a value"
    return str(item["msg"])


def kind_message(kind: InstalledKind) -> source_pb2.SourceKind:
    """Returns a kind with the fields of its config."""
    fields = kind.spec.config.model_fields
    return source_pb2.SourceKind(
        kind=kind.spec.kind,
        summary=kind.spec.summary,
        plugin=kind.plugin,
        version=kind.version,
        fields=[_field_message(name, field) for name, field in fields.items()],
    )


def _field_message(name: str, field: FieldInfo) -> source_pb2.SourceKindField:
    required = field.is_required()
    default = None if required else field.get_default(call_default_factory=True)
    return source_pb2.SourceKindField(
        field=name,
        type=_type_name(field.annotation),
        description=field.description or "",
        required=required,
        default_value="" if default is None else str(default),
    )


def _type_name(annotation: Any) -> str:
    return annotation.__name__ if isinstance(annotation, type) else str(annotation)
