"""The form of a source kind's config: one input a field, chosen by the field's type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from groundswell_console.clients.sources import Kind, KindField
from groundswell_console.forms import Form
from groundswell_core.errors import InvalidInput

_PREFIX = "config."


@dataclass(frozen=True, slots=True)
class ConfigInput:
    """One input: text, number, tick, lines or yaml."""

    field: KindField
    shape: str
    value: str

    @property
    def name(self) -> str:
        """Returns the input's name in the form."""
        return _PREFIX + self.field.name


def shape_of(type_name: str) -> str:
    """Returns the shape of an input for a type as plugins print it."""
    plain = type_name.replace("typing.", "").removesuffix(" | None").strip()
    if plain in ("int", "float"):
        return "number"
    if plain == "bool":
        return "tick"
    if plain.startswith(("list[str", "tuple[str", "set[str", "frozenset[str")):
        return "lines"
    return "text" if plain in ("str", "Path", "AnyUrl") or plain.startswith("Literal") else "yaml"


def inputs(kind: Kind, config: Mapping[str, Any]) -> list[ConfigInput]:
    """Returns a kind's inputs, filled from a config."""
    made = []
    for field in kind.fields:
        shape = shape_of(field.type)
        made.append(ConfigInput(field, shape, _shown(shape, config.get(field.name))))
    return made


def _shown(shape: str, value: Any) -> str:
    if value is None or value is False:
        return ""
    if shape == "lines" and isinstance(value, (list, tuple)):
        return "\n".join(map(str, value))
    if shape == "yaml" and not isinstance(value, str):
        return str(yaml.safe_dump(value, allow_unicode=True, sort_keys=False))
    return str(value)


def read_config(form: Form, kind: Kind) -> dict[str, Any]:
    """Returns the config that a form gives; empty fields keep their defaults."""
    found: dict[str, Any] = {}
    for field in kind.fields:
        value = _read(form, field)
        if value not in (None, "", [], {}):
            found[field.name] = value
    return found


def _read(form: Form, field: KindField) -> Any:
    name, shape = _PREFIX + field.name, shape_of(field.type)
    if shape == "number":
        value = form.number(name)
        return int(value) if value is not None and value.is_integer() else value
    if shape == "tick":
        # An unticked box must be said where the default is true.
        return form.is_ticked(name) or (False if field.default == "True" else None)
    if shape == "lines":
        return list(form.lines(name))
    text = form.text(name, limit=20_000)
    return _parsed(field.name, text) if shape == "yaml" and text else text


def _parsed(name: str, text: str) -> Any:
    try:
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text)):
            raise InvalidInput(f"{name}: anchors and aliases are not taken", reason="BAD_YAML")
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" in line {mark.line + 1}" if mark else ""
        raise InvalidInput(f"{name}: this is no YAML{line}", reason="BAD_YAML") from error
