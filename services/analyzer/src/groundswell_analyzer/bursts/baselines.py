"""What is usual: for each monitor by hour of day and week, for each board by its other entries."""

from __future__ import annotations

import math
import statistics
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from groundswell_analyzer.bursts.counts import CountModel
from groundswell_core.identity import digest

HOURS_KEPT = timedelta(days=56)
_ENOUGH_HOURS = 3  # of the same kind, before they are believed
_ENTRIES = 300  # of a board
_ENOUGH_ENTRIES = 20
_TO_DEVIATION = 1.4826  # median absolute deviation → standard deviation, of a normal distribution


@dataclass(frozen=True, slots=True)
class Usual:
    """A usual value and its robust deviation."""

    value: float
    spread: float
    hours: int = 0  # that it rests on

    def model(self) -> CountModel:
        """Returns how counts vary around it; never more steadily than chance."""
        mean = max(self.value, 0.0)
        excess = max(self.spread**2 - mean, 0.0)
        return CountModel(mean, excess / mean**2 if mean > 0 else 0.0)


def robust(values: Iterable[float]) -> Usual | None:
    """Returns median and scaled median absolute deviation; None without values."""
    numbers = list(values)
    if not numbers:
        return None
    middle = statistics.median(numbers)
    deviation = statistics.median(abs(number - middle) for number in numbers)
    return Usual(middle, _TO_DEVIATION * deviation, len(numbers))


class HourBaselines:
    """Documents that an ordinary story of a monitor gets in an hour, by the kind of hour."""

    def __init__(self) -> None:
        """Starts without history: then the rules' prior holds."""
        self._hours: dict[str, dict[datetime, float]] = {}

    def note(self, monitor: str, hour: datetime, typical: float) -> None:
        """Sets what an ordinary story got in an hour; repeats replace."""
        hours = self._hours.setdefault(monitor, {})
        hours[hour] = typical
        for old in [known for known in hours if known < hour - HOURS_KEPT]:
            del hours[old]

    def usual(self, monitor: str, moment: datetime) -> Usual | None:
        """Returns what is usual now: same hour of the week, else of the day, else any; None: unknown."""
        hour = hour_of(moment)
        past = [(at, value) for at, value in self._hours.get(monitor, {}).items() if at < hour]
        same_day = [value for at, value in past if at.hour == hour.hour]
        same_week = [
            value for at, value in past if at.hour == hour.hour and at.weekday() == hour.weekday()
        ]
        for values in (same_week, same_day, [value for _, value in past]):
            if len(values) >= _ENOUGH_HOURS:
                return robust(values)
        return None

    def forget(self, monitor: str) -> None:
        """Forgets a monitor that is gone."""
        self._hours.pop(monitor, None)


def hour_of(moment: datetime) -> datetime:
    """Returns the start of the hour."""
    return moment.replace(minute=0, second=0, microsecond=0)


def baseline_record(monitor: str, hour: datetime, typical: float, now: datetime) -> dict[str, Any]:
    """Returns an hour's baseline as MongoDB stores it."""
    return {
        "_id": digest(monitor, hour.isoformat(), length=24),
        "monitor": monitor,
        "start_time": hour,
        "typical": typical,
        "expire_time": now + HOURS_KEPT,
    }


def typical_of(counts: Mapping[str, int]) -> float | None:
    """Returns the median count of the stories that had any; None when none had."""
    some = [count for count in counts.values() if count > 0]
    return float(statistics.median(some)) if some else None


class HeatBaselines:
    """The heat of an ordinary entry of each board, from what the board printed lately."""

    def __init__(self) -> None:
        """Starts without history: then the rules' prior holds."""
        self._entries: dict[str, deque[float]] = {}
        self._known: dict[str, Usual | None] = {}

    def note(self, source: str, heat: float) -> None:
        """Adds an entry's heat."""
        if heat > 0:
            self._entries.setdefault(source, deque(maxlen=_ENTRIES)).append(math.log(heat))
            self._known.pop(source, None)

    def usual(self, source: str) -> Usual | None:
        """Returns the usual heat, and the robust deviation of its natural logarithm."""
        entries = self._entries.get(source, ())
        if len(entries) < _ENOUGH_ENTRIES:
            return None
        if source not in self._known:
            found = robust(entries)
            self._known[source] = Usual(math.exp(found.value), found.spread) if found else None
        return self._known[source]
