"""Early warning on ranked boards: the chance that an entry passes a heat within a day."""

from __future__ import annotations

import functools
import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from importlib import resources

import yaml

LEVEL = 1_000_000  # of heat, for which the points were learned
BEFORE = timedelta(minutes=30)  # what is to be compared with lies so long before, at least
_BOARD_TIME = timezone(timedelta(hours=8))  # the boards' day: China's
_CIRCLE = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardLook:
    """One reading of a board: what it printed for an entry; None: not printed."""

    time: datetime
    heat: float
    rank: int | None = None  # 1 is the top
    reads: float | None = None
    discussions: float | None = None


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Points by feature: at knots, in between by straight lines; their sum is a log-odds."""

    version: str
    base: float
    points: Mapping[str, Mapping[float, float]]

    def log_odds(self, features: Mapping[str, float | None]) -> float:
        """Returns the base and the points of all features that are known."""
        return self.base + sum(
            _between(self.points[name], value)
            for name, value in features.items()
            if value is not None and name in self.points
        )


def chance_to_pass(looks: Sequence[BoardLook], level: float = LEVEL) -> float:
    """Returns the chance, 0..1, that an entry passes a heat within 24 hours of its latest look.

    Takes every look since the entry came up, in any order; 1 when it passed already, 0 without any.
    A level other than a million is read as a board of another size: heat counts in shares of it.
    """
    if not looks:
        return 0.0
    if max(look.heat for look in looks) >= level:
        return 1.0
    log_odds = scorecard().log_odds(features(looks, level))
    return 1 / (1 + math.exp(-max(min(log_odds, 50.0), -50.0)))


def features(looks: Sequence[BoardLook], level: float = LEVEL) -> dict[str, float | None]:
    """Returns what the points are for, by name; the names are those of heat.yaml."""
    ordered = sorted(looks, key=lambda look: look.time)
    now, first = ordered[-1], ordered[0]
    earlier = [look for look in ordered if now.time - look.time >= BEFORE]
    before = earlier[-1] if earlier else None
    local = now.time.astimezone(_BOARD_TIME)
    return {
        "heat": math.log10(max(now.heat * LEVEL / level, 1.0)),
        "rank": _log2(now.rank),
        "first": 0.0 if before else 1.0,
        "age": (now.time - first.time) / timedelta(hours=1),
        "growth": _growth(before, now),
        "climb": _climb(before, now),
        "hour": local.hour,
        "weekend": float(local.weekday() >= 5),
        "reads": None if now.reads is None else math.log10(max(now.reads, 0.0) + 1e5),
        "discussions": None
        if now.discussions is None
        else math.log10(max(now.discussions, 0.0) + 10),
    }


@functools.cache
def scorecard() -> Scorecard:
    """Returns the points that ship."""
    text = resources.files(__package__).joinpath("heat.yaml").read_text(encoding="utf-8")
    return Scorecard(**yaml.safe_load(text))


def _growth(before: BoardLook | None, now: BoardLook) -> float:
    """Returns the doublings an hour of the heat."""
    if before is None:
        return 0.0
    hours = (now.time - before.time) / timedelta(hours=1)
    return math.log2((now.heat + 1000) / (before.heat + 1000)) / max(hours, 1.0)


def _climb(before: BoardLook | None, now: BoardLook) -> float:
    """Returns the halvings of the rank."""
    if before is None or before.rank is None or now.rank is None:
        return 0.0
    return math.log2(max(before.rank, 1) / max(now.rank, 1))


def _log2(rank: int | None) -> float | None:
    return math.log2(max(rank, 1)) if rank is not None else None


def _between(points: Mapping[float, float], value: float) -> float:
    knots = list(points)
    after = bisect_right(knots, value)
    if after == 0:
        return points[knots[0]]
    if after == len(knots):
        return points[knots[-1]]
    low, high = knots[after - 1], knots[after]
    share = (value - low) / (high - low)
    return (1 - share) * points[low] + share * points[high]
