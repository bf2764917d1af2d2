"""Matchers over labels, shared by routes, silences, inhibition and stream filters."""

from __future__ import annotations

import re as _syntax
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import re2

from groundswell_core.errors import InvalidInput

_MATCHER = _syntax.compile(
    r'\s*([A-Za-z_][A-Za-z0-9_.]*)\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*"|[^\s,{}"]+)\s*'
)


@dataclass(frozen=True, slots=True)
class Matcher:
    """One condition on one label: =, !=, =~ or !~; a missing label counts as empty."""

    label: str
    op: str
    value: str
    _regex: Any = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Compiles the expression (RE2: linear time), anchored at both ends."""
        if self.op not in ("=", "!=", "=~", "!~"):
            raise InvalidInput(f'matcher operator "{self.op}" is not one of = != =~ !~')
        if self.op.endswith("~"):
            object.__setattr__(self, "_regex", _compile(self.value))

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Tells whether labels meet the condition."""
        value = labels.get(self.label, "")
        found = value == self.value if self._regex is None else bool(self._regex.fullmatch(value))
        return found != self.op.startswith("!")

    def __str__(self) -> str:
        """Returns the matcher as it is written."""
        quoted = self.value.replace("\\", "\\\\").replace('"', '\\"')
        return f'{self.label}{self.op}"{quoted}"'


def _compile(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 20
    try:
        return re2.compile(pattern, options)
    except (re2.error, UnicodeError) as error:
        reason = error.args[0] if error.args else error
        text = reason.decode() if isinstance(reason, bytes) else str(reason)
        shown = pattern.encode("utf-8", "replace").decode()
        raise InvalidInput(
            f'"{shown[:200]}" is no regular expression: {text}', reason="BAD_MATCHER"
        ) from None


def parse_matchers(text: str) -> tuple[Matcher, ...]:
    """Returns the matchers of text such as level=~"I|II",department="health"; empty text: none."""
    rest = text.strip()
    if rest.startswith("{") and rest.endswith("}"):
        rest = rest[1:-1].strip()
    found: list[Matcher] = []
    while rest:
        match = _MATCHER.match(rest)
        if match is None:
            raise InvalidInput(
                f'no matcher can be read at "{rest[:40]}"; write label="value", with = != =~ or !~',
                reason="BAD_MATCHER",
            )
        found.append(Matcher(match[1], match[2], _unquote(match[3])))
        rest = rest[match.end() :]
        if rest and not rest.startswith(","):
            raise InvalidInput(
                f'a comma is missing between matchers at "{rest[:40]}"', reason="BAD_MATCHER"
            )
        rest = rest[1:].strip()
    return tuple(found)


def _unquote(value: str) -> str:
    if value.startswith('"'):
        return _syntax.sub(r"\\(.)", r"\1", value[1:-1])
    return value


def matches(matchers: Iterable[Matcher], labels: Mapping[str, str]) -> bool:
    """Tells whether labels meet every matcher."""
    return all(matcher.matches(labels) for matcher in matchers)
