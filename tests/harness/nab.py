"""The scoring of the Numenta Anomaly Benchmark, after its description (Lavin and Ahmad 2015).

A window stands around each labelled anomaly. The earliest alarm in a window earns up to 1, less the
later it comes; a window without an alarm costs 1; each alarm outside costs up to the profile's price,
less just behind a window. The first 15 % of a series (at most 750 counts) are for learning.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

PROFILES = {"standard": 0.11, "low_fp": 0.22}  # price of a false alarm
_PROBATION = 0.15
_PROBATION_ROWS = 5000
_WEEK = 7 * 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Series:
    """Counts of one file with its windows, as first and last index."""

    name: str
    times: list[datetime]
    counts: list[float]
    windows: list[tuple[int, int]]

    @property
    def probation(self) -> int:
        """Returns how many counts at the start are only for learning."""
        return math.floor(_PROBATION * min(len(self.counts), _PROBATION_ROWS))

    @property
    def weeks(self) -> float:
        """Returns how long the scored part lasts."""
        return (self.times[-1] - self.times[self.probation]).total_seconds() / _WEEK


def read_series(file: Path, windows_file: Path) -> Series:
    """Reads a file of counts and its windows."""
    with file.open() as lines:
        rows = list(csv.DictReader(lines))
    times = [datetime.fromisoformat(row["timestamp"]) for row in rows]
    place = {moment: index for index, moment in enumerate(times)}
    labelled = json.loads(windows_file.read_text())[file.name]
    windows = [
        (place[datetime.fromisoformat(first)], place[datetime.fromisoformat(last)])
        for first, last in labelled
    ]
    return Series(file.stem, times, [float(row["value"]) for row in rows], windows)


def _sigmoid(position: Floats) -> Floats:
    return 2 / (1 + np.exp(5 * np.minimum(position, 100.0))) - 1


def worth(series: Series) -> tuple[Floats, NDArray[np.int64]]:
    """Returns what an alarm at each count is worth, and its window: -1 outside, -2 in the probation."""
    size = len(series.counts)
    index = np.arange(size, dtype=np.float64)
    values, window = np.full(size, -1.0), np.full(size, -1)
    for first, last in series.windows:
        behind = (index - last) / max(last - first, 1)
        values = np.where(index > last, np.where(behind > 3, -1.0, _sigmoid(behind)), values)
    for number, (first, last) in enumerate(series.windows):
        inside = slice(first, last + 1)
        position = -(last + 1 - index[inside]) / (last + 1 - first)
        values[inside] = _sigmoid(position) / float(_sigmoid(np.array([-1.0]))[0])
        window[inside] = number
    window[: series.probation] = -2
    return values, window


@dataclass(frozen=True, slots=True)
class Scored:
    """What a threshold gives on some series."""

    score: float  # 0: no alarm at all, 100: every window hit at its start and no false alarm
    alarms_per_week: float  # of one series: runs of counts at or above the threshold
    false_alarms_per_week: float
    windows_hit: int
    windows: int


def score(
    series: Sequence[Series], scores: Mapping[str, Floats], threshold: float, price: float
) -> Scored:
    """Returns the normalised score of one threshold over several series, and what it rings."""
    total, hit, windows, alarms, false_alarms, weeks = 0.0, 0, 0, 0, 0, 0.0
    for one in series:
        values, window = worth(one)
        rings = (scores[one.name] >= threshold) & (window > -2)
        total += price * float(values[rings & (window == -1)].sum())
        for number in set(window[window >= 0].tolist()):
            windows += 1
            earned = values[rings & (window == number)]
            hit += bool(earned.size)
            total += float(earned.max()) if earned.size else -1.0
        starts = rings & ~np.concatenate([[False], rings[:-1]])
        alarms += int(starts.sum())
        false_alarms += int((starts & (window == -1)).sum())
        weeks += one.weeks
    normal = 100 * (total + windows) / (2 * windows)
    return Scored(normal, alarms / weeks, false_alarms / weeks, hit, windows)


def best_threshold(series: Sequence[Series], scores: Mapping[str, Floats], price: float) -> float:
    """Returns the threshold with the best score over several series; of equals the highest."""
    marks, gains = [math.inf], [0.0]
    for one in series:
        values, window = worth(one)
        highest: dict[int, float] = {}
        order = np.argsort(-scores[one.name], kind="stable")
        for index in order[window[order] > -2].tolist():
            number, value = int(window[index]), float(values[index])
            if number < 0:
                gain = price * value
            else:
                before = highest.get(number, -1.0)
                gain = max(value - before, 0.0)
                highest[number] = max(value, before)
            marks.append(float(scores[one.name][index]))
            gains.append(gain)
    order = np.argsort(-np.asarray(marks), kind="stable")
    ordered, total = np.asarray(marks)[order], np.cumsum(np.asarray(gains)[order])
    last = np.append(ordered[1:] != ordered[:-1], True)
    return float(ordered[last][int(np.argmax(total[last]))])
