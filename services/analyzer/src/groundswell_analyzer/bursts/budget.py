"""The threshold that rings so often a day as the user wants, learned from past peaks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

MEMORY = timedelta(days=56)
EPISODE = timedelta(hours=6)  # peaks of a series so close together are one alarm


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """What is believed of peaks before any is seen: so many a day above start, then exponential."""

    start: float = 3.0
    scale: float = 1.5
    per_day: float = 20.0
    days: float = 2.0  # of observation that the belief is worth


class AlarmBudget:
    """Peaks of the scores of all series of one monitor, and the threshold that they call for."""

    def __init__(self, prior: Prior | None = None) -> None:
        """Starts with a belief only; any kind of score will do, higher being more unusual."""
        self._prior = prior or Prior()

    def learn_one(self, series: str, moment: datetime, score: float) -> None:
        """Notes that a series was looked at and scored; hours without any look count for nothing."""

    def threshold(self, alarms_per_day: float) -> float:
        """Returns the score that peaks pass so many times a day of observation."""
        return self._prior.start

    @property
    def observed_days(self) -> float:
        """Returns for how many days' worth of hours anything was looked at."""
        return 0.0
