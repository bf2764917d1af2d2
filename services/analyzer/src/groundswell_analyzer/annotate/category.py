"""Stage category: what kind of matter a document reports, by rules that people can read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from groundswell_analyzer.annotate.draft import Draft, Tools
from groundswell_analyzer.annotate.words import read_data
from groundswell_analyzer.query.keys import key
from groundswell_analyzer.query.literals import LiteralScanner

# Points in sixths, so that they stay whole numbers.
_TITLE, _TEXT = 18, 6  # for a word in the title; for one that only the text has
_AGAIN = 3  # once more, for a word that the text repeats
_HINT = 3  # by so much a hint counts less
_AGAINST = -2  # so many times a word under "not" counts
ENOUGH = 18  # from which on a category applies
LEAD = 600  # characters of the text that are read: news says first what happened
MAXIMUM_TOPICS = 3
MAXIMUM_WORDS = 8


@dataclass(frozen=True, slots=True)
class Group:
    """A category and its topics among the subjects: the category first, its topics after it."""

    category: str
    is_emergency: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules, ready to apply."""

    version: str
    subjects: tuple[str, ...]  # accident, accident/traffic, …
    groups: tuple[Group, ...]
    scanner: LiteralScanner
    worth: tuple[tuple[tuple[int, int, int], ...], ...]  # by word: subject, title, text


@dataclass(frozen=True, slots=True)
class Matter:
    """What a document is about."""

    category: str = ""
    topics: tuple[str, ...] = ()  # the strongest first
    words: tuple[str, ...] = ()  # that say so


def find_categories(drafts: Sequence[Draft], tools: Tools) -> list[Draft]:
    """Gives every document the category of the rule that applies, and its topics."""
    applied = rules()
    return [_with_matter(draft, matter_of(draft.title, draft.text, applied)) for draft in drafts]


def _with_matter(draft: Draft, matter: Matter) -> Draft:
    return draft.learned(category=matter.category, topics=matter.topics, topic_words=matter.words)


def matter_of(title: str, text: str, applied: Rules) -> Matter:
    """Returns what keys of title and text are about; nothing when no rule applies."""
    seen = _scan(title, text[:LEAD], applied.scanner)
    points = [0] * len(applied.subjects)
    for word, (in_title, in_text) in seen.items():
        for subject, title_worth, text_worth in applied.worth[word]:
            points[subject] += _worth(in_title, in_text, title_worth, text_worth)
    group = _best(points, applied.groups)
    if group is None:
        return Matter()
    return Matter(
        category=group.category,
        topics=_topics(points, group, applied.subjects),
        words=_words(seen, group, applied),
    )


def _scan(title: str, lead: str, scanner: LiteralScanner) -> dict[int, tuple[int, int]]:
    """Returns how often each word comes in the title and in the lead."""
    seen: dict[int, tuple[int, int]] = {}
    for index, start, _ in scanner.scan(f"{title}\n{lead}"):
        in_title, in_text = seen.get(index, (0, 0))
        seen[index] = (in_title + 1, in_text) if start < len(title) else (in_title, in_text + 1)
    return seen


def _worth(in_title: int, in_text: int, title_worth: int, text_worth: int) -> int:
    first = title_worth if in_title else text_worth
    return first + (text_worth * _AGAIN // _TEXT if in_title + in_text > 1 else 0)


def _best(points: Sequence[int], groups: Iterable[Group]) -> Group | None:
    """Returns the category with most points; one of an emergency goes first."""
    best: tuple[bool, int] = (False, ENOUGH - 1)
    found = None
    for group in groups:
        own = points[group.start] + max(points[group.start + 1 : group.end], default=0)
        if own >= ENOUGH and (group.is_emergency, own) > best:
            best, found = (group.is_emergency, own), group
    return found


def _topics(points: Sequence[int], group: Group, subjects: Sequence[str]) -> tuple[str, ...]:
    """Returns the topics of a category that the text is about, the strongest first."""
    within = range(group.start + 1, group.end)
    found = sorted((topic for topic in within if points[topic] > 0), key=lambda t: -points[t])
    enough = max(ENOUGH // 3, points[found[0]] // 2) if found else 0
    return tuple(subjects[t] for t in found[:MAXIMUM_TOPICS] if points[t] >= enough)


def _words(seen: Mapping[int, tuple[int, int]], group: Group, applied: Rules) -> tuple[str, ...]:
    """Returns the words that speak for a category, the most telling first."""
    worth: dict[str, int] = {}
    for word, (in_title, in_text) in seen.items():
        for subject, title_worth, text_worth in applied.worth[word]:
            if group.start <= subject < group.end and text_worth > 0:
                spelled = applied.scanner.patterns[word][0]
                counted = _worth(in_title, in_text, title_worth, text_worth)
                worth[spelled] = max(worth.get(spelled, 0), counted)
    return tuple(sorted(worth, key=lambda spelled: -worth[spelled])[:MAXIMUM_WORDS])


@cache
def rules() -> Rules:
    """Returns the rules of this package, read once a process."""
    return make_rules(read_data("categories.yaml"))


def make_rules(data: Mapping[str, Any]) -> Rules:
    """Returns rules from a version and categories, each with words, hints, not, and topics."""
    subjects: list[str] = []
    groups: list[Group] = []
    worth: dict[str, list[tuple[int, int, int]]] = {}
    for entry in data["categories"]:
        start = len(subjects)
        for subject, words in _subjects(entry):
            for word, title, text in _worths(words):
                worth.setdefault(word, []).append((len(subjects), title, text))
            subjects.append(subject)
        is_emergency = entry.get("kind") == "emergency"
        groups.append(Group(entry["category"], is_emergency, start, len(subjects)))
    scanner = LiteralScanner((word, _is_open(word)) for word in worth)
    return Rules(
        version=str(data["version"]),
        subjects=tuple(subjects),
        groups=tuple(groups),
        scanner=scanner,
        worth=tuple(tuple(worth[word]) for word, _ in scanner.patterns),
    )


def _subjects(entry: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yields a category and its topics, each with its words."""
    yield entry["category"], entry
    for topic, words in entry.get("topics", {}).items():
        yield f"{entry['category']}/{topic}", words


def _worths(entry: Mapping[str, str]) -> Iterator[tuple[str, int, int]]:
    """Yields every word with its points in the title and in the text."""
    for word in _split(entry.get("words", "")):
        yield word, _TITLE, _TEXT
    for word in _split(entry.get("hints", "")):
        yield word, _TITLE // _HINT, _TEXT // _HINT
    for word in _split(entry.get("not", "")):
        yield word, _AGAINST * _TITLE, _AGAINST * _TEXT


def _split(words: str) -> Iterator[str]:
    return (key(word) for word in words.replace("\n", ",").split(",") if word.strip())


def _is_open(word: str) -> bool:
    """English words may go on: flood finds floods and flooding."""
    return word.isascii() and len(word) >= 5
