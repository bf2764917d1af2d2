"""Stage claims: what numbers and dates a text claims of what it reports.

Patterns over single sentences, for Chinese and English: precise rather than complete. What is no
claim about this event is left out: rates, other years, what may happen, what is denied, parts of a
total that is named.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache

from ahocorasick_rs import AhoCorasick, Implementation

from groundswell_analyzer.annotate import claims_en, claims_zh
from groundswell_analyzer.annotate.claimed import Found
from groundswell_analyzer.annotate.draft import Draft, Tools
from groundswell_analyzer.annotate.happening import chinese_day, english_day
from groundswell_core.analyses import Claim
from groundswell_core.documents import Document

MAXIMUM_CLAIMS = 16
MAXIMUM_SENTENCE = 200  # characters that are kept of the sentence
READ = 3_000  # characters of a text that are read
_LONGEST = 400  # characters of a sentence that are read: more is a list or a table
_FIRST_YEAR, _LAST_YEAR = 1970, 2200  # of a document whose day can be believed
_DATED = 300  # characters at the start in which the day of the happening is looked for

Day = Callable[[str, date], date | None]
Find = Callable[[str, date | None], Iterable[Found]]


@dataclass(frozen=True, slots=True)
class Grammar:
    """How one language makes claims."""

    marks: AhoCorasick  # words without which a sentence claims nothing
    ends: tuple[str, ...]  # of sentences
    end: re.Pattern[str]  # the same
    find: Find  # the claims of one sentence, and the day of the document
    day: Day  # of the happening, in the beginning of a text
    zone: timezone  # in which its press writes "today"


@cache
def grammar_of(language: str) -> Grammar | None:
    """Returns how a language makes claims; None of one that is not known."""
    match language:
        case "zh":
            ends = ("。", "!", "?", ";", "\n")
            return _grammar(claims_zh.MARKS, ends, claims_zh.find, chinese_day, hours=8)
        case "en":
            ends = (". ", "! ", "? ", "; ", "\n")
            return _grammar(claims_en.MARKS, ends, claims_en.find, english_day, hours=0)
        case _:
            return None


def _grammar(
    marks: Iterable[str], ends: tuple[str, ...], find: Find, day: Day, *, hours: int
) -> Grammar:
    automaton = AhoCorasick(marks, implementation=Implementation.DFA)
    end = re.compile("|".join(map(re.escape, ends)))
    return Grammar(automaton, ends, end, find, day, timezone(timedelta(hours=hours)))


def find_claims(drafts: Sequence[Draft], tools: Tools) -> list[Draft]:
    """Finds what every document claims."""
    return [_with_claims(draft) for draft in drafts]


def _with_claims(draft: Draft) -> Draft:
    grammar = grammar_of(draft.language)
    if grammar is None:
        return draft
    claims = claims_of(draft.plain_title, draft.plain_text, grammar, _today(draft, grammar))
    return draft.learned(claims=claims) if claims else draft


def _today(draft: Draft, grammar: Grammar) -> date | None:
    document: Document = draft.document
    time = document.publish_time or document.collect_time
    if time is None or not _FIRST_YEAR <= time.year < _LAST_YEAR:
        return None
    return time.astimezone(grammar.zone).date()


def claims_of(title: str, text: str, grammar: Grammar, today: date | None) -> tuple[Claim, ...]:
    """Returns the claims of a plain title and text, in order; each number of a kind once."""
    content = f"{title}\n{text[:READ]}"
    found: dict[tuple[str, float, str], tuple[Found, str]] = {}
    for sentence in _sentences(content, grammar):
        for one in grammar.find(sentence, today):
            found.setdefault(one.topic, (one, sentence))
    if not found:
        return ()
    # A loss is not a fine: of several matters of money, the one nearest to harm.
    rank = min((one.rank for one, _ in found.values() if one.kind == "money"), default=0)
    claims = [
        one.claim(_shortened(sentence))
        for one, sentence in found.values()
        if one.kind != "money" or one.rank == rank
    ]
    return tuple([*_dated(content, grammar, today), *claims][:MAXIMUM_CLAIMS])


def _sentences(content: str, grammar: Grammar) -> Iterator[str]:
    """Yields the sentences that may claim something, each once."""
    end = 0
    for _, start, _ in grammar.marks.find_matches_as_indexes(content):
        if start < end:
            continue
        before = max(end, start - _LONGEST)
        begin = max(before, 1 + max(content.rfind(mark, before, start) for mark in grammar.ends))
        stop = grammar.end.search(content, start, start + _LONGEST)
        end = stop.start() if stop else start + _LONGEST
        yield content[begin:end].strip()


def _shortened(sentence: str) -> str:
    return sentence if len(sentence) <= MAXIMUM_SENTENCE else sentence[: MAXIMUM_SENTENCE - 1] + "…"


def _dated(content: str, grammar: Grammar, today: date | None) -> list[Claim]:
    """Returns the day of the happening, when the beginning names it."""
    lead = content[:_DATED]
    if today is None or (day := grammar.day(lead, today)) is None:
        return []
    time = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return [Claim(kind="date", time=time, text=_shortened(lead.replace("\n", " ")))]
