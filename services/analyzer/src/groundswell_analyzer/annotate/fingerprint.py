"""Stage fingerprint: MinHash values by which near-copies find each other.

Broder (1997), "On the resemblance and containment of documents": the share of equal values of two
fingerprints estimates the share of shingles that their texts have in common.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np
from numpy.typing import NDArray
from rensa import RMinHash

from groundswell_analyzer.annotate.draft import Draft, Tools

PERMUTATIONS = 64
SEED = 20_240_229  # part of the algorithm: another seed makes other fingerprints
CHARACTERS = 3  # of a shingle, in scripts without spaces
WORDS = 3  # of a shingle, elsewhere
SHORTEST = 4  # shingles below which a text has no fingerprint
VERSION = f"minhash-1.{RMinHash.ALGORITHM_VERSION}"
CHARACTER_LANGUAGES = frozenset({"zh", "ja", "ko", "th", "lo", "km", "my", "bo"})

Hashes = NDArray[np.uint64]
_FACTORS = tuple(
    np.uint64(factor) for factor in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)
)
_MIX = np.uint64(0xBF58476D1CE4E5B9)


def make_fingerprints(drafts: Sequence[Draft], tools: Tools) -> list[Draft]:
    """Gives every document its fingerprint, the whole batch in one call."""
    hashes = [_hashes(draft) for draft in drafts]
    fingerprints = minhash(hashes)
    return [
        replace(draft, fingerprint=fingerprint)
        for draft, fingerprint in zip(drafts, fingerprints, strict=True)
    ]


def minhash(shingles: Sequence[Hashes]) -> list[tuple[int, ...]]:
    """Returns the fingerprint of each set of shingles; empty when there are too few of them."""
    if not shingles:
        return []
    ends = np.cumsum([0, *map(len, shingles)], dtype=np.uint64)
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(
        np.concatenate(shingles), ends, PERMUTATIONS, SEED
    )
    return [
        tuple(row) if len(hashes) >= SHORTEST else ()
        for row, hashes in zip(matrix.to_rows(), shingles, strict=True)
    ]


def _hashes(draft: Draft) -> Hashes:
    if draft.language in CHARACTER_LANGUAGES:
        return character_shingles(draft.title + draft.text)
    return word_shingles(draft.title_words + draft.text_words)


def character_shingles(text: str) -> Hashes:
    """Returns a hash of every run of characters; spaces and punctuation do not count."""
    points = np.frombuffer(text.encode("utf-32-le", "ignore"), dtype=np.uint32)
    letters = points[_is_letter()[points]].astype(np.uint64)
    return _combine(
        [letters[offset : len(letters) - CHARACTERS + 1 + offset] for offset in range(CHARACTERS)]
    )


def word_shingles(words: Sequence[str]) -> Hashes:
    """Returns a hash of every run of words; punctuation does not count."""
    letters = [word for word in words if word[0].isalnum()]
    if len(letters) < WORDS:
        return np.zeros(0, dtype=np.uint64)
    hashes = np.array(RMinHash.hash_token_sets([letters])[0], dtype=np.uint64)
    return _combine([hashes[offset : len(hashes) - WORDS + 1 + offset] for offset in range(WORDS)])


def _combine(columns: Sequence[Hashes]) -> Hashes:
    """Returns one mixed hash a row; the place in the row counts."""
    if not len(columns[0]):
        return np.zeros(0, dtype=np.uint64)
    mixed = np.zeros(len(columns[0]), dtype=np.uint64)
    for column, factor in zip(columns, _FACTORS, strict=True):
        mixed += column * factor
    mixed ^= mixed >> np.uint64(29)
    mixed *= _MIX
    return mixed ^ (mixed >> np.uint64(32))


@cache
def _is_letter() -> NDArray[np.bool_]:
    table = np.ones(0x110000, dtype=np.bool_)
    table[:0x20000] = [chr(point).isalnum() for point in range(0x20000)]
    return table
