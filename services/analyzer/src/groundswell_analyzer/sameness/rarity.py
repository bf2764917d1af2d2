"""How telling a word or a run of characters is: the rarer among known texts, the more."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

from groundswell_analyzer.sameness.reading import Reading


class Rarity:
    """Document frequencies of words and runs (Spärck Jones 1972)."""

    def __init__(self) -> None:
        """Starts without texts; everything is equally rare."""
        self._counts: Counter[str] = Counter()
        self._texts = 0

    def learn(self, readings: Iterable[Reading]) -> None:
        """Counts in which texts each word and run occurs."""
        for reading in readings:
            self._texts += 1
            self._counts.update(reading.characters.keys())
            self._counts.update(reading.pairs.keys())
            self._counts.update(_marked(word) for word in reading.words)

    def of_run(self, run: str) -> float:
        """Returns how telling a run of characters is."""
        return math.log((self._texts + 1) / (self._counts[run] + 0.5))

    def of_word(self, word: str) -> float:
        """Returns how telling a word is."""
        return math.log((self._texts + 1) / (self._counts[_marked(word)] + 0.5))


def _marked(word: str) -> str:
    """Returns the name under which a word is counted: 地震 is both a word and a run."""
    return " " + word
