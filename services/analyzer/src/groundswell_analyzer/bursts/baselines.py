"""What is usual: in an hour, by hour of week and day; of a board, by its other entries."""

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
MOST_HOURS = HOURS_KEPT // timedelta(hours=1)
_CYCLES = (7 * 24, 24, 1)  # hours that are alike are so many apart
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
    """What was ordinary in past hours, under any name; an hour that nobody noted is unknown, not 0."""

    def __init__(self) -> None:
        """Starts without history: then the rules' prior holds."""
        self._hours: dict[str, dict[int, float]] = {}

    def note(self, name: str, hour: datetime, typical: float) -> None:
        """Sets what was ordinary in an hour; repeats replace."""
        hours, number = self._hours.setdefault(name, {}), hour_number(hour)
        hours[number] = typical
        for old in [known for known in hours if known < number - MOST_HOURS]:
            del hours[old]

    def usual(self, name: str, moment: datetime) -> Usual | None:
        """Returns what is usual now; None: unknown."""
        return usual_of(self.known(name), hour_number(moment))

    def known(self, name: str) -> Mapping[int, float]:
        """Returns the hours on record, by number."""
        return self._hours.get(name, {})

    def forget(self, name: str) -> None:
        """Forgets what is gone."""
        self._hours.pop(name, None)


def usual_of(past: Mapping[int, float], now: int) -> Usual | None:
    """Returns what is usual in an hour: same hour of the week, else of the day, else any; None: unknown.

    Takes hours by number; those before now count, and those that are not there are unknown.
    """
    for cycle in _CYCLES:
        values = [value for hour, value in past.items() if hour < now and not (now - hour) % cycle]
        if len(values) >= _ENOUGH_HOURS:
            return robust(values)
    return None


def hour_of(moment: datetime) -> datetime:
    """Returns the start of the hour."""
    return moment.replace(minute=0, second=0, microsecond=0)


def hour_number(moment: datetime) -> int:
    """Returns the hours since 1970."""
    return int(moment.timestamp() // 3600)


def baseline_record(name: str, hour: datetime, typical: float, now: datetime) -> dict[str, Any]:
    """Returns an hour's baseline as MongoDB stores it."""
    return {
        "_id": digest(name, hour.isoformat(), length=24),
        "monitor": name,  # or what else has a usual hour
        "start_time": hour,
        "typical": typical,
        "expire_time": now + HOURS_KEPT,
    }


def typical_of(counts: Iterable[int], *, least: int = 1) -> float | None:
    """Returns the median count of the stories that had any; None when fewer than so many had."""
    some = [count for count in counts if count > 0]
    return float(statistics.median(some)) if len(some) >= least else None


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
