"""Evidence of words with a stance, turned by negation and weighed by degree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import yaml

from groundswell_analyzer.models.model import Floats, Reading

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

    def logits(self, readings: Sequence[Reading]) -> Floats:
        """Returns how bad, how calm and how good the words are, each 0..1."""
        return np.asarray([self._balance(reading) for reading in readings], np.float32)

    def _balance(self, reading: Reading) -> tuple[float, float, float]:
        evidence = [TITLE_WEIGHT * value for value in self.stances(reading.title_words)]
        evidence += self.stances(reading.text_words)
        good = sum(value for value in evidence if value > 0)
        bad = sum(evidence) - good
        whole = good - bad + CALM
        return -bad / whole, CALM / whole, good / whole

    def stances(self, words: Sequence[str]) -> list[float]:
        """Returns the stance of each word that has one, after what stands before it in its clause."""
        values = self.words
        return [
            values[word] * self._modifier(words[max(0, index - REACH) : index])
            for index, word in enumerate(words)
            if word in values
        ]

    def _modifier(self, before: Sequence[str]) -> float:
        factor = 1.0
        for word in reversed(before):
            if word in _CLAUSE_ENDS:
                break
            if word in self.negations:
                factor *= TURNED
            factor *= self.degrees.get(word, 1.0)
        return factor


@cache
def lexicon() -> Lexicon:
    """Returns the word lists of annotate/data/sentiment.yaml, read once a process."""
    file = files("groundswell_analyzer") / "annotate" / "data" / "sentiment.yaml"
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    return Lexicon(
        words={
            word: float(value) for value, words in data["words"].items() for word in words.split()
        },
        negations=frozenset(data["negations"].split()),
        degrees={
            word: factor for factor, words in data["degrees"].items() for word in words.split()
        },
    )
