"""Stage category: what kind of matter a document reports, by rules that people can read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from groundswell_analyzer.annotate.draft import Draft, Tools
from groundswell_analyzer.annotate.words import read_data
from groundswell_analyzer.query.keys import key
from groundswell_analyzer.query.literals import LiteralScanner

TITLE_POINTS = 3  # for each word of a rule that the title has
TEXT_POINTS = 1  # for each that only the text has
ENOUGH = 3  # points from which on a rule applies
LEAD = 600  # characters of the text that are read: news says first what happened


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules, ready to apply: which words count for which category, or against it."""

    categories: tuple[str, ...]  # in the order of the file: the first wins among equals
    emergencies: int  # so many stand first; one that applies goes before any everyday matter
    scanner: LiteralScanner
    counts_for: Mapping[str, tuple[int, ...]]  # key of a word → categories
    counts_against: Mapping[str, tuple[int, ...]]


def find_categories(drafts: Sequence[Draft], tools: Tools) -> list[Draft]:
    """Gives every document the category of the rule that applies; an emergency goes first."""
    found = rules()
    return [
        replace(draft, category=category_of(draft.title, draft.text, found)) for draft in drafts
    ]


def category_of(title: str, text: str, found: Rules) -> str:
    """Returns the category of keys of title and text; empty when no rule applies."""
    points = [0] * len(found.categories)
    content = title + "\n" + text[:LEAD]
    seen: dict[str, int] = {}
    for index, start, _ in found.scanner.scan(content):
        word = found.scanner.patterns[index][0]
        seen.setdefault(word, TITLE_POINTS if start < len(title) else TEXT_POINTS)
    for word, worth in seen.items():
        for category in found.counts_for.get(word, ()):
            points[category] += worth
        for category in found.counts_against.get(word, ()):
            points[category] -= 2 * worth
    return _best(points[: found.emergencies], found) or _best(points, found)


def _best(points: Sequence[int], found: Rules) -> str:
    best = max(points, default=0)
    return found.categories[points.index(best)] if best >= ENOUGH else ""


@cache
def rules() -> Rules:
    """Returns the rules of this package, read once a process."""
    return make_rules(read_data("categories.yaml"))


def make_rules(entries: Sequence[Mapping[str, str]]) -> Rules:
    """Returns rules from entries with a category, its words, and words that speak against it."""
    counts_for = _by_word(entry["words"] for entry in entries)
    counts_against = _by_word(entry.get("not", "") for entry in entries)
    words = {*counts_for, *counts_against}
    return Rules(
        categories=tuple(entry["category"] for entry in entries),
        emergencies=sum(entry.get("kind") == "emergency" for entry in entries),
        scanner=LiteralScanner((word, _is_open(word)) for word in words),
        counts_for=counts_for,
        counts_against=counts_against,
    )


def _by_word(lists: Iterable[str]) -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    for index, words in enumerate(lists):
        for word in words.replace("\n", ",").split(","):
            if searched := key(word):
                found[searched] = (*found.get(searched, ()), index)
    return found


def _is_open(word: str) -> bool:
    """English words may go on: flood finds floods and flooding."""
    return word.isascii() and len(word) >= 5
