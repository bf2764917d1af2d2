"""Finds the document that another one repeats.

Candidates share some of their smallest shingles (Broder 1997); each is then compared with all that
its fingerprint holds. A shingle counts by its rarity among the documents held (Spärck Jones 1972), so
what all headlines say, and what every article of an agency ends with, makes no near-copy; other
numbers, other places or a denial make none either.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from groundswell_analyzer.annotate.fingerprint import DENIAL, IS_NUMBER, NUMBERS, SHINGLES
from groundswell_analyzer.sameness.places import places_agree

COPY_LIKENESS = 0.36  # from which a long text is a near-copy
SHORT_TEXT = 3.0  # a short one needs more: so much, divided by its shingles
IDENTICAL = 0.95  # is always enough
AGREEING_NUMBERS = 0.75  # share of the numbers of the one that names fewer
_WIDTH = SHINGLES + NUMBERS + 1
_KEYS = 20  # shingles of a document by which it is found
_STEPS = 16  # documents looked at for one shingle, the latest first
_LOOKED_AT = 160  # and for all, the rarest shingle first
_SHARED = 2  # keys that a candidate shares at least
_SHARED_PART = 0.25  # and of those that were looked up
_COMPARED = 6  # candidates that are compared as a whole
_PRIOR = 200  # until so many documents are held, a shingle's rarity is not believed much
_COMMONEST = 0.1  # rarity of a shingle that all documents have
_BUCKET = np.uint32((1 << 16) - 1)  # of the counts of shingles
_FIRST_ROOM = 512  # documents
_GONE = 4096  # slots of forgotten documents that are kept before all are laid anew

Values = NDArray[np.uint32]
Weights = NDArray[np.float64]


class CopyIndex:
    """Fingerprints and revisions → the documents that have them; 700 to 1000 bytes a document.

    Documents lie in slots in the order in which they came; one that returns as it was finds its slot
    again. Chained hash tables lead from a shingle, or a revision, to the latest slot that has it, and
    from there to earlier ones. What is found follows from the documents and their order alone: an
    index that is filled anew finds the same.
    """

    def __init__(self) -> None:
        """Starts empty."""
        self._counts = np.zeros(int(_BUCKET) + 1, dtype=np.uint32)
        self._lay(_FIRST_ROOM)

    def __len__(self) -> int:
        """Returns how many documents are held."""
        return len(self._slots)

    def add(
        self,
        document: str,
        revision: str,
        fingerprint: array[int] | None,
        places: Sequence[str] = (),
    ) -> None:
        """Notes a document that others may copy; places: the codes of those that it names."""
        if document in self._slots:
            self._forget(document)
        values = _row(fingerprint)
        if not self._returns(document, revision, values, places):
            gone = len(self._documents) - len(self)
            if gone > max(_GONE, len(self)) or len(self._documents) == len(self._rows):
                self._relay()
            self._enter(document, revision, values, places)
        np.add.at(self._counts, values[values > 0] & _BUCKET, 1)

    def remove(self, document: str) -> None:
        """Forgets a document."""
        if document in self._slots:
            self._forget(document)

    def original(
        self, revision: str, fingerprint: array[int] | None, places: Sequence[str] = ()
    ) -> str:
        """Returns the document that this one is a near-copy of; empty when there is none."""
        same = [self._documents[slot] for slot in self._same(revision)]
        if same or not fingerprint:
            return min(same, default="")
        values = _row(fingerprint)
        slots = [
            slot for slot in self._candidates(values) if places_agree(places, self._places[slot])
        ]
        return self._most_alike(values, slots) if slots else ""

    def likeness(self, left: Sequence[int], right: Sequence[int]) -> float:
        """Returns how alike two fingerprints are, by the rarity of shingles in this index."""
        return float(self._likeness(_row(left), _row(right)[None, :])[0])

    def _most_alike(self, values: Values, slots: list[int]) -> str:
        rows = self._rows[slots]
        copies = [
            (-alike, self._documents[slot])
            for alike, slot, row in zip(
                self._likeness(values, rows).tolist(), slots, rows, strict=True
            )
            if alike >= COPY_LIKENESS and is_copy(alike, values, row)
        ]
        return min(copies)[1] if copies else ""

    def _likeness(self, values: Values, rows: Values) -> Weights:
        """Returns the share of weight that fingerprints have in common: the cosine of their weights."""
        own, weights = self._weights(values), self._weights(rows)
        shingles = values[own > 0]
        if not len(shingles):
            return np.zeros(len(rows))
        at = np.searchsorted(shingles, rows)
        at[at == len(shingles)] = 0
        shared: Weights = (weights * (shingles[at] == rows)).sum(axis=1)
        whole: Weights = np.sqrt(own.sum() * weights.sum(axis=1) + 1e-9)
        return shared / whole

    def _weights(self, values: Values) -> Weights:
        """Returns the cubed rarity of every shingle; 0 for numbers and empty cells."""
        rarest = math.log(_PRIOR + len(self) + 1.0) + _COMMONEST
        rarity: Weights = rarest - np.log1p(self._counts[values & _BUCKET])
        return rarity * rarity * rarity * _is_shingle(values)

    def _candidates(self, values: Values) -> list[int]:
        """Returns the slots of documents that share many keys, those with most first."""
        keys = values[:_KEYS]
        keys = keys[_is_shingle(keys)]
        rarest = keys[self._counts[keys & _BUCKET].argsort(kind="stable")].tolist()
        found: list[int] = []
        walked = 0
        for key in rarest:
            walked += 1
            found += self._chain(key, _STEPS)
            if len(found) >= _LOOKED_AT:
                break
        needed = max(_SHARED, math.ceil(_SHARED_PART * walked))
        hits = [(-count, -slot) for slot, count in Counter(found).items() if count >= needed]
        return [-slot for _, slot in sorted(hits)[:_COMPARED]]

    def _same(self, revision: str) -> Iterator[int]:
        for slot in self._chain(crc32(revision.encode()), len(self._documents)):
            if self._revisions[slot] == revision:
                yield slot

    def _chain(self, key: int, steps: int) -> list[int]:
        """Returns the latest slots with a key."""
        links, keys, is_held, width = self._links, self._keys, self._is_held, _KEYS + 1
        entry = self._heads[key & self._mask]
        slots: list[int] = []
        while entry >= 0 and len(slots) < steps:
            if keys[entry] == key and is_held[entry // width]:
                slots.append(entry // width)
            entry = links[entry]
        return slots

    def _returns(self, document: str, revision: str, values: Values, places: Sequence[str]) -> bool:
        """Gives a document its former slot when it comes again as it was; tells whether it did."""
        slot = self._gone.get(document)
        if slot is None or self._revisions[slot] != revision or self._places[slot] != places:
            return False
        if not np.array_equal(self._rows[slot], values):
            return False
        self._slots[document] = self._gone.pop(document)
        self._is_held[slot] = True
        return True

    def _enter(self, document: str, revision: str, values: Values, places: Sequence[str]) -> None:
        slot = self._slots[document] = len(self._documents)
        self._documents.append(document)
        self._revisions.append(revision)
        self._places.append(places)
        self._rows[slot] = values
        self._is_held[slot] = True
        keys = values[:_KEYS]
        keys = keys[_is_shingle(keys)]
        for entry, key in enumerate([crc32(revision.encode()), *keys.tolist()], slot * (_KEYS + 1)):
            bucket = key & self._mask
            self._keys[entry] = key
            self._links[entry] = self._heads[bucket]
            self._heads[bucket] = entry

    def _forget(self, document: str) -> None:
        slot = self._gone[document] = self._slots.pop(document)
        self._is_held[slot] = False
        values = self._rows[slot]
        np.subtract.at(self._counts, values[values > 0] & _BUCKET, 1)

    def _relay(self) -> None:
        """Lays the documents that are held anew, in their order, with room for as many again."""
        held = [
            (document, self._revisions[slot], self._rows[slot], self._places[slot])
            for slot, document in enumerate(self._documents)
            if self._is_held[slot]
        ]
        self._lay(2 * max(len(held), _FIRST_ROOM))
        for one in held:
            self._enter(*one)

    def _lay(self, room: int) -> None:
        self._slots: dict[str, int] = {}
        self._gone: dict[str, int] = {}  # documents that were forgotten → their latest slots
        self._documents: list[str] = []
        self._revisions: list[str] = []
        self._places: list[Sequence[str]] = []
        self._rows: Values = np.zeros((room, _WIDTH), dtype=np.uint32)
        buckets = 1 << math.ceil(math.log2(room * _KEYS))
        self._mask = buckets - 1
        self._heads = array("i", [-1]) * buckets
        self._links = array("i", [-1]) * (room * (_KEYS + 1))
        self._keys = array("I", [0]) * (room * (_KEYS + 1))
        self._is_held = bytearray(room)


def is_copy(likeness: float, left: Values, right: Values) -> bool:
    """Tells whether two fingerprints so alike are near-copies: few words prove less than many."""
    shingles = min(int(_is_shingle(one).sum()) for one in (left, right))
    needed = min(COPY_LIKENESS + SHORT_TEXT / max(shingles, 1), IDENTICAL)
    return bool(likeness >= needed) and marks_agree(left.tolist(), right.tolist())


def marks_agree(left: Sequence[int], right: Sequence[int]) -> bool:
    """Tells whether both texts deny or neither, and name the same numbers as far as both name any."""
    one, other = ({value for value in values if value >= IS_NUMBER} for values in (left, right))
    if (DENIAL in one) != (DENIAL in other):
        return False
    one, other = one - {DENIAL}, other - {DENIAL}
    fewer = min(len(one), len(other))
    return not fewer or len(one & other) >= AGREEING_NUMBERS * fewer


def _is_shingle(values: Values) -> NDArray[np.bool_]:
    return (values > 0) & (values < IS_NUMBER)


def _row(fingerprint: Sequence[int] | None) -> Values:
    row = np.zeros(_WIDTH, dtype=np.uint32)
    if fingerprint:
        row[: len(fingerprint)] = fingerprint[:_WIDTH]
    return row
