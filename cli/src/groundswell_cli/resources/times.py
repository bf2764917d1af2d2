"""Times as people write them: 2026-11-20T08:00, or 6h ago."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from groundswell_core.errors import InvalidInput

_AGO = re.compile(r"(\d+(?:\.\d+)?)\s*(min|m|h|d|w)(?:\s+ago)?")
_UNITS = {
    "m": timedelta(minutes=1),
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}


def moment(text: str, now: datetime | None = None) -> datetime:
    """Returns a written time in UTC; one without a zone is of this machine's."""
    found = _AGO.fullmatch(text.strip())
    if found:
        return (now or datetime.now(UTC)) - float(found[1]) * _UNITS[found[2]]
    try:
        return datetime.fromisoformat(text.strip()).astimezone(UTC)
    except ValueError:
        raise InvalidInput(
            f'"{text}" is no time; write it like 2026-11-20T08:00 or 6h ago', reason="BAD_TIME"
        ) from None


def set_window(request: Any, since: str, until: str) -> None:
    """Sets start_time and end_time of a request where they are given."""
    if since:
        request.start_time.FromDatetime(moment(since))
    if until:
        request.end_time.FromDatetime(moment(until))
