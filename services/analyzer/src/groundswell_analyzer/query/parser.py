"""Reads a query: text in, a tree or the mistakes with their places out.

query   = and { OR and }
and     = not { [AND] not }
not     = NOT not | near
near    = primary { NEAR/n primary }
primary = ( query ) | field: primary | word | "phrase"
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from groundswell_analyzer.query.check import check_tree
from groundswell_analyzer.query.errors import (
    MAXIMUM_DEPTH,
    MAXIMUM_ERRORS,
    MAXIMUM_LENGTH,
    MAXIMUM_TERMS,
    QueryError,
)
from groundswell_analyzer.query.keys import key
from groundswell_analyzer.query.lexer import SCOPES, Lexeme, lex
from groundswell_analyzer.query.tree import (
    And,
    Attribute,
    Literal,
    Near,
    Node,
    Not,
    Or,
    normal_form,
)
from groundswell_core.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Parsed:
    """What parsing found: a tree, or at least one error."""

    tree: Node | None
    errors: tuple[QueryError, ...] = ()

    @property
    def normal_form(self) -> str:
        """Returns the query as understood, fully parenthesised; empty on errors."""
        return "" if self.tree is None else normal_form(self.tree)


def parse(query: str) -> Parsed:
    """Parses a query; mistakes are values, never raised."""
    if len(query) > MAXIMUM_LENGTH:
        message = f"the query has {len(query)} characters; the limit is {MAXIMUM_LENGTH}. Split it into several monitors."
        return Parsed(None, (QueryError(MAXIMUM_LENGTH, len(query) - MAXIMUM_LENGTH, message),))
    if not query.strip():
        return Parsed(None, (QueryError(0, 1, "the query is empty; write at least one word."),))
    reader = _Reader(query)
    tree = reader.read()
    errors = reader.errors or (check_tree(tree, reader.spans) if tree else [])
    # One mistake a place: what the lexer said of a word counts before what the parser adds.
    places = {(error.position, error.length): error for error in reversed(errors)}
    ordered = tuple(sorted(places.values())[:MAXIMUM_ERRORS])
    return Parsed(None if ordered else tree, ordered)


def parse_or_raise(query: str) -> Node:
    """Returns the tree of a query; raises InvalidInput naming every mistake and its place."""
    parsed = parse(query)
    if parsed.tree is None:
        lines = [f"character {error.position + 1}: {error.message}" for error in parsed.errors]
        raise InvalidInput(
            "the query cannot be read: " + " ".join(lines),
            reason="BAD_QUERY",
            position=parsed.errors[0].position,
            length=parsed.errors[0].length,
        )
    return parsed.tree


class _Reader:
    """One pass over the lexemes of one query."""

    def __init__(self, query: str) -> None:
        self.lexemes, self.errors = lex(query)
        self.spans: dict[int, tuple[int, int]] = {}  # id of a NOT's node → its place
        self._index = 0
        self._depth = 0
        self._is_too_deep = False
        self._terms = 0

    def read(self) -> Node | None:
        """Reads all; what is left after a whole query is a stray parenthesis."""
        parts = []
        while self._next.kind != "END":
            if (node := self._or()) is not None:
                parts.append(node)
            if self._next.kind == ")":
                message = "no opening parenthesis belongs to this one; remove it or add (."
                self._error(self._take(), message)
        return _joined(And, parts)

    @property
    def _next(self) -> Lexeme:
        return self.lexemes[self._index]

    def _take(self) -> Lexeme:
        lexeme = self.lexemes[self._index]
        self._index = min(self._index + 1, len(self.lexemes) - 1)
        return lexeme

    def _error(self, lexeme: Lexeme, message: str) -> None:
        self.errors.append(QueryError(lexeme.position, lexeme.length, message))

    def _or(self, scope: str = "") -> Node | None:
        parts = [self._and(scope)]
        while self._next.kind == "OR":
            self._operator(self._take())
            parts.append(self._and(scope))
        return _joined(Or, parts)

    def _and(self, scope: str) -> Node | None:
        self._no_operator_first()
        parts = []
        while self._next.kind not in ("OR", ")", "END"):
            if self._next.kind == "AND":
                self._operator(self._take())
                continue
            parts.append(self._not(scope))
        return _joined(And, parts)

    def _no_operator_first(self) -> None:
        while self._next.kind in ("AND", "OR", "NEAR"):
            lexeme = self._take()
            self._error(lexeme, f"{lexeme.text} stands between two words; write one before it.")

    def _operator(self, lexeme: Lexeme) -> None:
        """Checks what follows an operator: something to read, not another operator."""
        kind = self._next.kind
        if kind in (")", "END"):
            self._error(lexeme, f"{lexeme.text} needs a word after it; write one or remove it.")
        while self._next.kind in ("AND", "OR", "NEAR"):
            second = self._take()
            message = (
                f"{second.text} follows {lexeme.text}; keep one of them, or put a word between."
            )
            self._error(second, message)

    def _not(self, scope: str) -> Node | None:
        if self._next.kind != "NOT":
            return self._near(scope)
        lexeme = self._take()
        self._operator(lexeme)
        if self._next.kind in (")", "END"):
            return None
        part = self._deeper(lexeme, lambda: self._not(scope))
        if part is None:
            return None
        node = Not(part)
        self.spans[id(node)] = (lexeme.position, lexeme.length)
        return node

    def _near(self, scope: str) -> Node | None:
        left = self._primary(scope)
        parts: list[Node | None] = []
        while self._next.kind == "NEAR":
            operator = self._take()
            self._operator(operator)
            right = self._primary(scope) if self._next.kind not in (")", "END") else None
            parts.append(self._pair(left, right, operator))
            left = right
        return _joined(And, parts) if parts else left

    def _pair(self, left: Node | None, right: Node | None, operator: Lexeme) -> Node | None:
        if left is None or right is None:
            return None
        sides = _literals(left), _literals(right)
        if not sides[0] or not sides[1]:
            message = "NEAR takes words or phrases, or an OR of them, on both sides."
            self._error(operator, message)
        elif len({literal.scope for side in sides for literal in side}) > 1:
            self._error(operator, "both sides of NEAR are in one field; write title:(a NEAR/5 b).")
        elif {literal.key for literal in sides[0]} & {literal.key for literal in sides[1]}:
            self._error(
                operator, "both sides of NEAR name the same text; write two different ones."
            )
        return Near(*sides, operator.distance)

    def _primary(self, scope: str) -> Node | None:
        lexeme = self._take()
        match lexeme.kind:
            case "(":
                return self._group(lexeme, scope)
            case "FIELD":
                return self._field(lexeme, scope)
            case "NOT":
                self._error(lexeme, "NOT cannot stand here; write a AND NOT b.")
                return None
            case _:
                return self._word(lexeme, scope)

    def _group(self, opening: Lexeme, scope: str) -> Node | None:
        if self._next.kind == ")":
            self._error(opening, "these parentheses are empty; write a word between them.")
        node = self._deeper(opening, lambda: self._or(scope))
        if self._next.kind == ")":
            self._take()
        elif not self._is_too_deep:
            self._error(opening, "this parenthesis is never closed; add ) where the group ends.")
        return node

    def _field(self, lexeme: Lexeme, scope: str) -> Node | None:
        if scope:
            message = f"{lexeme.text}: stands inside {scope}:( ); close that group first."
            self._error(lexeme, message)
        if self._next.kind not in ("WORD", "("):
            message = f"{lexeme.text}: needs a word, a phrase or ( ) after it."
            self._error(lexeme, message)
            return None
        return self._primary(lexeme.text)

    def _word(self, lexeme: Lexeme, scope: str) -> Node | None:
        self._terms += 1
        if self._terms == MAXIMUM_TERMS + 1:
            message = f"the query has over {MAXIMUM_TERMS} terms; split it into several monitors."
            self._error(lexeme, message)
        searched = key(lexeme.text)
        if not any(map(_is_searchable, searched)):
            message = "there is no letter, digit or symbol here to search for."
            self._error(lexeme, message)
            return None
        if scope in ("", *SCOPES):
            return Literal(lexeme.text, searched, lexeme.is_prefix, scope)
        return Attribute(scope, lexeme.text, lexeme.is_prefix)

    def _deeper(self, lexeme: Lexeme, read: Callable[[], Node | None]) -> Node | None:
        if self._depth == MAXIMUM_DEPTH:
            self._error(lexeme, f"groups are over {MAXIMUM_DEPTH} deep here; simplify the query.")
            self._is_too_deep = True
            self._index = len(self.lexemes) - 1
            return None
        self._depth += 1
        node = read()
        self._depth -= 1
        return node


def _joined(kind: type[And | Or], parts: Iterable[Node | None]) -> Node | None:
    good = tuple(part for part in parts if part is not None)
    return kind(good) if len(good) > 1 else next(iter(good), None)


def _literals(node: Node) -> tuple[Literal, ...]:
    """Returns the side of a NEAR that a node can be; empty when it can be none."""
    parts = node.parts if isinstance(node, Or) else (node,)
    literals = tuple(part for part in parts if isinstance(part, Literal))
    return literals if len(literals) == len(parts) else ()


def _is_searchable(character: str) -> bool:
    return unicodedata.category(character)[0] not in "PZC"
