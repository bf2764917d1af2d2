"""A query as a condition of MongoDB: it lets through all that matches, and little that does not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from groundswell_analyzer.query.searchable import primary_language
from groundswell_analyzer.query.tree import And, Attribute, Literal, Near, Node, Not, Or
from groundswell_analyzer.search.grams import CATEGORY_MARK, PLACE_MARK, runs
from groundswell_core.errors import InvalidInput

Where = dict[str, Any]
_LAST = "\uffff"
_CODE = re.compile(r"[A-Z]{2}(-[A-Z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Fields:
    """Where a collection keeps what queries ask for; empty: it does not."""

    grams: str = "grams"
    source: str = ""
    language: str = ""


def where(tree: Node, fields: Fields) -> Where:
    """Returns the condition of a query; empty when it excludes nothing."""
    match tree:
        case Literal():
            return _all(_grams(tree, fields))
        case Attribute():
            return _attribute(tree, fields)
        case Near():
            return _all([where(Or(tree.left), fields), where(Or(tree.right), fields)])
        case And():
            return _all([where(part, fields) for part in tree.parts])
        case Or():
            parts = [where(part, fields) for part in tree.parts]
            return {"$or": parts} if all(parts) else {}
        case Not():
            return {}


def is_exact(tree: Node | None) -> bool:
    """Tells whether a condition lets through nothing but what matches: one word, or none."""
    if tree is None:
        return True
    if not isinstance(tree, Literal) or tree.scope:
        return False
    parts = list(runs(tree.key))
    return len(parts) == 1 and parts[0][0] == tree.key and (not parts[0][1] or len(tree.key) <= 2)


def _all(parts: Sequence[Where]) -> Where:
    some = [part for part in parts if part]
    if len(some) <= 1:
        return some[0] if some else {}
    return {"$and": some}


def _grams(literal: Literal, fields: Fields) -> list[Where]:
    found: list[Where] = []
    pieces = list(runs(literal.key))
    for index, (run, is_joined) in enumerate(pieces):
        is_open = not is_joined and literal.is_prefix and index == len(pieces) - 1
        if is_open or (is_joined and len(run) == 1):
            found.append({fields.grams: {"$elemMatch": {"$gte": run, "$lt": run + _LAST}}})
        elif is_joined:
            found += [{fields.grams: run[at : at + 2]} for at in range(len(run) - 1)]
        else:
            found.append({fields.grams: run})
    return found


def _attribute(node: Attribute, fields: Fields) -> Where:
    value = node.value
    if node.is_prefix:
        return {}
    match node.field:
        case "source" if fields.source:
            return {fields.source: "sources/" + value.removeprefix("sources/").lower()}
        case "lang" if fields.language:
            return {fields.language: primary_language(value.lower())}
        case "category":
            return category(value.lower(), fields)
        case "place" if _CODE.fullmatch(value.upper()):
            return place(value.upper(), fields)
        case _:
            return {}


def place(code: str, fields: Fields) -> Where:
    """Returns the condition that a record names this place or a part of it: CN-44 holds CN-44-4403."""
    if not _CODE.fullmatch(code):
        raise InvalidInput(
            f"place is {code!r}; write a code such as CN, CN-44 or GB", reason="BAD_PLACE"
        )
    return {fields.grams: PLACE_MARK + code}


def category(name: str, fields: Fields) -> Where:
    """Returns the condition of a category, or of a sub-topic such as accident/traffic."""
    return {fields.grams: CATEGORY_MARK + name}
