"""The decayed mean of a story's terms: newer documents weigh more, copies nothing."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence

HALF_LIFE = 24 * 60  # minutes after which a document weighs half
MOST_TERMS = 200
KEPT_TERMS = 120
STRONGEST = 32
_LEAST = 1e-9


def term_weights(terms: Sequence[str]) -> dict[str, float]:
    """Returns the weights of a document's terms, most telling first, of length 1 together."""
    raw = {term: 1.0 / (1.0 + position / 12.0) for position, term in enumerate(terms)}
    length = sum(weight * weight for weight in raw.values()) ** 0.5 or 1.0
    return {term: weight / length for term, weight in raw.items()}


class Centroid:
    """Sums of term weights. Every weight grows with its document's time, so that none need fade.

    Only ratios matter: comparing divides by the length, and the common factor with it.
    """

    __slots__ = ("_origin", "_strongest", "weights")

    def __init__(self, origin: int) -> None:
        """Takes the minute that later documents are compared with."""
        self._origin = origin
        self.weights: dict[str, float] = {}
        self._strongest: tuple[tuple[str, float], ...] | None = None

    def __iter__(self) -> Iterator[str]:
        return iter(self.weights)

    def add(self, terms: Sequence[str], minute: int) -> list[str]:
        """Adds a document's terms; returns those that are gone to keep the centroid small."""
        factor = self._factor(minute)
        for term, weight in term_weights(terms).items():
            self.weights[term] = self.weights.get(term, 0.0) + factor * weight
        return self._changed()

    def remove(self, terms: Sequence[str], minute: int) -> list[str]:
        """Takes a document's terms out again; returns those that are gone."""
        factor = self._factor(minute)
        gone = []
        for term, weight in term_weights(terms).items():
            if term not in self.weights:
                continue
            left = self.weights[term] - factor * weight
            if left <= _LEAST * factor:
                del self.weights[term]
                gone.append(term)
            else:
                self.weights[term] = left
        return gone + self._changed()

    def strongest(self) -> tuple[tuple[str, float], ...]:
        """Returns the strongest terms with their weights."""
        if self._strongest is None:
            self._strongest = tuple(
                heapq.nsmallest(
                    STRONGEST, self.weights.items(), key=lambda item: (-item[1], item[0])
                )
            )
        return self._strongest

    def _factor(self, minute: int) -> float:
        exponent = (minute - self._origin) / HALF_LIFE
        return float(2.0 ** min(max(exponent, -60.0), 500.0))

    def _changed(self) -> list[str]:
        self._strongest = None
        if len(self.weights) <= MOST_TERMS:
            return []
        kept = dict(
            heapq.nsmallest(KEPT_TERMS, self.weights.items(), key=lambda item: (-item[1], item[0]))
        )
        gone = [term for term in self.weights if term not in kept]
        self.weights = kept
        return gone


def cosine(
    left: Mapping[str, float], right: Centroid, importance: Mapping[str, float], left_length: float
) -> float:
    """Returns the cosine of weighted terms and a centroid, each term times its importance."""
    weights = right.weights
    dot = sum(
        weight * weights[term] * importance[term] ** 2
        for term, weight in left.items()
        if term in weights
    )
    if not dot:
        return 0.0
    length = sum((weight * importance[term]) ** 2 for term, weight in right.strongest()) ** 0.5
    return dot / (left_length * length) if left_length and length else 0.0
