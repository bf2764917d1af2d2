"""Numbers in one spelling: 十三 is 13, and 1,000 is 1000."""

from __future__ import annotations

from functools import lru_cache

_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}


@lru_cache(maxsize=10_000)
def number_of(text: str) -> str:
    """Returns a number in figures, without leading zeros, separators and the century of a year."""
    if text[0] in _DIGITS or text[0] in _UNITS:
        return str(_chinese(text))
    figures = text.replace(",", "").lstrip("0") or "0"
    return figures[2:] if len(figures) == 4 and figures.startswith("20") else figures


def _chinese(text: str) -> int:
    """Returns the value of a Chinese numeral below ten thousand."""
    total = digit = 0
    for character in text:
        if character in _UNITS:
            total += max(digit, 1) * _UNITS[character]
            digit = 0
        else:
            digit = _DIGITS[character]
    return total + digit
