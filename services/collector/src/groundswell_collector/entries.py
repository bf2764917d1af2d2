"""A source as people write it, in the file or over gRPC: one set of rules for both."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from functools import reduce
from operator import or_
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    create_model,
    field_validator,
    model_validator,
)

from groundswell_collector.documents import is_language, is_region
from groundswell_core.errors import InvalidInput
from groundswell_core.names import parse_name
from groundswell_core.source_records import Source, SourceState
from groundswell_core.sources import InstalledKind

Kinds = Mapping[str, InstalledKind]

_INTERVAL = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)\s*(s|m|h|d)")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_LEAST, _MOST = timedelta(seconds=1), timedelta(days=30)


class Entry(BaseModel):
    """One source; names and meanings as in source.proto. Each kind has its own type of config."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: str
    display_name: str = Field("", max_length=200)
    kind: str
    config: Any = Field(default_factory=dict, validate_default=True)
    interval: timedelta | None = None
    language: str = ""
    region: str = ""
    department: str = ""
    weight: float | None = Field(None, ge=0, le=1)
    state: Literal["active", "paused"] = "active"
    exercise: bool = False

    @field_validator("name")
    @classmethod
    def _name(cls, value: str) -> str:
        return _named(value, "sources")

    @field_validator("department")
    @classmethod
    def _department(cls, value: str) -> str:
        return _named(value, "departments") if value else value

    @field_validator("interval", mode="before")
    @classmethod
    def _interval(cls, value: Any) -> Any:
        found = _INTERVAL.fullmatch(value) if isinstance(value, str) else None
        interval = timedelta(seconds=float(found[1]) * _UNITS[found[2]]) if found else value
        if value is None or (isinstance(interval, timedelta) and _LEAST <= interval <= _MOST):
            return interval
        raise ValueError("write a time from 1s to 30d, such as 30s, 5m, 1h or 1d")

    @field_validator("language")
    @classmethod
    def _language(cls, value: str) -> str:
        if value and not is_language(value):
            raise ValueError("use a BCP 47 language such as zh or en-GB, or leave it empty")
        return value

    @field_validator("region")
    @classmethod
    def _region(cls, value: str) -> str:
        if value and not is_region(value):
            raise ValueError("use an ISO 3166 code such as CN or CN-44, or leave it empty")
        return value

    def source(self) -> Source:
        """Returns the source that the entry describes; its config holds what was written."""
        values = {key: getattr(self, key) for key in type(self).model_fields if key != "state"}
        values["config"] = self.config.model_dump(mode="json", exclude_unset=True)
        return Source(**values, state=SourceState[self.state.upper()])


class SourcesFile(BaseModel):
    """The file of sources."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sources: tuple[Entry, ...]

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        counts = Counter(entry.name for entry in self.sources)
        if twice := [name for name, count in counts.items() if count > 1]:
            raise ValueError(f"{', '.join(twice)} stands more than once; names must differ")
        return self


def _named(name: str, collection: str) -> str:
    try:
        parse_name(name, collection)
    except InvalidInput as error:
        raise ValueError(error.message) from None
    return name


def file_model(kinds: Kinds) -> type[SourcesFile]:
    """Returns the model of a file whose entries are of these kinds."""
    if not kinds:
        raise InvalidInput(
            "no source kind is installed; set GROUNDSWELL_PLUGINS__ALLOWED", reason="NO_KINDS"
        )
    entries = [_entry_model(kind) for _, kind in sorted(kinds.items())]
    union: Any = reduce(or_, entries)
    if len(entries) > 1:
        union = Annotated[union, Field(discriminator="kind")]
    return create_model("SourcesFile", __base__=SourcesFile, sources=(tuple[union, ...], ...))


def _entry_model(kind: InstalledKind) -> type[Entry]:
    name: Any = Literal[kind.spec.kind]
    fields: Any = {
        "kind": (name, ...),
        "config": (kind.spec.config, Field(default_factory=dict, validate_default=True)),
    }
    return create_model(f"{kind.spec.kind.title()}Entry", __base__=Entry, **fields)


class Rules:
    """Checks sources that come over gRPC, or that are stored."""

    def __init__(self, kinds: Kinds) -> None:
        """Takes the installed kinds."""
        self._kinds = kinds
        self._models = {name: _entry_model(kind) for name, kind in kinds.items()}

    def check(self, source: Source) -> BaseModel:
        """Returns a source's config; raises InvalidInput naming every bad field and its cure."""
        model = self._models.get(source.kind)
        if model is None:
            known = ", ".join(sorted(self._models)) or "none; set GROUNDSWELL_PLUGINS__ALLOWED"
            raise _bad([f'kind: there is no kind "{source.kind}"; installed kinds are: {known}'])
        try:
            entry = model.model_validate(_written(source))
        except ValidationError as error:
            raise _bad(
                [
                    _sentence(item, self._kinds[source.kind])
                    for item in error.errors(include_input=False)
                ]
            ) from None
        config: BaseModel = entry.config
        return config


def _written(source: Source) -> dict[str, Any]:
    """Returns the fields that a person writes."""
    fields = [name for name in Entry.model_fields if name != "state"]
    written = {name: getattr(source, name) for name in fields}
    return written | {"config": dict(source.config)}


def _sentence(item: Any, kind: InstalledKind) -> str:
    where = ".".join(str(part) for part in item["loc"])
    if item["type"] == "extra_forbidden":
        known = ", ".join(kind.spec.config.model_fields)
        return f"{where}: no such field; remove it or correct its spelling (known: {known})"
    if item["type"] == "missing":
        return f"{where}: is missing; give it a value"
    return f"{where}: {item['msg'].removeprefix('Value error, ')}"


def _bad(sentences: list[str]) -> InvalidInput:
    field = sentences[0].partition(":")[0]
    return InvalidInput("; ".join(sentences), reason="BAD_SOURCE", field=field)
