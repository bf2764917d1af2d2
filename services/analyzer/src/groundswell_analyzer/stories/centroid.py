"""What a story says: how many of its documents say each term. Whole numbers: any order gives the same."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence

TERMS_COUNTED = 24  # of a document, the most telling ones
STRONGEST = 32


def term_weights(terms: Sequence[str]) -> dict[str, float]:
    """Returns the weights of a document's terms, most telling first, of length 1 together."""
    raw = {term: 1.0 / (1.0 + position / 12.0) for position, term in enumerate(terms)}
    length = sum(weight * weight for weight in raw.values()) ** 0.5 or 1.0
    return {term: weight / length for term, weight in raw.items()}


class Centroid:
    """Counts of terms over a story's documents, copies apart."""

    __slots__ = ("_strongest", "born", "length", "size", "total", "weights")

    def __init__(self) -> None:
        """Starts without documents."""
        self.weights: dict[str, int] = {}
        self.born = 0  # when it was opened, in the order of documents: the older goes first
        self.size = 0  # documents
        self.total = 0  # terms of all of them
        self.length = 0.0  # squared, each count times its term's rarity: kept by the clusterer
        self._strongest: tuple[tuple[str, int], ...] | None = None

    def __iter__(self) -> Iterator[str]:
        return iter(self.weights)

    def add(self, terms: Sequence[str]) -> None:
        """Adds a document's terms, each once."""
        weights = self.weights
        counted = dict.fromkeys(terms[:TERMS_COUNTED])
        for term in counted:
            weights[term] = weights.get(term, 0) + 1
        self.changed(1, len(counted))

    def changed(self, documents: int, terms: int) -> None:
        """Notes that so many documents with so many terms came, or went."""
        self.size += documents
        self.total += terms
        self._strongest = None

    def strongest(self) -> tuple[tuple[str, int], ...]:
        """Returns the terms said most with their counts, first met first among equals."""
        if self._strongest is None:
            self._strongest = tuple(
                heapq.nlargest(STRONGEST, self.weights.items(), key=lambda item: item[1])
            )
        return self._strongest
