"""Whether one query matches one document."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate

from groundswell_analyzer.query.keys import key, tokens
from groundswell_analyzer.query.literals import Pattern, Span, find, pattern_of
from groundswell_analyzer.query.searchable import Searchable, primary_language
from groundswell_analyzer.query.tree import And, Attribute, Literal, Near, Node, Not, Or

Find = Callable[[Pattern], Sequence[Span]]


def matches(tree: Node, document: Searchable) -> bool:
    """Tells whether a query matches a document, looking for each literal by itself."""
    return evaluate(tree, document, lambda pattern: find(pattern, document.content))


def evaluate(node: Node, document: Searchable, find_all: Find) -> bool:
    """Tells whether a query matches a document whose occurrences find_all knows."""
    match node:
        case Literal():
            return bool(_spans(node, document, find_all))
        case Attribute():
            return _has(node, document)
        case Near():
            return _near(node, document, find_all)
        case Not():
            return not evaluate(node.part, document, find_all)
        case And():
            return all(evaluate(part, document, find_all) for part in node.parts)
        case Or():
            return any(evaluate(part, document, find_all) for part in node.parts)


def _spans(literal: Literal, document: Searchable, find_all: Find) -> list[Span]:
    spans = find_all(pattern_of(literal))
    if literal.scope == "title":
        return [span for span in spans if span[0] < document.title_length]
    if literal.scope == "text":
        return [span for span in spans if span[0] > document.title_length]
    return list(spans)


def _has(node: Attribute, document: Searchable) -> bool:
    wanted = key(node.value)
    match node.field:
        case "source":
            return _equals(wanted.removeprefix("sources/"), document.source, node)
        case "outlet":
            return _equals(wanted, document.outlet, node)
        case "lang":
            return primary_language(wanted) == document.language
        case "category":
            return _equals(wanted, document.category, node)
        case "place":
            return any(_is_at(wanted, place.casefold()) for place in document.places)
        case _:
            label = document.labels.get(node.field.removeprefix("label."), "")
            return bool(label) and _equals(wanted, key(label), node)


def _equals(wanted: str, value: str, node: Attribute) -> bool:
    return value.startswith(wanted) if node.is_prefix else value == wanted


def _is_at(wanted: str, place: str) -> bool:
    """Tells whether a place is the wanted one: CN holds CN-44; 广州 is short for 广州市."""
    if wanted.isascii():
        return place == wanted or place.startswith(wanted + "-")
    return place.startswith(wanted)


def _near(node: Near, document: Searchable, find_all: Find) -> bool:
    left = [span for literal in node.left for span in _spans(literal, document, find_all)]
    right = [span for literal in node.right for span in _spans(literal, document, find_all)]
    if not left or not right:
        return False
    border = document.title_length
    places = _TokenPlaces(document.content)
    return any(
        _are_near(places.of(left, part), places.of(right, part), node.distance)
        for part in ((0, border), (border, len(document.content)))
    )


class _TokenPlaces:
    """Where spans of characters lie among the tokens of a content."""

    def __init__(self, content: str) -> None:
        spans = tokens(content)
        self._starts = [start for start, _ in spans]
        self._ends = [end for _, end in spans]

    def of(self, spans: Sequence[Span], part: Span) -> list[Span]:
        """Returns first and last token of each span inside a part of the content."""
        return [
            (bisect_right(self._ends, start), bisect_right(self._starts, end - 1) - 1)
            for start, end in spans
            if part[0] <= start < part[1]
        ]


def _are_near(left: list[Span], right: list[Span], distance: int) -> bool:
    """Tells whether some left lies near some right; linear but for the sort, whatever the text."""
    right = sorted(right)
    firsts = [first for first, _ in right]
    furthest = list(accumulate((last for _, last in right), max))
    for first, last in left:
        # Of those that begin early enough, the one that reaches furthest decides.
        count = bisect_right(firsts, last + 1 + distance)
        if count and furthest[count - 1] >= first - 1 - distance:
            return True
    return False
