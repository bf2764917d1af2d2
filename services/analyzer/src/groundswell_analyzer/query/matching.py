"""Whether one query matches one document."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate

from groundswell_analyzer.query.keys import Tokens, name_key
from groundswell_analyzer.query.literals import Pattern, Span, find, pattern_of
from groundswell_analyzer.query.searchable import Searchable, primary_language
from groundswell_analyzer.query.tree import And, Attribute, Literal, Near, Node, Not, Or

Find = Callable[[Pattern], Sequence[Span]]


def matches(tree: Node, document: Searchable) -> bool:
    """Tells whether a query matches a document, looking for each literal by itself."""
    return evaluate(tree, Look(document, lambda pattern: find(pattern, document.content)))


class Look:
    """One document under the eyes of many queries: what was found once is known."""

    def __init__(self, document: Searchable, find_all: Find) -> None:
        """Takes what finds every occurrence of a pattern."""
        self.document = document
        self._find_all = find_all
        self._tokens: Tokens | None = None

    def spans(self, literal: Literal) -> Sequence[Span]:
        """Returns where a literal stands, in its scope."""
        spans = self._find_all(pattern_of(literal))
        border = self.document.title_length
        if literal.scope == "title":
            return [span for span in spans if span[0] < border]
        if literal.scope == "text":
            return [span for span in spans if span[0] > border]
        return spans

    def numbers(self, spans: Sequence[Span], part: Span) -> list[Span]:
        """Returns the numbers of the first and last token of each span inside a part."""
        if self._tokens is None:
            self._tokens = Tokens(self.document.content)
        first, last = self._tokens.first, self._tokens.last
        return [(first(start), last(end)) for start, end in spans if part[0] <= start < part[1]]


def evaluate(node: Node, look: Look) -> bool:
    """Tells whether a query matches the document that is looked at."""
    match node:
        case Literal():
            return bool(look.spans(node))
        case Attribute():
            return _has(node, look.document)
        case Near():
            return _near(node, look)
        case Not():
            return not evaluate(node.part, look)
        case And():
            return all(evaluate(part, look) for part in node.parts)
        case Or():
            return any(evaluate(part, look) for part in node.parts)


def _has(node: Attribute, document: Searchable) -> bool:
    wanted = name_key(node.value)
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
            return bool(label) and _equals(wanted, name_key(label), node)


def _equals(wanted: str, value: str, node: Attribute) -> bool:
    return value.startswith(wanted) if node.is_prefix else value == wanted


def _is_at(wanted: str, place: str) -> bool:
    """Tells whether a place is the wanted one: CN holds CN-44; 广州 is short for 广州市."""
    if wanted.isascii():
        return place == wanted or place.startswith(wanted + "-")
    return place.startswith(wanted)


def _near(node: Near, look: Look) -> bool:
    left = [span for literal in node.left for span in look.spans(literal)]
    right = [span for literal in node.right for span in look.spans(literal)]
    if not left or not right:
        return False
    border = look.document.title_length
    return any(
        _are_near(look.numbers(left, part), look.numbers(right, part), node.distance)
        for part in ((0, border), (border, len(look.document.content)))
    )


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
