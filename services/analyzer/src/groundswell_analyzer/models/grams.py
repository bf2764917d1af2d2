"""Linear evidence of character runs of the title and of words of the text, in hashed tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log, sqrt
from zlib import crc32

import numpy as np

from groundswell_analyzer.models.model import Floats, Reading

LONGEST = 4  # characters of a run
_EDGE = "\x02"  # marks where a title begins and ends


class Buckets(dict[str, int]):
    """The bucket of each string, remembered once it was asked for."""

    MAXIMUM = 500_000  # strings; about 60 MB

    def __init__(self, count: int) -> None:
        """Takes the number of buckets, a power of two."""
        super().__init__()
        self._mask = count - 1

    def __missing__(self, string: str) -> int:
        """Hashes a string; lone surrogates, which no encoding knows, all count as one."""
        if len(self) >= self.MAXIMUM:
            self.clear()
        self[string] = bucket = crc32(string.encode("utf-8", "replace")) & self._mask
        return bucket


@dataclass(frozen=True, slots=True)
class Grams:
    """A table of weights for the runs of titles, and one for the words of texts."""

    runs: Floats  # a row a bucket, a column a class
    words: Floats
    bias: Floats
    buckets: Buckets

    def logits(self, readings: Sequence[Reading]) -> Floats:
        """Returns the evidence for each class, a row a document."""
        found = np.empty((len(readings), len(self.bias)), np.float32)
        for row, reading in enumerate(readings):
            found[row] = (
                self._sum(self.runs, runs_of(reading.title))
                + self._sum(self.words, reading.text_words)
                + self.bias
            )
        return found

    def _sum(self, table: Floats, strings: Iterable[str]) -> Floats:
        rows, values = weighed(strings, self.buckets)
        return np.asarray(np.asarray(values, np.float32) @ table[rows], dtype=np.float32)


def runs_of(title: str) -> list[str]:
    """Returns all runs of one to four characters of a title, its edges marked."""
    edged = _EDGE + title + _EDGE
    return [
        edged[start : start + length]
        for length in range(1, LONGEST + 1)
        for start in range(len(edged) - length + 1)
    ]


def weighed(strings: Iterable[str], buckets: Buckets) -> tuple[list[int], list[float]]:
    """Returns the buckets of strings and what each counts: 1 + log of its count, of length 1."""
    counts = Counter(map(buckets.__getitem__, strings))
    values = [1.0 if count == 1 else 1 + log(count) for count in counts.values()]
    length = sqrt(sum(value * value for value in values)) or 1.0
    return list(counts), [value / length for value in values]
