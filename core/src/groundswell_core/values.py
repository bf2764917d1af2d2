"""Values as sources write them, made safe and typed: text, numbers, times, dotted paths.

Source plugins import this module beside groundswell_core.sources and groundswell_core.errors.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

_UNSTORABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]+")
_NUMBER = re.compile(r"(-?\d[\d,]{0,20}(?:\.\d{1,9})?)\s?(万|亿|[kKmMwW]\b)?")
_UNITS = {"万": 1e4, "w": 1e4, "亿": 1e8, "k": 1e3, "m": 1e6}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECONDS = 1e11  # a larger epoch is in milliseconds: seconds reach it in the year 5138


def clean_text(value: object, limit: int = 100_000) -> str:
    """Returns text that every store takes: no lone surrogates or control characters, cut at limit.

    Lines keep their ends, white space inside a line becomes one space, and None becomes "".
    """
    if value is None:
        return ""
    text = str(value)[: 4 * limit]
    if text.isprintable() and "  " not in text:  # most text, at a tenth of the cost
        return text.strip()[:limit]
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = (" ".join(line.split()) for line in _UNSTORABLE.sub(" ", text).split("\n"))
    return "\n".join(line for line in lines if line)[:limit]


def text_of(value: object, limit: int = 100_000) -> str:
    """Returns a string or a number as clean text; lists, objects and truth values are no text."""
    is_text = isinstance(value, (str, int, float)) and not isinstance(value, bool)
    return clean_text(value, limit) if is_text else ""


def number_of(value: object) -> float | None:
    """Returns a number that is finite and at least 0, also from 12.3万, 1,234 or "hot 5k"."""
    if isinstance(value, str):
        found = _NUMBER.search(value[:200])
        if found is None:
            return None
        unit = _UNITS.get((found.group(2) or "").lower(), 1.0)
        value = float(found.group(1).replace(",", "")) * unit
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return None
    try:
        parsed = float(value)
    except OverflowError:
        return None
    return parsed if math.isfinite(parsed) and parsed >= 0 else None


def count_of(value: object) -> int | None:
    """Returns a whole number of at least 0, read as number_of reads it."""
    parsed = number_of(value)
    return int(parsed) if parsed is not None and parsed < 2**53 else None


def time_of(value: object, zone: tzinfo = UTC) -> datetime | None:
    """Returns an aware UTC time from ISO 8601, an epoch in seconds or milliseconds, or a datetime.

    A time without a zone is in the given one. None when the value is no time.
    """
    try:
        moment = _moment(value)
        if moment is None:
            return None
        aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        return aware.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def pick(value: Any, path: str) -> Any:
    """Returns what stands at a dotted path of objects and list places; None where nothing does."""
    if isinstance(value, dict) and path in value:
        return value[path]
    for part in path.split("."):
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and part.isascii() and part.isdigit():
            value = value[int(part)] if int(part) < len(value) else None
        else:
            return None
    return value


def _moment(value: object) -> datetime | None:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    if isinstance(value, str) and not value.strip().replace(".", "", 1).isdecimal():
        return datetime.fromisoformat(value.strip()[:40])
    epoch = number_of(value)
    if epoch is None:
        return None
    return _EPOCH + timedelta(seconds=epoch / 1000 if epoch > _MILLISECONDS else epoch)
