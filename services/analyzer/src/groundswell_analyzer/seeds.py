"""Monitors to begin with, from a YAML file; mistakes are named with file, line, key and cure."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from groundswell_analyzer.query import parse
from groundswell_core.errors import InvalidInput
from groundswell_core.grades import Level
from groundswell_core.monitors import Monitor, MonitorState
from groundswell_core.names import check_id


def read_monitors(path: Path) -> list[Monitor]:
    """Returns the monitors of a file; raises InvalidInput with every mistake in it."""
    try:
        text = path.read_text(encoding="utf-8")
        root = yaml.compose(text, yaml.SafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InvalidInput(f"{path} cannot be read: {error}", reason="BAD_MONITORS_FILE") from None
    reader = _Reader(path.name)
    monitors = reader.monitors(root)
    if reader.problems:
        raise InvalidInput("\n".join(reader.problems), reason="BAD_MONITORS_FILE")
    return monitors


class _Reader:
    """Reads nodes, which know their lines, and collects what is wrong with them."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[str] = []

    def monitors(self, root: Any) -> list[Monitor]:
        entries = self._pairs(root, {"monitors"}).get("monitors")
        if entries is None:
            self._problem(root, "write a list under the key monitors:")
            return []
        if not isinstance(entries, yaml.SequenceNode):
            self._problem(entries, "monitors must be a list, one entry with - for each monitor")
            return []
        found = [monitor for node in entries.value if (monitor := self._monitor(node))]
        self._refuse_repeats(entries, found)
        return found

    def _refuse_repeats(self, entries: Any, found: list[Monitor]) -> None:
        names = [monitor.name for monitor in found]
        for name in sorted({name for name in names if names.count(name) > 1}):
            self._problem(entries, f"{name} is there twice; give each monitor its own id")

    def _monitor(self, node: Any) -> Monitor | None:
        pairs = self._pairs(node, set(FIELDS))
        for key in ("id", "query"):
            if key not in pairs:
                self._problem(node, f'a monitor needs the key "{key}"')
        values = {key: self._value(key, value) for key, value in pairs.items()}
        good = {key: value for key, value in values.items() if value is not None}
        return Monitor(name=good.pop("id"), **good) if "id" in good else None

    def _value(self, key: str, node: Any) -> Any:
        try:
            return FIELDS[key](_plain(node))
        except (ValueError, TypeError, KeyError, InvalidInput) as error:
            self._problem(node, f"{key}: {error}")
            return None

    def _pairs(self, node: Any, known: set[str]) -> Mapping[str, Any]:
        if not isinstance(node, yaml.MappingNode):
            self._problem(node, f"expected keys such as {', '.join(sorted(known))}")
            return {}
        pairs: dict[str, Any] = {}
        for key_node, value in node.value:
            key = str(key_node.value)
            if key in pairs:
                self._problem(key_node, f'the key "{key}" is there twice; keep one')
            elif key in known:
                pairs[key] = value
            else:
                self._problem(key_node, _unknown(key, known))
        return pairs

    def _problem(self, node: Any, text: str) -> None:
        line = node.start_mark.line + 1 if node is not None else 1
        self.problems.append(f"{self.file}, line {line}: {text}")


def _unknown(key: str, known: set[str]) -> str:
    close = difflib.get_close_matches(key, known, n=1)
    cure = f'; did you mean "{close[0]}"?' if close else f"; known are {', '.join(sorted(known))}"
    return f'the key "{key}" is not known{cure}'


def _plain(node: Any) -> Any:
    return yaml.SafeLoader("").construct_object(node, deep=True)


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("write a text")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list):
        raise TypeError("write a list of texts")
    return tuple(map(_text, items))


def _query(value: Any) -> str:
    text = _text(value)
    errors = parse(text).errors
    if errors:
        first = errors[0]
        raise ValueError(f"does not parse at character {first.position + 1}: {first.message}")
    return text


def _named(collection: str) -> Callable[[Any], str]:
    return lambda value: f"{collection}/" + check_id(_text(value).removeprefix(f"{collection}/"))


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError("write a whole number of at least 1")
    return value


def _level(value: Any) -> Level:
    levels = {level.name: level for level in Level if level > Level.NONE}
    if value not in levels:
        raise ValueError(f"write one of {', '.join(levels)}")
    return levels[value]


def _state(value: Any) -> MonitorState:
    # YAML reads a bare on or off as true or false.
    word = {True: "on", False: "off"}.get(value, value) if isinstance(value, bool) else value
    states = {state.name.lower(): state for state in MonitorState if state}
    if word not in states:
        raise ValueError(f"write one of {', '.join(states)}")
    return states[word]


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError("write true or false")
    return value


def _labels(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise TypeError("write keys with texts")
    return dict(_label_pairs(value))


def _label_pairs(value: Mapping[Any, Any]) -> Iterator[tuple[str, str]]:
    for key, item in value.items():
        yield _text(key), _text(item)


FIELDS: dict[str, Callable[[Any], Any]] = {
    "id": _named("monitors"),
    "display_name": _text,
    "query": _query,
    "languages": _texts,
    "sources": lambda value: tuple(map(_named("sources"), _texts(value))),
    "department": _named("departments"),
    "labels": _labels,
    "minimum_support": _count,
    "alert_level": _level,
    "state": _state,
    "exercise": _flag,
}
