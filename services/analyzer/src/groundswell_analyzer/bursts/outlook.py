"""The next hours of a story or monitor, with an interval and the chance to pass a count."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from groundswell_analyzer.bursts.counts import CountModel

HORIZONS = (1, 6, 24)  # hours
_DAY = 24
_RECENT = 1.0  # hours in which the weight of a past hour halves
_LOOKED_AT = 12  # past hours
_BELIEF = 1.0  # documents that keep a handful of counts from saying too much
_FADING = 3.0  # hours in which what is unusual, as a logarithm, halves
# A total varies beyond chance as the series' own hours do: so much of their mean squared change.
_OF_CHANGE = 0.7
_ORDINARY_CHANGE = 0.1  # believed before any is seen, as much as so many hours are
_ORDINARY_HOURS = 12
_MOST_CHANGE = 4.0  # of one hour, squared: one burst does not make a series wild
_LEAST_DISPERSION = 0.02
_SHARE = 0.9  # upper end of the 80 % interval


@dataclass(frozen=True, slots=True)
class Outlook:
    """The documents expected within the next hours, all together."""

    hours: int
    expected: float
    low: float  # 80 % interval
    high: float
    model: CountModel

    def chance_to_pass(self, count: float) -> float:
        """Returns the chance that more than so many documents come within these hours, 0..1."""
        return self.model.chance_of(math.floor(count) + 1)


def forecast(
    past: Sequence[float | None],
    usual: Sequence[float],
    horizons: Sequence[int] = HORIZONS,
) -> tuple[Outlook, ...]:
    """Returns an outlook for each horizon.

    Takes documents of each past full hour, oldest first (None: not collected), and what is usual
    in each of the 24 coming hours, beginning with the present one. What is more or less than usual
    now fades on a logarithmic scale (damped trend, Gardner and McKenzie 1985).
    """
    coming = _smooth([max(one, 0.0) for one in usual] or [0.0])
    excess = _excess(past, coming)
    # What is far from usual is harder to tell.
    dispersion = _dispersion(past, coming) * (1 + abs(excess))
    return tuple(_outlook(hours, excess, dispersion, coming) for hours in horizons)


def _outlook(hours: int, excess: float, dispersion: float, coming: Sequence[float]) -> Outlook:
    expected = sum(
        (coming[ahead % len(coming)] + _BELIEF) * math.exp(excess * 0.5 ** ((ahead + 1) / _FADING))
        - _BELIEF
        for ahead in range(hours)
    )
    model = CountModel(max(expected, 0.0), dispersion)
    return Outlook(hours, model.mean, model.quantile(1 - _SHARE), model.quantile(_SHARE), model)


def _smooth(hours: Sequence[float]) -> list[float]:
    """Returns hours mixed with their neighbours: one hour's baseline rests on a few days only."""
    if len(hours) < _DAY:
        return list(hours)
    return [
        (hours[at - 1] + 2 * one + hours[(at + 1) % len(hours)]) / 4 for at, one in enumerate(hours)
    ]


def _excess(past: Sequence[float | None], coming: Sequence[float]) -> float:
    """Returns the logarithm of how many times the usual the latest hours have, recent ones first."""
    have = want = _BELIEF
    for ago, count in enumerate(reversed(past[-_LOOKED_AT:]), start=1):
        if count is not None:
            weight = 0.5 ** ((ago - 1) / _RECENT)
            have += weight * max(count, 0.0)
            # The same hour of the day: what is usual then is usual 24 hours later.
            want += weight * coming[-ago % _DAY % len(coming)]
    return math.log(have / want)


def _dispersion(past: Sequence[float | None], coming: Sequence[float]) -> float:
    """Returns how much totals vary beyond chance, from how ratios to the usual change by the hour."""
    changes, before = _ORDINARY_HOURS * _ORDINARY_CHANGE, None
    known = _ORDINARY_HOURS
    for ago, count in zip(range(len(past), 0, -1), past, strict=True):
        now = None
        if count is not None:
            have = max(count, 0.0) + _BELIEF
            now = math.log(have / (coming[-ago % _DAY % len(coming)] + _BELIEF)), 1 / have
        if now is not None and before is not None:
            # Chance alone changes a logarithm by one over the count, squared.
            changes += min((now[0] - before[0]) ** 2, _MOST_CHANGE) - now[1] - before[1]
            known += 1
        before = now
    return max(_OF_CHANGE * changes / known, _LEAST_DISPERSION)
