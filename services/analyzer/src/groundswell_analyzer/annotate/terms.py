"""Stage terms: splits texts into words and keeps those that tell most of the subject."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate, chain, groupby
from operator import attrgetter
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from groundswell_analyzer.annotate.draft import Draft, Tools
from groundswell_analyzer.annotate.words import split, telling

MAXIMUM_TERMS = 64
TITLE_WEIGHT = 4  # one mention in the title counts as so many in the text
LEAD = 80  # words at the text's start that count twice: news says first what matters
# Characters of a text that are split into words: the same amount of news in either kind of script.
READ_DENSE = 400
READ_SPACED = 2_000
_DENSE = frozenset({"zh", "ja"})
_AT_ONCE = 16  # documents, so that their words stay in the processor's cache

Words: TypeAlias = tuple[str, ...]


def extract_terms(drafts: Sequence[Draft], tools: Tools) -> list[Draft]:
    """Splits title and lead of every document into words and finds its terms, most telling first."""
    extracted: list[Draft] = []
    for language, group in groupby(drafts, key=attrgetter("language")):
        same = list(group)
        for start in range(0, len(same), _AT_ONCE):
            extracted += _with_terms(same[start : start + _AT_ONCE], language)
    return extracted


def _with_terms(drafts: Sequence[Draft], language: str) -> Iterator[Draft]:
    titles = [split(draft.title, language) for draft in drafts]
    texts = [split(lead(draft.text, language), language) for draft in drafts]
    terms = terms_of(titles, texts, language)
    for draft, title, text, found in zip(drafts, titles, texts, terms, strict=True):
        yield draft.learned(title_words=title, text_words=text, terms=found)


def lead(text: str, language: str) -> str:
    """Returns the part of a text's key that is read word by word, to the end of a sentence."""
    limit, border = (READ_DENSE, "。") if language in _DENSE else (READ_SPACED, " ")
    if len(text) <= limit:
        return text
    return text[: text.rfind(border, limit // 2, limit) + 1 or limit]


def terms_of(titles: Sequence[Words], texts: Sequence[Words], language: str) -> list[Words]:
    """Returns each document's terms: frequent here, rare elsewhere; equals in their order."""
    counts = list(map(_count, titles, texts))
    words = [*chain.from_iterable(counts)]
    weights = telling(language).of(words)
    times = chain.from_iterable(count.values() for count in counts)
    weights *= np.fromiter(times, np.float32, len(words))
    ends = [*accumulate(map(len, counts))]
    return [
        _best(words[start:end], weights[start:end])
        for start, end in zip([0, *ends], ends, strict=False)
    ]


def _count(title: Words, text: Words) -> Counter[str]:
    counts = Counter(_longer(title) * TITLE_WEIGHT)
    counts.update(_longer(text))
    counts.update(_longer(text[:LEAD]))
    return counts


def _best(words: Sequence[str], weights: NDArray[np.float32]) -> Words:
    order = np.argsort(-weights, kind="stable")[: min(MAXIMUM_TERMS, np.count_nonzero(weights))]
    return tuple(map(words.__getitem__, order.tolist()))


def _longer(words: Sequence[str]) -> list[str]:
    """Returns the words of several characters: half of all words have one, and are no terms."""
    return [word for word in words if len(word) > 1]
