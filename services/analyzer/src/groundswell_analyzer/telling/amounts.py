"""What a claimed number can mean, when two numbers agree, and how one is said."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import UTC, datetime

from groundswell_analyzer.telling.report import Said
from groundswell_core.analyses import ClaimQualifier

_NEAR = 0.2  # of a number said with "about"
_SAME_NUMBER = 1.25  # numbers whose ratio is at most so great support each other
_MONEY = 0.05  # to both sides: amounts of money agree when they are at most 10 % apart
_MAGNITUDE = 0.15  # to both sides: networks measure that differently
_OTHER_DAYS = 31  # days farther apart belong to different happenings


def bounds(claim: Said) -> tuple[float, float]:
    """Returns the least and the greatest number that a claim can mean."""
    value, slack = claim.value, 0.0
    if claim.kind == "money":
        slack = _MONEY * abs(value)
    if claim.kind == "magnitude":
        slack = _MAGNITUDE
    if claim.qualifier is ClaimQualifier.ABOUT:
        slack = max(slack, _NEAR * abs(value))
    low = -math.inf if claim.qualifier is ClaimQualifier.AT_MOST else value - slack
    high = math.inf if claim.qualifier is ClaimQualifier.AT_LEAST else value + slack
    return low, high


def agree(one: Said, other: Said) -> bool:
    """Tells whether both claims can be true at once."""
    if one.kind == "date":
        return one.time == other.time
    low, high = bounds(one)
    other_low, other_high = bounds(other)
    return low <= other_high and other_low <= high


def supports(one: Said, other: Said) -> bool:
    """Tells whether one claim says about what the other says: "at least 3" does not support 30."""
    if not agree(one, other) or one.kind == "date":
        return agree(one, other)
    least, most = sorted((abs(one.value), abs(other.value)))
    return most <= least * _SAME_NUMBER


def any_agree(ones: Iterable[Said], others: Iterable[Said]) -> bool:
    """Tells whether any claim of one document agrees with any of another."""
    known = tuple(others)
    return any(agree(one, other) for one in ones for other in known)


def contradicting(claims: Iterable[Said], standing: Said) -> list[Said]:
    """Returns what a document claims against what stands; nothing when it claims that as well."""
    found = [one for one in claims if (one.kind, one.unit) == (standing.kind, standing.unit)]
    return [] if any_agree(found, (standing,)) else found


def days_clash(one: Said, told: datetime, other: Said, other_told: datetime) -> bool:
    """Tells whether two days of one happening differ.

    A day after the other document was published is a later happening; so are days a month apart.
    """
    if one.time is None or other.time is None or one.time == other.time:
        return False
    if abs((one.time - other.time).days) > _OTHER_DAYS:
        return False
    return one.time <= other_told and other.time <= told


def phrase(claim: Said) -> str:
    """Returns a claim in words: at least 12 dead; 3,000,000 CNY; magnitude 5.2; 2026-11-23."""
    if claim.kind == "date":
        return f"{claim.time.astimezone(UTC):%Y-%m-%d}" if claim.time else "no day"
    number = f"{claim.value:,.10g}" if claim.value % 1 else f"{claim.value:,.0f}"
    said = {"money": f"{number} {claim.unit}", "magnitude": f"magnitude {number}"}
    return _QUALIFIED.get(claim.qualifier, "") + said.get(claim.kind, f"{number} {claim.kind}")


_QUALIFIED = {
    ClaimQualifier.AT_LEAST: "at least ",
    ClaimQualifier.AT_MOST: "at most ",
    ClaimQualifier.ABOUT: "about ",
}
