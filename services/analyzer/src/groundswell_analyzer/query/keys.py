"""The form of text that is searched: two spellings of the same thing become one key.

A key is NFKC, Traditional Chinese made Simplified character by character, white space made one
space, and case folded. Each step looks at one character alone, so the key of a part is a part of
the key: a query finds a text exactly when their keys say so. The original is kept beside it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

KEY_GROWTH = 2  # a key has at most so many times the characters of its text: U+FDFA alone has 18

# Scripts whose characters stand side by side without spaces, and Korean, whose words grow endings.
JOINED = (
    "\u0e00-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3130-\u318f"
    "\u31a0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_JOINED_CHARACTER = re.compile(f"[{JOINED}]")
# Read in Simplified text as often as in Traditional: changing them would spoil 著名 or 狼藉.
_SHARED_CHARACTERS = frozenset("著瞭藉")
_IGNORED = re.compile(
    "[\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_TABLE_SIZE = 0x110000
_MAPPED = 0x30000  # beyond lie no letters with another form
_MARK = 1 << 16  # flags lie above the 16 bits of a spelling


class Trait:
    """What some character of a text asks for, beyond its spelling: plain bits, for they are quick."""

    COMPLEX = 1 * _MARK  # is not spelled as one character for one
    CASED = 2 * _MARK  # folding changes it
    SPACED = 4 * _MARK  # white space other than space and line feed
    UNCLEAN = 8 * _MARK  # may not be text: control, invisible, of HTML, not NFC


def plain(text: str) -> str:
    """Returns text in one spelling, case kept: the key before folding."""
    return spell(text)[0]


def spell(text: str) -> tuple[str, int]:
    """Returns the plain spelling of text, and the traits of its characters together."""
    units = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype=np.uint16)
    packed = _spelling()[units]
    traits = int(np.bitwise_or.reduce(packed))
    if traits & Trait.COMPLEX:
        return _spell_complex(text), traits
    spelled = packed.astype(np.uint16).tobytes().decode("utf-16-le")
    return _single_spaced(spelled), traits


def _single_spaced(text: str) -> str:
    if "  " in text or text[:1] == " " or text[-1:] == " ":
        return " ".join(text.split())
    return text


def _spell_complex(text: str) -> str:
    points = _points(text)
    table, complex_points = _tables()
    if complex_points[points].any():
        points = _points(_compose(text))
    spelled = table[points].tobytes().decode("utf-32-le", "ignore")
    return " ".join(spelled.split())


def fold(spelled: str, traits: int) -> str:
    """Returns the key of a plain spelling with these traits."""
    return spelled.casefold() if traits & (Trait.CASED | Trait.COMPLEX) else spelled


def key(text: str) -> str:
    """Returns the form of text that is searched."""
    return fold(*spell(text))


@lru_cache(maxsize=50_000)
def name_key(name: str) -> str:
    """Returns the key of a name that comes again and again: an outlet, a place, a label."""
    return key(name)


class Tokens:
    """Which token each character of a key belongs to.

    A token is a word of a script with spaces, or one character of the others.
    """

    def __init__(self, content: str) -> None:
        """Numbers the tokens from 0."""
        kinds = _kinds()[_points(content)]
        before = np.concatenate([np.zeros(1, dtype=np.uint8), kinds[:-1]])
        starts = (kinds == _KIND_JOINED) | ((kinds == _KIND_WORD) & (before != _KIND_WORD))
        self._numbers = np.cumsum(starts) - 1
        self._is_inside = kinds != 0

    def first(self, start: int) -> int:
        """Returns the number of the token at a place, or of the next one."""
        return int(self._numbers[start]) + (not self._is_inside[start])

    def last(self, end: int) -> int:
        """Returns the number of the token before a place."""
        return int(self._numbers[end - 1])


def is_word(character: str) -> bool:
    """Tells whether a character belongs to a word of a script that puts spaces between words."""
    if _JOINED_CHARACTER.match(character):
        return False
    return character.isalnum() or character == "_" or unicodedata.category(character)[0] == "M"


_KIND_WORD, _KIND_JOINED = 1, 2


@cache
def _kinds() -> NDArray[np.uint8]:
    """Returns for every character whether it is of a word, a token by itself, or neither."""
    kinds = np.zeros(_TABLE_SIZE, dtype=np.uint8)
    for point in range(0x20000):
        character = chr(point)
        if _JOINED_CHARACTER.match(character):
            kinds[point] = _KIND_JOINED
        elif is_word(character):
            kinds[point] = _KIND_WORD
    kinds[0x20000:0x40000] = _KIND_JOINED
    return kinds


def _points(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "ignore"), dtype=np.uint32)


def _compose(text: str) -> str:
    composed = unicodedata.normalize("NFKC", _IGNORED.sub("", text.replace("…", ".")))
    return composed[: KEY_GROWTH * len(text) + 64]


@cache
def _tables() -> tuple[NDArray[np.uint32], NDArray[np.bool_]]:
    """Returns the one-to-one spelling of every character, and which characters have none."""
    table = np.arange(_TABLE_SIZE, dtype=np.uint32)
    complex_points = np.zeros(_TABLE_SIZE, dtype=np.bool_)
    simplified = _simplified()
    for point in range(0x80, _MAPPED):
        character = chr(point)
        spelled = unicodedata.normalize("NFKC", character)
        spelled = simplified.get(spelled, spelled)
        if len(spelled) == 1 and not _combines(character):
            table[point] = ord(" ") if spelled.isspace() else ord(spelled)
        elif character == "…":
            table[point] = ord(".")
        else:
            complex_points[point] = True
    complex_points[0xE0000:0xE1000] = True
    return table, complex_points


@cache
def _spelling() -> NDArray[np.uint32]:
    """Returns for every 16-bit unit its spelling, with the traits of the character above it."""
    table, complex_points = _tables()
    packed = table[:_MARK].copy()
    packed[:0x80] = [ord(" ") if chr(point).isspace() else point for point in range(0x80)]
    for point in range(_MARK):
        packed[point] = (packed[point] & 0xFFFF) | _traits(chr(point), chr(packed[point] & 0xFFFF))
    packed[complex_points[:_MARK] | (table[:_MARK] >= _MARK)] |= np.uint32(Trait.COMPLEX)
    packed[0xD800:0xE000] = Trait.COMPLEX | Trait.UNCLEAN  # half a character
    return packed


def _traits(character: str, spelled: str) -> int:
    cased = Trait.CASED if spelled.casefold() != spelled else 0
    if _may_not_be_text(character):
        return cased | Trait.UNCLEAN
    return cased | (Trait.SPACED if character.isspace() and character not in " \n" else 0)


def _may_not_be_text(character: str) -> bool:
    is_visible = character.isprintable() or character.isspace()
    is_control = character < " " and character not in "\t\n\v\f"
    is_normal = unicodedata.is_normalized("NFC", character) and not _combines(character)
    return not is_visible or is_control or not is_normal or character in "<&\u2028\u2029"


def _combines(character: str) -> bool:
    return (
        unicodedata.category(character)[0] == "M"
        or "\u1100" <= character <= "\u11ff"
        or bool(_IGNORED.match(character))
    )


def _simplified() -> dict[str, str]:
    from opencc_pyo3 import OpenCC

    characters = [chr(point) for point in (*range(0x3400, 0xA000), *range(0x20000, 0x2A6E0))]
    # A line each, so that no phrase decides: the key must not depend on the neighbours.
    converted = OpenCC("t2s").convert("\n".join(characters)).split("\n")
    return {
        old: new
        for old, new in zip(characters, converted, strict=True)
        if old != new and len(new) == 1 and old not in _SHARED_CHARACTERS
    }
