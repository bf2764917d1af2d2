"""Stage organisations: which public bodies and firms a text names; never persons.

Known names come from a list; others are found by what names end with, and are read back to the place
or the proper name that they begin with. What begins with neither, as 一家保险公司, is no name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from groundswell_analyzer.annotate.draft import Draft, Tools
from groundswell_analyzer.annotate.named import Chinese, English
from groundswell_analyzer.annotate.words import read_data
from groundswell_analyzer.query.keys import plain
from groundswell_analyzer.query.literals import borders, stands_alone

MAXIMUM_ORGANISATIONS = 8
READ = 500  # characters of a text that are read: whom it is about, news says first
_MOST = 2 * MAXIMUM_ORGANISATIONS  # that are found before the first ones are taken
_FIRMS = ("公司", "集团", "银行", " Group", " Company", " Corporation", " Motors", " Airlines")

Span = tuple[int, int, str]  # start, end, name


@dataclass(frozen=True, slots=True)
class Names:
    """Known names, and what other names end with, in one automaton that prefers the longest."""

    automaton: AhoCorasick
    marks: Sequence[str]
    known: Mapping[str, str]  # spelling → the name as told
    told: frozenset[str]
    chinese: Chinese
    english: English

    def at(self, content: str, mark: str, start: int, end: int) -> Span | None:
        """Returns the name that a mark is, or ends; None when it does neither."""
        if told := self.known.get(mark):
            left, right = borders((mark, False))
            is_word = stands_alone(content, start, end, left=left, right=right)
            return (start, end, told) if is_word else None
        rules = self.english if mark.isascii() else self.chinese
        return rules.name(content, mark, start, end)


@cache
def names() -> Names:
    """Returns the names of this package, read once a process."""
    data: dict[str, Any] = read_data("organisations.yaml")
    known = {
        plain(name.replace("_", " ")): line.split()[0].replace("_", " ")
        for line in data["known"]
        for name in line.split()
    }
    lists = {name: frozenset(words.split()) for name, words in data.items() if name != "known"}
    chinese, english = Chinese.of(lists), English.of(lists)
    marks = tuple({**known, **dict.fromkeys((*chinese.suffixes, *english.marks))})
    automaton = AhoCorasick(marks, MatchKind.LeftmostLongest, implementation=Implementation.DFA)
    told = frozenset(known.values())
    return Names(automaton, marks, known, told, chinese, english)


def find_organisations(drafts: Sequence[Draft], tools: Tools) -> list[Draft]:
    """Finds the organisations that every document names."""
    return [_with_organisations(draft) for draft in drafts]


def _with_organisations(draft: Draft) -> Draft:
    if draft.language not in ("zh", "en"):
        return draft
    found = organisations_of(draft.plain_title, draft.plain_text)
    return draft.learned(organisations=found) if found else draft


def organisations_of(title: str, text: str) -> tuple[str, ...]:
    """Returns the organisations that a plain title and text name, first named first."""
    spans: list[Span] = []
    for span in _spans(f"{title}\n{text[:READ]}", len(title)):
        _add(span, spans)
        if len(spans) == _MOST:
            break
    return tuple(dict.fromkeys(name for _, _, name in spans))[:MAXIMUM_ORGANISATIONS]


def _spans(content: str, border: int) -> Iterator[Span]:
    known = names()
    is_headline = _is_title_case(content[:border])
    for index, start, end in known.automaton.find_matches_as_indexes(content):
        mark = known.marks[index]
        if is_headline and start < border and mark in known.english.marks:
            continue
        if span := known.at(content, mark, start, end):
            yield span


def _is_title_case(title: str) -> bool:
    """Tells whether words of a headline are capitalised that are no names."""
    words = title.split()
    return sum(word[:1].isupper() for word in words) * 2 > len(words) > 1


def _add(span: Span, spans: list[Span]) -> None:
    """Adds a name; a longer one takes the place of those inside it, but a firm keeps its known name."""
    start, end, name = span
    while spans and spans[-1][0] >= start:
        inner = spans.pop()
        if inner[0] == start and name.endswith(_FIRMS) and inner[2] in names().told:
            name = inner[2]
    spans.append((start, end, name))
