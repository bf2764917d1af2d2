"""What one series is expected to count now: its rhythm of the day times its latest level."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

LEVEL_HALF_LIFE = timedelta(hours=12)
RHYTHM_HALF_LIFE = timedelta(days=7)
_HOURS = 24
_FLAT = 1.0  # hours' worth of belief that every hour is like the others
_LEAST = 0.05  # documents a step: a series of zeros still expects something


class Rhythm:
    """Exponentially forgetting means of counts: one level, and one factor an hour of the day."""

    def __init__(self, step: timedelta) -> None:
        """Starts without history: then every hour is alike."""
        self._steps_an_hour = timedelta(hours=1) / step
        self._keep_level = 0.5 ** (step / LEVEL_HALF_LIFE)
        # An hour of the day comes for a 24th of the time only.
        self._keep_factor = 0.5 ** (_HOURS * step / RHYTHM_HALF_LIFE)
        self._level = self._level_weight = 0.0
        self._factors = [0.0] * _HOURS
        self._weights = [0.0] * _HOURS

    @property
    def is_known(self) -> bool:
        """Tells whether anything was learned."""
        return self._level_weight > 0

    def factor(self, moment: datetime) -> float:
        """Returns how many times the level is usual at this time of the day, between two hours."""
        position = moment.hour + moment.minute / 60 - 0.5
        share = position - math.floor(position)
        return (1 - share) * self._factor(math.floor(position)) + share * self._factor(
            math.floor(position) + 1
        )

    def expected(self, moment: datetime) -> float:
        """Returns the count expected of a step; small when nothing is known."""
        if not self.is_known:
            return _LEAST
        return max(self._level / self._level_weight * self.factor(moment), _LEAST)

    def learn_one(self, moment: datetime, count: float) -> None:
        """Learns a count, which should be held within what is believable."""
        factor = self.factor(moment)
        level = self._level / self._level_weight if self.is_known else count
        self._level = self._level * self._keep_level + count / max(factor, _LEAST)
        self._level_weight = self._level_weight * self._keep_level + 1
        hour, keep = moment.hour, self._keep_factor
        self._factors[hour] = self._factors[hour] * keep + count / max(level, _LEAST)
        self._weights[hour] = self._weights[hour] * keep + 1

    def _factor(self, hour: int) -> float:
        flat = _FLAT * self._steps_an_hour
        hour %= _HOURS
        return (self._factors[hour] + flat) / (self._weights[hour] + flat)
