"""Many standing queries at once: one pass over a text finds the few that can match."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from groundswell_analyzer.query.errors import QueryError
from groundswell_analyzer.query.literals import LiteralScanner, Pattern, Span, pattern_of
from groundswell_analyzer.query.matching import Look, evaluate
from groundswell_analyzer.query.parser import parse
from groundswell_analyzer.query.searchable import Searchable, primary_language
from groundswell_analyzer.query.tree import And, Attribute, Literal, Near, Node, Not, Or
from groundswell_core.monitors import Monitor, MonitorState


@dataclass(frozen=True, slots=True)
class _Standing:
    """One monitor, ready to match."""

    name: str
    tree: Node
    languages: frozenset[str]
    sources: frozenset[str]
    exercise: bool

    def admits(self, document: Searchable) -> bool:
        """Tells whether the monitor looks at such documents at all."""
        return (
            (not self.languages or document.language in self.languages)
            and (not self.sources or document.source in self.sources)
            and (self.exercise or not document.exercise)
        )


class CompiledQueries:
    """The monitors that work, as one automaton; monitors that are off are left out."""

    def __init__(self, monitors: Iterable[Monitor] = ()) -> None:
        """Compiles the monitors; a query that does not parse is left out and named in broken."""
        self.broken: dict[str, tuple[QueryError, ...]] = {}
        standing = [made for monitor in monitors if (made := self._stand(monitor))]
        self._standing = tuple(sorted(standing, key=lambda one: one.name))
        self._scanner = LiteralScanner(
            pattern for one in self._standing for pattern in _patterns(one.tree)
        )
        self._numbers = {pattern: number for number, pattern in enumerate(self._scanner.patterns)}
        # By a pattern's number: the monitors that can match only where it stands.
        self._watching: list[list[int]] = [[] for _ in self._numbers]
        self._always: set[int] = set()
        for index, one in enumerate(self._standing):
            self._watch(index, one.tree)

    def __len__(self) -> int:
        return len(self._standing)

    def matches(self, document: Searchable) -> tuple[str, ...]:
        """Returns the names of the monitors that match, sorted."""
        if not self._standing:
            return ()
        spans: dict[int, list[Span]] = {}
        for index, start, end in self._scanner.scan(document.content):
            spans.setdefault(index, []).append((start, end))
        candidates = self._always.union(*map(self._watching.__getitem__, spans))
        if not candidates:
            return ()
        look = Look(document, lambda pattern: spans.get(self._numbers[pattern], ()))
        return tuple(
            one.name
            for one in map(self._standing.__getitem__, sorted(candidates))
            if one.admits(document) and evaluate(one.tree, look)
        )

    def _stand(self, monitor: Monitor) -> _Standing | None:
        if monitor.state is MonitorState.OFF:
            return None
        parsed = parse(monitor.query)
        if parsed.tree is None:
            self.broken[monitor.name] = parsed.errors
            return None
        return _Standing(
            monitor.name,
            parsed.tree,
            frozenset(map(primary_language, monitor.languages)),
            frozenset(source.removeprefix("sources/") for source in monitor.sources),
            monitor.exercise,
        )

    def _watch(self, index: int, tree: Node) -> None:
        needed = search_terms(tree)
        if needed is None:
            self._always.add(index)
            return
        for pattern in needed:
            self._watching[self._numbers[pattern]].append(index)


def search_terms(tree: Node) -> tuple[Pattern, ...] | None:
    """Returns patterns of which every matching text holds at least one; None when there are none.

    Such a query, as source:x, can match whatever the text says.
    """
    needed = _needed(tree, is_positive=True)
    return None if needed is None else tuple(sorted(needed))


def _needed(node: Node, *, is_positive: bool) -> frozenset[Pattern] | None:
    match node:
        case Literal() if is_positive:
            return frozenset([pattern_of(node)])
        case Near() if is_positive:
            return _rarest([frozenset(map(pattern_of, side)) for side in (node.left, node.right)])
        case Literal() | Near() | Attribute():
            return None
        case Not():
            return _needed(node.part, is_positive=not is_positive)
        case And() | Or():
            parts = [_needed(part, is_positive=is_positive) for part in node.parts]
            return _rarest(parts) if isinstance(node, And) == is_positive else _all(parts)


def _rarest(parts: Iterable[frozenset[Pattern] | None]) -> frozenset[Pattern] | None:
    """Returns the part that fewest texts hold, as far as lengths tell: any one is enough."""
    known = [part for part in parts if part is not None]
    return max(
        known, key=lambda part: (min(len(text) for text, _ in part), -len(part)), default=None
    )


def _all(parts: Iterable[frozenset[Pattern] | None]) -> frozenset[Pattern] | None:
    union: frozenset[Pattern] = frozenset()
    for part in parts:
        if part is None:
            return None
        union |= part
    return union


def _patterns(node: Node) -> list[Pattern]:
    match node:
        case Literal():
            return [pattern_of(node)]
        case Near():
            return [pattern_of(literal) for literal in (*node.left, *node.right)]
        case Not():
            return _patterns(node.part)
        case And() | Or():
            return [pattern for part in node.parts for pattern in _patterns(part)]
        case _:
            return []
