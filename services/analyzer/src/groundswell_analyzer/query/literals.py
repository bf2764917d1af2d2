"""Finding many texts at once: one pass over a key finds every literal of every query."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ahocorasick_rs import AhoCorasick, Implementation

from groundswell_analyzer.query.keys import is_word
from groundswell_analyzer.query.tree import Literal

# The fastest automaton takes about 1 KiB a byte of its patterns: up to here, 20 MiB.
MAXIMUM_FAST = 20_000  # bytes

Span = tuple[int, int]
Pattern = tuple[str, bool]  # the key to find, and whether it is a prefix


def pattern_of(literal: Literal) -> Pattern:
    """Returns what to find for a literal, wherever it must stand."""
    return literal.key, literal.is_prefix


class LiteralScanner:
    """An automaton over patterns, with word borders for scripts that have them."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        """Builds the automaton; equal patterns are one."""
        self.patterns: Sequence[Pattern] = sorted(set(patterns))
        self._borders = [borders(pattern) for pattern in self.patterns]
        texts = [text for text, _ in self.patterns]
        is_small = sum(len(text.encode()) for text in texts) <= MAXIMUM_FAST
        fast = Implementation.DFA if is_small else None
        self._automaton = AhoCorasick(texts, implementation=fast)

    def scan(self, content: str) -> Iterator[tuple[int, int, int]]:
        """Yields (pattern's index, start, end) of every occurrence, by its end."""
        found: list[tuple[int, int, int]] = self._automaton.find_matches_as_indexes(
            content, overlapping=True
        )
        for index, start, end in found:
            left, right = self._borders[index]
            if not (left or right) or stands_alone(content, start, end, left=left, right=right):
                yield index, start, end


def borders(pattern: Pattern) -> tuple[bool, bool]:
    """Tells whether a word must begin at a pattern's start, and end at its end."""
    text, is_prefix = pattern
    return is_word(text[0]), is_word(text[-1]) and not is_prefix


def stands_alone(content: str, start: int, end: int, *, left: bool, right: bool) -> bool:
    """Tells whether no word goes on across the borders that count."""
    if left and start > 0 and is_word(content[start - 1]):
        return False
    return not (right and end < len(content) and is_word(content[end]))


def find(pattern: Pattern, content: str) -> list[Span]:
    """Returns every occurrence of one pattern: the plain way, for one query over one text."""
    text, _ = pattern
    left, right = borders(pattern)
    spans = []
    start = content.find(text)
    while start >= 0:
        end = start + len(text)
        if stands_alone(content, start, end, left=left, right=right):
            spans.append((start, end))
        start = content.find(text, start + 1)
    return spans
