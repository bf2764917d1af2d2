"""Lengths of time as people say them."""

from __future__ import annotations

import re
from datetime import timedelta

from groundswell_console.texts import Texts

_LONG = 120  # minutes; from here on hours and days say more
_MINUTES = re.compile(r"\b([0-9][0-9,]*) minutes?\b")
_QUIET = re.compile(r"(Nothing was heard of it for .+; after )([0-9][0-9,]*)( it has no level\.)")


def duration(span: timedelta | float, t: Texts) -> str:
    """Returns a length of time in its two greatest units, such as 3 h 20 min."""
    seconds = span.total_seconds() if isinstance(span, timedelta) else span
    if seconds < 0:
        return "−" + duration(-seconds, t)
    if seconds < 0.1:
        return t("duration.second", n="<0.1")
    if seconds < 10:
        return t("duration.second", n=f"{seconds:.1f}")
    left, parts = int(seconds), []
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)):
        amount, left = divmod(left, size)
        if amount:
            parts.append(t(f"duration.{unit}", n=amount))
    return " ".join(parts[:2])


def of_minutes(text: str, t: Texts) -> str:
    """Returns a number of minutes as a length of time."""
    return duration(float(text.replace(",", "")) * 60, t)


def readable(text: str, t: Texts) -> str:
    """Returns an English sentence with its long times in hours and days."""

    def told(match: re.Match[str]) -> str:
        is_long = float(match[1].replace(",", "")) >= _LONG
        return of_minutes(match[1], t) if is_long else match[0]

    text = _QUIET.sub(lambda match: f"{match[1]}{match[2]} minutes{match[3]}", text)
    return _MINUTES.sub(told, text)
