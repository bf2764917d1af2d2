"""Stage terms: splits texts into words and keeps those that tell most of the subject."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from operator import mul

import numpy as np

from groundswell_analyzer.annotate.draft import Draft, Tools
from groundswell_analyzer.annotate.words import split, telling

MAXIMUM_TERMS = 64
TITLE_WEIGHT = 4  # one mention in the title counts as so many in the text
LEAD = 80  # words at the text's start that count twice: news says first what matters


def extract_terms(drafts: Sequence[Draft], tools: Tools) -> list[Draft]:
    """Splits every document into words and finds its terms, most telling first."""
    return [_with_terms(draft) for draft in drafts]


def _with_terms(draft: Draft) -> Draft:
    title_words = split(draft.title, draft.language)
    text_words = split(draft.text, draft.language)
    return replace(
        draft,
        title_words=title_words,
        text_words=text_words,
        terms=terms_of(title_words, text_words, draft.language),
    )


def terms_of(title: tuple[str, ...], text: tuple[str, ...], language: str) -> tuple[str, ...]:
    """Returns the terms of a document: frequent here, rare elsewhere; equals in their order."""
    counts = Counter(title * TITLE_WEIGHT)
    counts.update(text)
    counts.update(text[:LEAD])
    weights = np.fromiter(
        map(mul, map(telling(language).__getitem__, counts), counts.values()), float, len(counts)
    )
    words = list(counts)
    best = np.argsort(-weights, kind="stable")[:MAXIMUM_TERMS].tolist()
    return tuple(words[index] for index in best if weights[index] > 0)
