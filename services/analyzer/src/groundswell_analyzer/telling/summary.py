"""An extractive summary: the sentences of a story's documents that say most of what all say.

Sentences vote for each other by what they share (TextRank: Mihalcea and Tarau 2004, "TextRank:
Bringing order into texts"); of sentences alike only the best stays (maximal marginal relevance:
Carbonell and Goldstein 1998). Each names the document that says it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from groundswell_analyzer.query.keys import JOINED
from groundswell_analyzer.telling.report import Report, first_hand, in_time
from groundswell_analyzer.telling.sentences import sentences
from groundswell_core.stories import SummarySentence

MOST_SENTENCES = 4
DOCUMENTS_READ = 16
_A_DOCUMENT = 6  # sentences read of it
_DAMPING = 0.85
_ROUNDS = 15
_ALIKE = 0.5  # of the shorter sentence's parts: then one of both says it
_REDUNDANCY = 0.35
_STAYS = 1.2  # the advantage of a sentence that is in the summary already
_OLDEST = 0.6  # of the newest document's say that the oldest keeps
_LEAST = 0.35  # of the best sentence's score that a further one needs

_PARTS = re.compile(rf"[{JOINED}]|[^\W_]+")
_SMALL_WORDS = frozenset(
    [
        "the",
        "a",
        "an",
        "of",
        "to",
        "in",
        "on",
        "at",
        "for",
        "and",
        "or",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "by",
        "with",
        "from",
        "that",
        "this",
        "it",
        "its",
        "as",
        "has",
        "have",
        "had",
        "he",
        "she",
        "they",
        "his",
        "her",
        "their",
        "not",
        "but",
        "will",
        "would",
        "which",
        "who",
        "said",
        "says",
        "after",
    ]
)

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Line:
    """One sentence that may be chosen."""

    text: str
    document: str
    place: tuple[int, int]  # its document's and its own, in the order to read
    prior: float
    parts: frozenset[str]


def to_read(reports: Sequence[Report]) -> list[Report]:
    """Returns the documents whose texts a summary reads: the first ones and the newest."""
    found = in_time(first_hand(reports))
    if len(found) <= DOCUMENTS_READ:
        return found
    return found[: DOCUMENTS_READ // 4] + found[-(DOCUMENTS_READ - DOCUMENTS_READ // 4) :]


def summary(
    reports: Sequence[Report],
    texts: Mapping[str, str],
    present: Sequence[SummarySentence] = (),
) -> tuple[SummarySentence, ...]:
    """Returns the sentences that tell a story best, in the order to read them.

    Takes reports: those to read, first published first; texts: by document id; present: the
    summary so far, whose sentences stay unless others are clearly better.
    """
    lines = _lines(reports, texts, {sentence.text for sentence in present})
    if not lines:
        return ()
    shared = _shared(lines)
    scores = _ranks(shared, lines) * np.array([line.prior for line in lines])
    chosen = sorted(_pick(scores, shared, lines), key=lambda index: lines[index].place)
    return tuple(
        SummarySentence(text=lines[index].text, document=f"documents/{lines[index].document}")
        for index in chosen
    )


def _lines(
    reports: Sequence[Report], texts: Mapping[str, str], present: Collection[str]
) -> list[_Line]:
    lines: list[_Line] = []
    newest = max(len(reports) - 1, 1)
    for order, report in enumerate(reports):
        fresh = _OLDEST + (1 - _OLDEST) * order / newest
        weight = 0.7 + 0.3 * report.source_weight / 1000
        found = sentences(texts.get(report.id, ""), _A_DOCUMENT) or [report.title.strip()]
        for place, text in enumerate(found):
            parts = _parts(text)
            if len(parts) < 3:
                continue
            prior = fresh * weight * (1.0 - 0.08 * place) * (_STAYS if text in present else 1.0)
            lines.append(_Line(text, report.id, (order, place), prior, parts))
    return lines


def _parts(text: str) -> frozenset[str]:
    """Returns pairs of characters of joined scripts, and words of others."""
    pieces = _PARTS.findall(text.casefold())
    words = {piece for piece in pieces if len(piece) > 1 or piece.isdigit()} - _SMALL_WORDS
    pairs = {one + other for one, other in pairwise(pieces) if len(one) == 1 and len(other) == 1}
    return frozenset(words | pairs)


def _shared(lines: Sequence[_Line]) -> Matrix:
    """Returns how many parts each two sentences share."""
    numbers: dict[str, int] = {}
    for line in lines:
        for part in line.parts:
            numbers.setdefault(part, len(numbers))
    holds = np.zeros((len(lines), len(numbers)), dtype=np.float32)
    for row, line in enumerate(lines):
        holds[row, [numbers[part] for part in line.parts]] = 1.0
    return (holds @ holds.T).astype(np.float64)


def _ranks(shared: Matrix, lines: Sequence[_Line]) -> Matrix:
    """Returns each sentence's TextRank: what they share over the logarithms of both lengths."""
    logs = np.log1p([len(line.parts) for line in lines])
    likeness = shared / (logs[:, None] + logs[None, :])
    np.fill_diagonal(likeness, 0.0)
    total = likeness.sum(axis=1, keepdims=True)
    votes = np.divide(likeness, total, out=np.zeros_like(likeness), where=total > 0)
    ranks = np.ones(len(lines))
    for _ in range(_ROUNDS):
        ranks = (1 - _DAMPING) + _DAMPING * (ranks @ votes)
    return ranks


def _pick(scores: Matrix, shared: Matrix, lines: Sequence[_Line]) -> list[int]:
    """Returns the best sentences, each unlike those before it."""
    lengths = np.array([len(line.parts) for line in lines], dtype=np.float64)
    overlap = shared / np.minimum(lengths[:, None], lengths[None, :])
    chosen: list[int] = []
    closeness = np.zeros(len(lines))
    least = _LEAST * scores.max()
    while len(chosen) < MOST_SENTENCES:
        worth = np.where(closeness >= _ALIKE, -1.0, scores * (1 - _REDUNDANCY * closeness))
        best = int(worth.argmax())
        if worth[best] < least:
            break
        chosen.append(best)
        closeness = np.maximum(closeness, overlap[best])
    return chosen
