"""Finds the documents that say the same."""

from __future__ import annotations

from array import array
from collections import defaultdict
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")

_BANDS, _ROWS = 8, 5  # with 8 × 5 minima, 96 % of pairs that share 8 in 10 shingles meet
COPY_SHARE = 0.72  # of equal minima that makes a near-copy


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
