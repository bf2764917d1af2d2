"""How long a receiver asks us to wait."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_WAIT = 180.0  # seconds: more is taken for a mistake


def retry_after(header: str | None, now: datetime | None = None) -> float | None:
    """Returns the seconds that a Retry-After header asks for, capped; None when it asks nothing."""
    if not header:
        return None
    seconds = _number(header)
    if seconds is None:
        seconds = _until(header, now or datetime.now(UTC))
    return None if seconds is None else min(max(seconds, 0.0), LONGEST_WAIT)


def _number(header: str) -> float | None:
    return float(header) if header.isascii() and header.isdigit() else None


def _until(header: str, now: datetime) -> float | None:
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    return (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds()
