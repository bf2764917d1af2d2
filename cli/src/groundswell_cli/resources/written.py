"""Nouns as people write them in YAML or as options, made into messages.

Words for enums (paused, III), times such as 5m, ids without their collection: all that the
servers' JSON names longer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.json_format import ParseDict, ParseError
from pydantic import RootModel

from groundswell_core.errors import InvalidInput
from groundswell_core.yaml_files import parse_yaml

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|h|d)?")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, None: 1}


class _Anything(RootModel[dict[str, Any]]):
    """Any mapping; what its keys mean is the message's affair."""


def read_file(path: Path | None, plural: str) -> list[dict[str, Any]]:
    """Returns what a file describes: one thing, or a list of them under its plural."""
    if path is None:
        return [{}]
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}; correct the path") from None
    found = parse_yaml(data, path, _Anything).root
    entries = found.get(plural, [found])
    if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
        raise InvalidInput(f"{path.name}: {plural} must be a list of mappings", reason="BAD_FILE")
    return entries


def parse_config(pairs: list[str]) -> dict[str, Any]:
    """Returns the config of key=value options; a value is read as YAML, dots go deeper."""
    config: dict[str, Any] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise InvalidInput(f'"{pair}" is no setting; write --config key=value')
        *above, last = key.split(".")
        target = config
        for name in above:
            target = target.setdefault(name, {})
        target[last] = yaml.safe_load(value) if value else ""
    return config


def make(message: type[Any], values: Mapping[str, Any], collection: str) -> Any:
    """Returns values as a message; raises InvalidInput naming the wrong key."""
    made = dict(values)
    if "id" in made:
        made["name"] = made.pop("id")
    if name := made.get("name"):
        made["name"] = name if "/" in str(name) else f"{collection}/{name}"
    fields = message.DESCRIPTOR.fields_by_name
    if unknown := [key for key in made if key not in fields]:
        raise InvalidInput(
            f'no key "{unknown[0]}" here; there are: {", ".join(sorted(fields))}',
            reason="UNKNOWN_KEY",
        )
    plain = {key: _plain(fields[key], value) for key, value in made.items() if value is not None}
    try:
        return ParseDict(plain, message())
    except ParseError as error:
        raise InvalidInput(f"{made.get('name', 'the entry')}: {error}") from None


def _plain(field: FieldDescriptor, value: Any) -> Any:
    """Returns a written value as protobuf's JSON spells it."""
    if field.enum_type is not None:
        names = [item.name for item in field.enum_type.values]
        # YAML reads a bare on or off as true or false.
        text = {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value)
        return _enum(field.name, names, text)
    kind = field.message_type.full_name if field.message_type else ""
    if kind == "google.protobuf.Duration":
        return _duration(field.name, value)
    if field.message_type is None and field.cpp_type == FieldDescriptor.CPPTYPE_STRING:
        is_many = isinstance(value, list)
        return [str(one) for one in value] if is_many else str(value)
    return value


def _enum(field: str, names: list[str], text: str) -> str:
    prefix = names[0].removesuffix("UNSPECIFIED")
    wanted = text.upper().replace("-", "_").replace(" ", "_")
    for name in (wanted, prefix + wanted):
        if name in names[1:]:
            return name
    words = ", ".join(name.removeprefix(prefix) for name in names[1:])
    raise InvalidInput(f'{field}: "{text}" is none of {words.lower()}', reason="BAD_WORD")


def _duration(name: str, value: Any) -> str:
    found = _DURATION.fullmatch(str(value).strip())
    if found is None:
        raise InvalidInput(f'{name}: "{value}" is no time; write it like 30s, 5m, 1h or 1d')
    seconds = f"{float(found[1]) * _SECONDS[found[2]]:.3f}"
    return seconds.rstrip("0").rstrip(".") + "s"
