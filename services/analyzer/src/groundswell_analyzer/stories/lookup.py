"""Finds the stories that share telling terms, and the documents that say the same."""

from __future__ import annotations

import math
from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")

_PRIOR_STORIES = 200  # until so many are open, a term's rarity is not believed much
_VISITS = 3000  # stories looked at for one document, those with the rarest terms first
_BANDS, _ROWS = 8, 5  # with 8 × 5 minima, 96 % of pairs that share 8 in 10 shingles meet
COPY_SHARE = 0.72  # of equal minima that makes a near-copy


class TermIndex:
    """Terms → the stories whose centroid holds them."""

    def __init__(self) -> None:
        """Starts empty."""
        self._postings: defaultdict[str, set[str]] = defaultdict(set)
        self.stories = 0

    def add(self, story: str, terms: Iterable[str]) -> None:
        """Notes that a story holds terms."""
        for term in terms:
            self._postings[term].add(story)

    def remove(self, story: str, terms: Iterable[str]) -> None:
        """Notes that a story no longer holds terms."""
        for term in terms:
            holders = self._postings.get(term)
            if holders is not None:
                holders.discard(story)
                if not holders:
                    del self._postings[term]

    def importance(self, term: str) -> float:
        """Returns how telling a term is: the rarer among open stories, the more."""
        holders = self._postings.get(term)
        return math.log(1.0 + (_PRIOR_STORIES + self.stories) / (1.0 + len(holders or ())))

    def candidates(self, terms: Sequence[str], limit: int) -> list[str]:
        """Returns the stories that share the most importance with terms, best first."""
        held = sorted(
            ((len(holders), term) for term in terms if (holders := self._postings.get(term))),
        )
        shared: defaultdict[str, float] = defaultdict(float)
        visits = 0
        for count, term in held:
            if visits and visits + count > _VISITS:
                break
            visits += count
            weight = self.importance(term)
            for story in self._postings[term]:
                shared[story] += weight
        return sorted(shared, key=lambda story: (-shared[story], story))[:limit]


class CopyIndex:
    """Fingerprints and revisions → the documents that have them."""

    def __init__(self) -> None:
        """Starts empty."""
        self._buckets: defaultdict[tuple[int, bytes], dict[str, array[int]]] = defaultdict(dict)
        self._exact: defaultdict[str, dict[str, None]] = defaultdict(dict)

    def add(self, document: str, revision: str, fingerprint: array[int] | None) -> None:
        """Notes a document that others may copy."""
        self._exact[revision][document] = None
        if fingerprint is not None:
            for key in _bands(fingerprint):
                self._buckets[key][document] = fingerprint

    def remove(self, document: str, revision: str, fingerprint: array[int] | None) -> None:
        """Forgets a document."""
        _drop(self._exact, revision, document)
        if fingerprint is not None:
            for key in _bands(fingerprint):
                _drop(self._buckets, key, document)

    def original(self, revision: str, fingerprint: array[int] | None) -> str:
        """Returns the document that this one is a near-copy of; empty when there is none."""
        same = self._exact.get(revision)
        if same:
            return min(same)
        if fingerprint is None:
            return ""
        best, best_share = "", COPY_SHARE
        for key in _bands(fingerprint):
            for document, other in self._buckets.get(key, {}).items():
                share = similarity(fingerprint, other)
                if share > best_share or (share == best_share and (not best or document < best)):
                    best, best_share = document, share
        return best


def similarity(left: array[int], right: array[int]) -> float:
    """Returns the share of equal minima: an estimate of the shared shingles (Broder 1997)."""
    equal = sum(one == other for one, other in zip(left, right, strict=False))
    return equal / max(len(left), len(right), 1)


def _bands(fingerprint: array[int]) -> list[tuple[int, bytes]]:
    return [
        (band, fingerprint[band * _ROWS : (band + 1) * _ROWS].tobytes()) for band in range(_BANDS)
    ]


def _drop(index: dict[K, dict[str, V]], key: K, item: str) -> None:
    entries = index.get(key)
    if entries is not None:
        entries.pop(item, None)
        if not entries:
            del index[key]
