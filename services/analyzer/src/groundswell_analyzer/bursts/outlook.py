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
_DISPERSION = 0.055  # of a total beyond chance, where all is as usual; alike for all horizons
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
    return tuple(_outlook(hours, excess, coming) for hours in horizons)


def _outlook(hours: int, excess: float, coming: Sequence[float]) -> Outlook:
    expected = sum(
        (coming[ahead % len(coming)] + _BELIEF) * math.exp(excess * 0.5 ** ((ahead + 1) / _FADING))
        - _BELIEF
        for ahead in range(hours)
    )
    model = CountModel(max(expected, 0.0), _DISPERSION * (1 + abs(excess)))
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
