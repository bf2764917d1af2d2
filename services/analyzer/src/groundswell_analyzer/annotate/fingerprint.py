"""Stage fingerprint: a sketch of each text by which near-copies find each other.

Broder (1997), "On the resemblance and containment of documents": of the hashes of all shingles the
smallest are kept. Two texts keep the same ones where they agree, so what their sketches share
estimates what their texts share; of a short text all shingles are kept, and the comparison is exact.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from groundswell_analyzer.annotate.draft import Draft, Tools
from groundswell_analyzer.annotate.numerals import number_of

SHINGLES = 56  # of the smallest that are kept
NUMBERS = 7  # that are kept beside them
SHORTEST = 4  # shingles below which a text has no fingerprint
CHARACTERS = 2  # of a shingle, in scripts without spaces
WORDS = 2  # of a shingle, elsewhere
LEAD = 300  # characters of a text whose numbers count: later ones are seldom what it is about
VERSION = "sketch-2"
CHARACTER_LANGUAGES = frozenset({"zh", "ja", "ko", "th", "lo", "km", "my", "bo"})
IS_NUMBER = 1 << 31  # the bit that tells a number from a shingle
DENIAL = (1 << 32) - 1  # stands among the numbers of a text that denies something

Hashes = NDArray[np.uint32]
_COUNTED = "人名例死伤级岁元万亿"
_NUMBER = re.compile(
    f"\\d+(?:,\\d{{3}})*|[零一二两三四五六七八九十][零一二两三四五六七八九十百千]*(?=[{_COUNTED}])"
)
_DENIALS = ("谣", "不实", "否认", "澄清", "虚假", "rumo", "hoax", "fake", "false", "den")
_DENIAL = re.compile(
    "谣言|辟谣|不实|否认|澄清|虚假|\\b(?:rumou?rs?|hoax|fake|false|den(?:y|ies|ied))\\b"
)
_FACTORS = (np.uint32(0x9E3779B1), np.uint32(0x85EBCA77))
_MIX = np.uint32(0x2C1B3C6D)


def make_fingerprints(drafts: Sequence[Draft], tools: Tools) -> list[Draft]:
    """Gives every document its fingerprint."""
    return [draft.learned(fingerprint=fingerprint_of(draft)) for draft in drafts]


def fingerprint_of(draft: Draft) -> tuple[int, ...]:
    """Returns the fingerprint of a document."""
    if draft.language in CHARACTER_LANGUAGES:
        shingles = character_shingles(draft.title + draft.text)
    else:
        shingles = word_shingles(draft.title_words + draft.text_words)
    return sketch(shingles, marks_of(f"{draft.title}\n{draft.text[:LEAD]}"))


def sketch(shingles: Hashes, marks: Sequence[int] = ()) -> tuple[int, ...]:
    """Returns the smallest shingles in order, then the marks; empty when there is too little text."""
    ordered = np.sort(shingles)
    is_first = np.ones(len(ordered), dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=is_first[1:])
    smallest = ordered[is_first][:SHINGLES].tolist()
    return (*smallest, *marks) if len(smallest) >= SHORTEST else ()


def marks_of(key: str) -> list[int]:
    """Returns what tells texts apart that are worded alike: their first numbers, and a denial."""
    numbers = dict.fromkeys(map(_hash_of_number, numbers_of(key)))
    marks = sorted(list(numbers)[:NUMBERS])
    return [*marks, DENIAL] if _denies(key) else marks


def _denies(key: str) -> bool:
    # Most texts hold nothing of the kind, which is told in a fifth of the time.
    return any(part in key for part in _DENIALS) and _DENIAL.search(key) is not None


def numbers_of(key: str) -> list[str]:
    """Returns the numbers that a key names, in figures or counted in Chinese, each in one spelling."""
    return [number_of(found) for found in _NUMBER.findall(key)]


def character_shingles(text: str) -> Hashes:
    """Returns a hash of every run of characters; spaces and punctuation do not count."""
    points = np.frombuffer(text.encode("utf-32-le", "ignore"), dtype=np.uint32)
    letters = points[_is_letter()[points]]
    return _combine([letters[: 1 - CHARACTERS], letters[1:]])


def word_shingles(words: Sequence[str]) -> Hashes:
    """Returns a hash of every run of words; punctuation does not count."""
    letters = [_hash_of_word(word) for word in words if word[0].isalnum()]
    hashes = np.array(letters, dtype=np.uint32)
    return _combine([hashes[: 1 - WORDS], hashes[1:]])


def _combine(columns: Sequence[Hashes]) -> Hashes:
    """Returns one mixed hash a row, without the bit of numbers; the place in the row counts."""
    mixed = columns[0] * _FACTORS[0]
    mixed ^= mixed >> np.uint32(15)
    mixed += columns[1] * _FACTORS[1]
    mixed ^= mixed >> np.uint32(15)
    mixed *= _MIX
    mixed ^= mixed >> np.uint32(16)
    return mixed >> np.uint32(1)


@lru_cache(maxsize=100_000)
def _hash_of_word(word: str) -> int:
    return crc32(word.encode("utf-8", "ignore"))


def _hash_of_number(number: str) -> int:
    return crc32(number.encode()) | IS_NUMBER


@cache
def _is_letter() -> NDArray[np.bool_]:
    table = np.ones(0x110000, dtype=np.bool_)
    table[:0x20000] = [chr(point).isalnum() for point in range(0x20000)]
    return table
