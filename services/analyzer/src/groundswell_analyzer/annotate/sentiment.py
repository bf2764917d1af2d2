"""Stage sentiment: words with a stance, turned by negation and weighed by degree.

A first, honest method: it counts evidence, says how much it saw, and knows no irony.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import exp

from groundswell_analyzer.annotate.draft import Draft, Tools
from groundswell_analyzer.annotate.words import read_data
from groundswell_core.analyses import Sentiment

METHOD = "lexicon-1"
REACH = 3  # words before a word with a stance that may turn or weigh it
TURNED = -0.7  # what negation makes of a stance: "not good" is less bad than "bad"
TITLE_WEIGHT = 3.0  # one word of the title counts as so many of the text
CALM = 2.0  # evidence that a neutral text is given: few words alone make no extreme
_CLAUSE_ENDS = frozenset("，。！？；：、,.!?;:…\n")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words with a stance, and words that turn or weigh what follows."""

    words: Mapping[str, float]
    negations: frozenset[str]
    degrees: Mapping[str, float]


def score_sentiment(drafts: Sequence[Draft], tools: Tools) -> list[Draft]:
    """Gives every document the stance of its words."""
    words = lexicon()
    return [
        replace(draft, sentiment=sentiment_of(draft.title_words, draft.text_words, words))
        for draft in drafts
    ]


def sentiment_of(title: Sequence[str], text: Sequence[str], words: Lexicon) -> Sentiment:
    """Returns the balance of positive and negative evidence in title and text."""
    evidence = [TITLE_WEIGHT * value for value in stances(title, words)]
    evidence += stances(text, words)
    weight = sum(map(abs, evidence))
    score = sum(evidence) / (weight + CALM)
    return Sentiment(
        score=round(score, 4), confidence=round(1 - exp(-weight / 8), 4), method=METHOD
    )


def stances(words: Sequence[str], known: Lexicon) -> list[float]:
    """Returns the stance of each word that has one, after what stands before it in its clause."""
    values = known.words
    return [
        values[word] * _modifier(words[max(0, index - REACH) : index], known)
        for index, word in enumerate(words)
        if word in values
    ]


def _modifier(before: Sequence[str], known: Lexicon) -> float:
    factor = 1.0
    for word in reversed(before):
        if word in _CLAUSE_ENDS:
            break
        if word in known.negations:
            factor *= TURNED
        factor *= known.degrees.get(word, 1.0)
    return factor


@cache
def lexicon() -> Lexicon:
    """Returns the word lists of this package, read once a process."""
    data = read_data("sentiment.yaml")
    return Lexicon(
        words={
            word: float(value) for value, words in data["words"].items() for word in words.split()
        },
        negations=frozenset(data["negations"].split()),
        degrees={
            word: factor for factor, words in data["degrees"].items() for word in words.split()
        },
    )
