"""What written numbers are worth: 1.2亿, 三十五, 20多万; 1,200, twelve, 3.4 million."""

from __future__ import annotations

import re
from functools import lru_cache

_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
}
_SMALL = {"十": 10, "百": 100, "千": 1_000}
_GREAT = {"万": 10_000, "亿": 100_000_000}
_SEVERAL = "数几"  # 数十: twenty at least

CHINESE_DIGITS = "零〇一二两三四五六七八九十百千"
_FIGURES = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
CHINESE_NUMBER = rf"(?:{_FIGURES}|[{_SEVERAL}][十百千万]+|[{CHINESE_DIGITS}]+)"

_UNITS = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_WORDS = (
    {word: value for value, word in enumerate(_UNITS, 1)}
    | {word: value for value, word in zip(range(20, 100, 10), _TENS, strict=True)}
    | {"a": 1, "an": 1, "both": 2}
)
# Several of a kind are at least two of them.
_VAGUE = {"dozens": 24, "scores": 40, "hundreds": 200, "thousands": 2_000}
_SCALES = {
    "dozen": 12,
    "hundred": 100,
    "thousand": 1_000,
    "k": 1_000,
    "million": 1e6,
    "m": 1e6,
    "mn": 1e6,
    "billion": 1e9,
    "bn": 1e9,
    "trillion": 1e12,
}
_TENS_PATTERN = "|".join(_TENS)
ENGLISH_NUMBER = (
    rf"(?:{_FIGURES}(?:\s(?:dozen|hundred|thousand|million|billion|trillion)\b)?"
    rf"|(?:{_TENS_PATTERN})[- ](?:{'|'.join(_UNITS[:9])})\b"
    rf"|(?:a|an|{'|'.join(_UNITS)}|{_TENS_PATTERN})\s(?:dozen|hundred|thousand|million)\b"
    rf"|(?:{'|'.join(_UNITS)}|{_TENS_PATTERN}|{'|'.join(_VAGUE)})\b)"
)


@lru_cache(maxsize=10_000)
def chinese_value(text: str) -> tuple[float, bool]:
    """Returns the value of a Chinese number, and whether it means several of a kind."""
    several = text[0] in _SEVERAL
    digits = "两" + text[1:] if several else text
    if len(digits) > 1 and digits[0] in _DIGITS and not set(digits) & {*_SMALL, *_GREAT}:
        return float("".join(str(_DIGITS[character]) for character in digits)), several
    return _chinese(digits), several


def _chinese(text: str) -> float:
    for unit in ("亿", "万"):
        before, found, after = text.rpartition(unit)
        if found:
            return (_chinese(before) if before else 1) * _GREAT[unit] + _chinese(after)
    figures = re.match(r"[\d,.]*", text)
    total, digit = 0.0, float((figures and figures[0].replace(",", "").rstrip(".")) or 0)
    for character in text[figures.end() if figures else 0 :]:
        if character in _SMALL:
            total += (digit or 1) * _SMALL[character]
            digit = 0.0
        else:
            digit = float(_DIGITS[character])
    return total + digit


@lru_cache(maxsize=10_000)
def english_value(text: str) -> tuple[float, bool]:
    """Returns the value of an English number in lower case, and whether it means several."""
    if text in _VAGUE:
        return float(_VAGUE[text]), True
    value = 0.0
    for word in re.findall(r"[\d,.]+|[a-z]+", text):
        if word in _SCALES:
            value = (value or 1) * _SCALES[word]
        else:
            value += float(_WORDS.get(word) or word.replace(",", "").rstrip("."))
    return value, False
