"""Dates without a time zone, and Chinese ones: rewritten in the feed before it is parsed."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

# Every repeat is bounded: the text is hostile until proven otherwise.
_ELEMENT = re.compile(
    r"(<(?:pubDate|dc:date|published|updated|issued|modified)>\s{0,40}(?:<!\[CDATA\[)?\s{0,40})"
    r"([^<\]]{6,64})"
)
_NUMBERS = re.compile(
    r"(\d{4})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})\s?日?"
    r"(?:[T ]{0,3}(\d{1,2})\s?[:：时点]\s?(\d{1,2})(?:\s?[:：分]\s?(\d{1,2})(?:\.\d{1,9})?秒?)?分?)?"
)
_WORDS = re.compile(
    r"(?:[A-Za-z]{3,9},?\s)?(\d{1,2})\s([A-Za-z]{3})[a-z]{0,6}\s(\d{4})"
    r"\s(\d{1,2}):(\d{2})(?::(\d{2}))?(\sCST)?"
)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


def with_zones(text: str, zone: ZoneInfo) -> str:
    """Returns a feed in which dates without a zone have the one that its source is known for."""
    return _ELEMENT.sub(lambda found: found.group(1) + _with_zone(found.group(2), zone), text)


def _with_zone(date: str, zone: ZoneInfo) -> str:
    time = _from_numbers(date.strip(), zone) or _from_words(date.strip(), zone)
    return date if time is None else time.isoformat()


def _from_numbers(date: str, zone: ZoneInfo) -> datetime | None:
    found = _NUMBERS.fullmatch(date)
    return _time([int(number or 0) for number in found.groups()], zone) if found else None


def _from_words(date: str, zone: ZoneInfo) -> datetime | None:
    found = _WORDS.fullmatch(date)
    if found is None or found.group(2).lower() not in _MONTHS:
        return None
    # In Asia CST means China Standard Time; elsewhere the parser's reading stands.
    if found.group(7) and not zone.key.startswith("Asia/"):
        return None
    day, month, year, *clock = found.groups()[:6]
    number = _MONTHS.index(month.lower()) + 1
    return _time([int(year), number, int(day), *(int(part or 0) for part in clock)], zone)


def _time(parts: list[int], zone: ZoneInfo) -> datetime | None:
    try:
        year, month, day, hour, minute, second = parts
        return datetime(year, month, day, hour, minute, second, tzinfo=zone)
    except ValueError:
        return None
