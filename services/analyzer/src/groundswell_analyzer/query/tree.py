"""A query as a tree of frozen values, and its normal form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

_PLAIN_WORD = re.compile(r"[^\s()\"“”„（）|｜*:：\\/]+")
_OPERATORS = frozenset({"AND", "OR", "NOT", "NEAR", "与", "或", "非"})


@dataclass(frozen=True, slots=True)
class Literal:
    """Text to find: in the title, in the text, or (scope empty) in either."""

    text: str  # as written
    key: str  # as searched
    is_prefix: bool = False
    scope: str = ""  # "", "title" or "text"


@dataclass(frozen=True, slots=True)
class Attribute:
    """A property the document must have, such as source:bbc-world."""

    field: str
    value: str
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class Near:
    """One of each side, with at most so many tokens between them, in either order."""

    left: tuple[Literal, ...]
    right: tuple[Literal, ...]
    distance: int


@dataclass(frozen=True, slots=True)
class Not:
    """What the part does not match."""

    part: Node


@dataclass(frozen=True, slots=True)
class And:
    """What all parts match."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """What any part matches."""

    parts: tuple[Node, ...]


Node: TypeAlias = Literal | Attribute | Near | Not | And | Or


def normal_form(node: Node) -> str:
    """Returns the query as understood, fully parenthesised; it parses to the same tree."""
    match node:
        case Literal():
            return _literal(node)
        case Attribute():
            return f"{node.field}:{_value(node.value, node.is_prefix)}"
        case Near():
            return f"({_side(node.left)} NEAR/{node.distance} {_side(node.right)})"
        case Not():
            return f"(NOT {normal_form(node.part)})"
        case And():
            return "(" + " AND ".join(map(normal_form, node.parts)) + ")"
        case Or():
            return "(" + " OR ".join(map(normal_form, node.parts)) + ")"


def _side(literals: tuple[Literal, ...]) -> str:
    return _literal(literals[0]) if len(literals) == 1 else normal_form(Or(literals))


def _literal(node: Literal) -> str:
    written = _value(node.text, node.is_prefix)
    return f"{node.scope}:{written}" if node.scope else written


def _value(text: str, is_prefix: bool) -> str:
    star = "*" if is_prefix else ""
    if _PLAIN_WORD.fullmatch(text) and text not in _OPERATORS:
        return text + star
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"{star}'
