"""Other ways to find bursts in a series of counts, after their publications; for comparison only."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_NORMAL = NormalDist()
_DAY = 288  # five-minute steps


def ewma(counts: Sequence[float], half_life: int = 288) -> Floats:
    """Returns deviations from an exponentially weighted mean: the simple floor."""
    keep = 0.5 ** (1 / half_life)
    mean, variance, scores = counts[0], 1.0, []
    for count in counts:
        scores.append((count - mean) / math.sqrt(variance))
        change = count - mean
        mean += (1 - keep) * change
        variance = max(keep * (variance + (1 - keep) * change**2), 1.0)
    return np.array(scores)


def windowed_gaussian(counts: Sequence[float], window: int = 6400, step: int = 100) -> Floats:
    """Returns 1 - tail probability in a sliding normal distribution (as NAB describes it)."""
    values = np.asarray(counts, float)
    scores = np.zeros(len(values))
    mean = spread = 0.0
    for index, value in enumerate(values):
        if index >= 1 and (index <= window or index % step == 0):
            past = values[max(index - window, 0) : index]
            mean, spread = float(past.mean()), max(float(past.std()), 1e-6)
        if index:
            # As a number of deviations: the probability itself rounds to 1 too soon.
            scores[index] = abs(value - mean) / spread
    return scores


def skyline(counts: Sequence[float], hour: int = 12) -> Floats:
    """Returns the share of six simple tests that call a count unusual (after Etsy's Skyline, 2013)."""
    values = np.asarray(counts, float)
    scores = np.zeros(len(values))
    for index in range(hour, len(values)):
        past = values[max(index - 7 * _DAY, 0) : index]
        scores[index] = _votes(past, float(values[max(index - 2, 0) : index + 1].mean()), hour)
    return scores


def _votes(past: Floats, tail: float, hour: int) -> float:
    middle, mean, spread = float(np.median(past)), float(past.mean()), float(past.std()) + 1e-9
    median_deviation = float(np.median(np.abs(past - middle)))
    first, last = past[:hour], past[-hour:]
    smooth = float(np.average(past[-_DAY:], weights=0.99 ** np.arange(len(past[-_DAY:]))[::-1]))
    histogram, edges = np.histogram(past, bins=15)
    place = int(np.clip(np.searchsorted(edges, tail) - 1, 0, 14))
    votes = (
        abs(tail - middle) > 6 * max(median_deviation, 1e-9),
        abs(tail - mean) / spread > _grubbs(len(past)),
        abs(tail - float(first.mean())) > 3 * (float(first.std()) + 1e-9),
        abs(tail - mean) > 3 * spread,
        abs(tail - smooth) > 3 * spread,
        histogram[place] <= 20 and tail > float(last.mean()),
    )
    return sum(votes) / len(votes)


def _grubbs(size: int) -> float:
    quantile = _NORMAL.inv_cdf(1 - 0.05 / (2 * max(size, 3)))
    return (size - 1) / math.sqrt(size) * math.sqrt(quantile**2 / (size - 2 + quantile**2))


def seasonal_esd(counts: Sequence[float], share: float = 0.02) -> Floats:
    """Returns the test statistic of S-H-ESD (Vallis, Hochenbaum, Kejariwal 2014) for the likeliest.

    Offline, as published: it sees the whole series, rhythm and median of two weeks alike.
    """
    values = np.asarray(counts, float)
    scores = np.zeros(len(values))
    for start in range(0, len(values), 14 * _DAY):
        part = values[start : start + 14 * _DAY]
        rest = part - np.median(part) - _season(part)
        scores[start : start + len(part)] = _esd(rest, int(share * len(part)))
    return scores


def _season(part: Floats) -> Floats:
    slots = np.arange(len(part)) % _DAY
    centred = part - np.median(part)
    means = np.array(
        [
            np.median(centred[slots == slot]) if (slots == slot).any() else 0.0
            for slot in range(_DAY)
        ]
    )
    seasonal: Floats = means[slots]
    return seasonal


def _esd(rest: Floats, most: int) -> Floats:
    kept = np.ones(len(rest), bool)
    scores = np.zeros(len(rest))
    for _ in range(most):
        left = rest[kept]
        middle = float(np.median(left))
        spread = 1.4826 * float(np.median(np.abs(left - middle))) + 1e-9
        distance = np.where(kept, (rest - middle) / spread, -np.inf)
        index = int(np.argmax(distance))
        scores[index] = distance[index]
        kept[index] = False
    return scores
