"""Splits keys into words, each language by its own rule."""

from __future__ import annotations

import re
from functools import cache, lru_cache, partial
from importlib.resources import files
from math import log
from typing import Any

import numpy as np
import rjieba
import yaml

from groundswell_analyzer.memo import Memo

MAXIMUM_WORD = 40  # characters of a term; longer words are links, hashes and noise

_HAN = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_MARKS = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0dff\u0e31-\u0e4e"
_LETTERS = f"[^\\W_](?:[^\\W_]|[{_MARKS}])*"
_WORD = re.compile(f"{_LETTERS}(?:['’.\\-]{_LETTERS})*|[^\\w\\s]")
_JAPANESE = re.compile(
    f"[{_HAN}]+|[\u30a1-\u30fa][\u30a1-\u30fa\u30fc]*|[\u3041-\u3096]+|[a-z0-9]+(?:[.\\-][a-z0-9]+)*|[^\\w\\s]"
)
# Words of the segmenter's dictionary were counted in a corpus of about this size.
_CORPUS = 60_000_000
_PARTICLES = (
    "에서는",
    "으로는",
    "에서",
    "으로",
    "에게",
    "까지",
    "부터",
    "이라",
    "은",
    "는",
    "이",
    "가",
    "을",
    "를",
    "의",
    "에",
    "로",
    "와",
    "과",
    "도",
    "만",
)


def split(text: str, language: str) -> tuple[str, ...]:
    """Returns the words and punctuation marks of a key, in order."""
    if language == "zh":
        return tuple(rjieba.cut(text))
    if language == "ja":
        return tuple(_JAPANESE.findall(text))
    words = _WORD.findall(text)
    return tuple(map(_stem_korean, words)) if language == "ko" else tuple(words)


@lru_cache(maxsize=50_000)
def _stem_korean(word: str) -> str:
    """Returns a word without the particle at its end, when enough of it is left."""
    for particle in _PARTICLES:
        if word.endswith(particle) and len(word) >= len(particle) + 2:
            return word[: -len(particle)]
    return word


@cache
def telling(language: str) -> Memo:
    """Returns how much one mention of each word of a language tells of the subject; 0: no term."""
    return Memo(partial(_weigh, language=language), np.float32)


def _weigh(word: str, language: str) -> float:
    if len(word) > MAXIMUM_WORD or word in stop_words() or not word[0].isalnum():
        return 0.0
    if word[0] in "0123456789":
        # Figures tell events apart: magnitudes, flight numbers, dates.
        return 6.0 if len(word) > 1 else 0.0
    if language == "zh":
        return _telling_chinese(word)
    if language == "ja" and "\u3041" <= word[0] <= "\u3096":
        return 0.0
    shortest = 3 if word.isascii() else 2
    return 6.0 + 0.4 * min(len(word), 10) if len(word) >= shortest else 0.0


def _telling_chinese(word: str) -> float:
    if len(word) < 2:
        return 0.0
    if word.isascii():
        return 12.0
    frequency: int = rjieba.suggest_freq(word)
    return log(_CORPUS / (frequency + 10))


@cache
def stop_words() -> frozenset[str]:
    """Returns the words of every language that say nothing of a subject."""
    return frozenset(
        word for words in read_data("stop_words.yaml").values() for word in words.split()
    )


@cache
def read_data(name: str) -> Any:
    """Returns a YAML file of this package."""
    text = (files("groundswell_analyzer.annotate") / "data" / name).read_text(encoding="utf-8")
    return yaml.safe_load(text)
