"""An extractive summary: the sentences of a story's documents that say most of what all say.

A sentence is worth what it shares with what others say: its degree in the graph of sentences (Erkan
and Radev 2004, "LexRank: Graph-based lexical centrality as salience in text summarization"), where
each outlet votes once. Of sentences alike only the best stays (maximal marginal relevance: Carbonell
and Goldstein 1998). Each names the document that says it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import add

from groundswell_analyzer.query.keys import JOINED
from groundswell_analyzer.telling.amounts import contradicting
from groundswell_analyzer.telling.report import Report, Said, first_hand, in_time
from groundswell_analyzer.telling.sentences import sentences
from groundswell_analyzer.telling.titles import plain_title
from groundswell_core.stories import SummarySentence

MOST_SENTENCES = 4
DOCUMENTS_READ = 12
_A_DOCUMENT = 4  # sentences read of it
_ALIKE = 0.5  # of the shorter sentence's parts: then one of both says it
_REDUNDANCY = 0.35
_LEAST = 0.35  # of the best sentence's worth that a further one needs
_LEAST_PARTS = 3
_SHORT = 10  # parts: a sentence of fewer says little, however much of it is shared
_OLDEST = 0.6  # of the newest document's say that the oldest keeps
_LATER = 0.08  # less for each sentence further down its document: news says first what matters
_STAYS = 1.2  # the advantage of a sentence that is in the summary already
_STALE = 0.4  # of its worth that a sentence keeps whose number does not stand any more
_TITLE = 0.8  # of its worth that a title keeps where there is no text

_WORD = re.compile(rf"[^\W_{JOINED}]{{2,}}|[0-9]")
_RUN = re.compile(f"[{JOINED}]+")
_NUMBER_WORDS = dict(
    enumerate(("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"))
)
_SMALL_WORDS = frozenset(
    re.findall(
        r"\w+",
        "an of to in on at for and or is are was were be been by with from that this it its as has "
        "have had he she they the his her their not but will would which who said says after",
    )
)


@dataclass(frozen=True, slots=True)
class _Line:
    """One sentence that may be chosen."""

    text: str
    report: Report
    order: tuple[int, int]  # its document's and its own, in the order to read
    prior: float
    parts: frozenset[str]


def to_read(reports: Iterable[Report]) -> list[Report]:
    """Returns the documents whose texts a summary reads: the first ones and the newest."""
    found = in_time(first_hand(reports))
    if len(found) <= DOCUMENTS_READ:
        return found
    return found[: DOCUMENTS_READ // 4] + found[-(DOCUMENTS_READ - DOCUMENTS_READ // 4) :]


def summary(
    reports: Sequence[Report],
    texts: Mapping[str, str],
    present: Sequence[SummarySentence] = (),
    claim: Said | None = None,
) -> tuple[SummarySentence, ...]:
    """Returns the sentences that tell a story best, in the order to read them.

    Takes reports: those to read, first published first; texts: by document id; present: the
    summary so far, whose sentences stay unless others are clearly better; claim: the number that
    the story stands for.
    """
    lines = _lines(reports, texts, {sentence.text for sentence in present}, claim)
    chosen = _pick(lines, _worth(lines))
    return tuple(
        SummarySentence(text=line.text, document=f"documents/{line.report.id}")
        for line in sorted(chosen, key=lambda line: line.order)
    )


def _lines(
    reports: Sequence[Report],
    texts: Mapping[str, str],
    present: Collection[str],
    claim: Said | None,
) -> list[_Line]:
    lines: list[_Line] = []
    newest = max(len(reports) - 1, 1)
    for order, report in enumerate(reports):
        stale = _numbers(contradicting(report.claims, claim)) if claim else frozenset()
        worth = _OLDEST + (1 - _OLDEST) * order / newest
        worth *= 0.7 + 0.3 * report.source_weight / 1000
        found = sentences(texts.get(report.id, ""), _A_DOCUMENT)
        if not found:
            found, worth = [plain_title(report.title)], worth * _TITLE
        for place, text in enumerate(found):
            parts = _parts(text)
            prior = worth * (1.0 - _LATER * place) * (_STAYS if text in present else 1.0)
            if len(parts) >= _LEAST_PARTS:
                prior *= _STALE if stale & parts else 1.0
                lines.append(_Line(text, report, (order, place), prior, parts))
    return lines


def _numbers(claims: Iterable[Said]) -> frozenset[str]:
    """Returns how sentences spell the numbers of claims."""
    numbers = {round(claim.value) for claim in claims}
    words = {_NUMBER_WORDS[number] for number in numbers if number in _NUMBER_WORDS}
    return frozenset({str(number) for number in numbers} | words)


def _parts(text: str) -> frozenset[str]:
    """Returns pairs of characters of joined scripts, and words of others."""
    folded = text.casefold()
    parts = set(_WORD.findall(folded)) - _SMALL_WORDS
    for run in _RUN.findall(folded):
        parts.update(map(add, run, run[1:]))
    return frozenset(parts)


def _worth(lines: Sequence[_Line]) -> list[float]:
    """Returns what each sentence shares with what other outlets say, for its length."""
    spoken: dict[str, set[str]] = {}
    for line in lines:
        spoken.setdefault(line.report.speaker, set()).update(line.parts)
    votes: Counter[str] = Counter()
    for parts in spoken.values():
        votes.update(parts)
    return [
        line.prior
        * (1 + sum(map(votes.__getitem__, line.parts)) - len(line.parts))
        / (len(line.parts) + _SHORT) ** 0.5
        for line in lines
    ]


def _pick(lines: Sequence[_Line], worth: Sequence[float]) -> list[_Line]:
    """Returns the best sentences, each unlike those before it."""
    chosen: list[_Line] = []
    left = dict(enumerate(worth))
    closeness = dict.fromkeys(left, 0.0)
    least = _LEAST * max(worth, default=0.0)
    while left and len(chosen) < MOST_SENTENCES:
        best = max(left, key=lambda index: left[index] * (1 - _REDUNDANCY * closeness[index]))
        if left.pop(best) * (1 - _REDUNDANCY * closeness[best]) < least:
            break
        chosen.append(lines[best])
        for index in list(left):
            closeness[index] = max(closeness[index], _overlap(lines[index], lines[best]))
            if closeness[index] >= _ALIKE:
                del left[index]
    return chosen


def _overlap(one: _Line, other: _Line) -> float:
    return len(one.parts & other.parts) / min(len(one.parts), len(other.parts))
