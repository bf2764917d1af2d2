"""Reads sources from a YAML file: validated whole, every mistake named by file, line, key and cure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from groundswell_collector import metrics
from groundswell_collector.kinds import Kinds, Problem, problems_of
from groundswell_collector.store import Seeded, Sources
from groundswell_core.errors import InvalidInput
from groundswell_core.log import get_logger
from groundswell_core.source_records import Source, SourceState

log = get_logger(__name__)

MAXIMUM_BYTES = 1 << 20
_INTERVAL = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|h|d)")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class Entry(BaseModel):
    """One source in the file; names and meanings as in source.proto."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: str
    display_name: str = ""
    kind: str
    config: dict[str, Any] = {}
    interval: timedelta | None = None
    language: str = ""
    region: str = ""
    department: str = ""
    weight: float | None = None
    state: Literal["active", "paused"] = "active"
    exercise: bool = False

    @field_validator("interval", mode="before")
    @classmethod
    def _interval(cls, value: Any) -> timedelta | None:
        if value is None:
            return None
        found = _INTERVAL.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            raise ValueError("write a number and a unit, such as 30s, 5m, 1h or 1d")
        return timedelta(seconds=float(found[1]) * _UNITS[found[2]])

    def source(self) -> Source:
        """Returns the source that the entry describes."""
        values = {key: getattr(self, key) for key in type(self).model_fields if key != "state"}
        return Source(**values, state=SourceState[self.state.upper()])


def read_sources(path: Path, kinds: Kinds) -> tuple[Source, ...]:
    """Returns the sources of a file; raises InvalidInput with every mistake in it."""
    try:
        data = path.read_bytes()
        text = data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise _bad_file(
            [
                f"{path}: cannot be read as UTF-8 text: {error}; check GROUNDSWELL_COLLECTOR__SOURCES_FILE"
            ]
        ) from error
    if len(data) > MAXIMUM_BYTES:
        raise _bad_file([f"{path}: has {len(data)} bytes; at most {MAXIMUM_BYTES} are read"])
    return parse_sources(text, str(path), kinds)


def parse_sources(text: str, name: str, kinds: Kinds) -> tuple[Source, ...]:
    """Returns the sources of a YAML text; name is the file's, for messages."""
    root, value = _load(text, name)
    problems: list[str] = [f"{name}:{line}: {what}" for line, what in _repeated_keys(root)]
    entries = _entries(root, value, name)
    made: list[Source] = []
    for node, entry in entries:
        source, found = _source(entry, kinds)
        problems += [f"{name}:{_line(node, p.path)}: {_label(entry)}{p}" for p in found]
        if source is not None:
            made.append(source)
    counts = Counter(source.name for source in made)
    problems += [
        f"{name}: {source}: is there {count} times; names must differ"
        for source, count in counts.items()
        if count > 1
    ]
    if problems:
        raise _bad_file(problems)
    return tuple(made)


def _bad_file(problems: list[str]) -> InvalidInput:
    return InvalidInput(
        f"{len(problems)} mistake(s) in the file of sources; none of it is used:\n  "
        + "\n  ".join(problems[:50]),
        reason="BAD_SOURCES_FILE",
        mistakes=len(problems),
    )


def _load(text: str, name: str) -> tuple[yaml.Node, Any]:
    """Returns the tree with its lines, and the plain value."""
    try:
        # Aliases make small files huge; nothing here needs them.
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                line = event.start_mark.line + 1 if event.start_mark else 1
                raise _bad_file([f"{name}:{line}: *{event.anchor}: write the value out instead"])
        loader = yaml.SafeLoader(text)
        root = loader.get_single_node()
        value = loader.construct_document(root) if root is not None else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise _bad_file([f"{name}:{line}: this is no YAML: {error.problem}"]) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _bad_file([f"{name}:1: this is no YAML: {error}"]) from error
    if not isinstance(root, yaml.MappingNode) or not isinstance(value, dict):
        raise _bad_file([f'{name}:1: the file must start with "sources:" and a list below it'])
    return root, value


def _entries(root: yaml.Node, value: Mapping[Any, Any], name: str) -> list[tuple[yaml.Node, Any]]:
    unknown = [str(key) for key in value if key != "sources"]
    node = _child(root, "sources")
    if unknown:
        line = _line(root, (unknown[0],))
        raise _bad_file([f'{name}:{line}: {unknown[0]}: unknown field; only "sources" is known'])
    if not isinstance(node, yaml.SequenceNode):
        raise _bad_file([f"{name}:1: sources: must be a list; start each entry with a hyphen"])
    return list(zip(node.value, value["sources"], strict=True))


def _source(entry: Any, kinds: Kinds) -> tuple[Source | None, list[Problem]]:
    try:
        source = Entry.model_validate(entry).source()
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False, include_context=False)
        return None, [Problem(item["loc"], _message(item)) for item in found]
    return source, problems_of(source, kinds)


def _message(item: Any) -> str:
    if item["type"] == "extra_forbidden":
        return f"unknown field; known fields are: {', '.join(Entry.model_fields)}"
    if item["type"] == "missing":
        return "is missing; give it a value"
    if item["type"] == "string_type":
        return "must be text; put it in quotes"
    return str(item["msg"])


def _label(entry: Any) -> str:
    name = entry.get("name") if isinstance(entry, dict) else None
    return f"{name}: " if isinstance(name, str) else ""


def _child(node: yaml.Node, key: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for name, value in node.value if name.value == str(key)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        found: yaml.Node = node.value[key]
        return found
    return None


def _line(node: yaml.Node, path: tuple[str | int, ...]) -> int:
    """Returns the line of the deepest part of path that the file has."""
    for key in path:
        child = _child(node, key)
        if child is None:
            break
        node = child
    return int(node.start_mark.line) + 1


def _repeated_keys(node: yaml.Node) -> Iterator[tuple[int, str]]:
    """Yields keys that stand twice in one mapping: YAML would keep the last in silence."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                yield key.start_mark.line + 1, f"{key.value}: stands twice; remove one"
            seen.add(key.value)
            yield from _repeated_keys(value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _repeated_keys(item)


async def seed(path: Path | None, kinds: Kinds, sources: Sources, now: datetime) -> None:
    """Makes the sources of the file; a bad file leaves the stored ones in force, and says so."""
    if path is None:
        return
    try:
        found = read_sources(path, kinds)
    except InvalidInput as error:
        metrics.SEED_ERRORS.set(int(error.metadata.get("mistakes", 1)))
        log.error(  # noqa: TRY400 - the message names every mistake; a traceback would hide them
            "the file of sources is not used: the stored sources stay", error=error.message
        )
        return
    metrics.SEED_ERRORS.set(0)
    results = Counter([await sources.seed(source, now) for source in found])
    counts = {result.value.replace(" ", "_"): results[result] for result in Seeded}
    log.info("sources seeded", file=path.name, **counts)
