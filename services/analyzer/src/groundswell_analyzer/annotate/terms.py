"""Stage terms: splits texts into words and keeps those that tell most of the subject."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from groundswell_analyzer.annotate.draft import Draft, Tools
from groundswell_analyzer.annotate.words import split, telling

MAXIMUM_TERMS = 64
TITLE_WEIGHT = 4  # one mention in the title counts as so many in the text
LEAD = 80  # words at the text's start that count twice: news says first what matters
# Characters of a text that are split into words: the same amount of news in either kind of script.
READ_DENSE = 500
READ_SPACED = 2_500
_DENSE = frozenset({"zh", "ja"})


def extract_terms(drafts: Sequence[Draft], tools: Tools) -> list[Draft]:
    """Splits title and lead of every document into words and finds its terms, most telling first."""
    return [_with_terms(draft) for draft in drafts]


def _with_terms(draft: Draft) -> Draft:
    title_words = split(draft.title, draft.language)
    text_words = split(lead(draft.text, draft.language), draft.language)
    terms = terms_of(title_words, text_words, draft.language)
    return draft.learned(title_words=title_words, text_words=text_words, terms=terms)


def lead(text: str, language: str) -> str:
    """Returns the part of a text's key that is read word by word, to the end of a sentence."""
    limit, border = (READ_DENSE, "。") if language in _DENSE else (READ_SPACED, " ")
    if len(text) <= limit:
        return text
    return text[: text.rfind(border, limit // 2, limit) + 1 or limit]


def terms_of(title: Sequence[str], text: Sequence[str], language: str) -> tuple[str, ...]:
    """Returns the terms of a document: frequent here, rare elsewhere; equals in their order."""
    counts = Counter(_longer(title) * TITLE_WEIGHT)
    counts.update(_longer(text))
    counts.update(_longer(text[:LEAD]))
    words = list(counts)
    weights = telling(language).of(words)
    weights *= np.fromiter(counts.values(), np.float32, len(words))
    best = np.argsort(-weights, kind="stable")[: min(MAXIMUM_TERMS, np.count_nonzero(weights))]
    return tuple(map(words.__getitem__, best.tolist()))


def _longer(words: Sequence[str]) -> list[str]:
    """Returns the words of several characters: half of all words have one, and are no terms."""
    return [word for word in words if len(word) > 1]
