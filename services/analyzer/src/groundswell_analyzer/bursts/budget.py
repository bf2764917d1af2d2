"""The threshold that rings so often a day as the user wants, learned from past peaks."""

from __future__ import annotations

import bisect
import math
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta

MEMORY = timedelta(days=56)
EPISODE = timedelta(hours=6)  # what a series does within it is one alarm
_HOUR = 3600
_HALVINGS = 60  # of the span in which the threshold is looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """What is believed of peaks before any is seen: so many a day above start, then exponential."""

    start: float = 3.0
    scale: float = 1.5
    per_day: float = 20.0
    days: float = 0.25  # of observation that the belief is worth

    def rate(self, score: float) -> float:
        """Returns how many peaks a day reach a score."""
        return self.per_day * math.exp(min((self.start - score) / self.scale, 700.0))

    def reached(self, per_day: float) -> float:
        """Returns the score that so many peaks a day reach."""
        return self.start - self.scale * math.log(per_day / self.per_day)


class AlarmBudget:
    """Peaks of the scores of all series of one monitor, and the threshold that they call for."""

    def __init__(self, prior: Prior | None = None) -> None:
        """Starts with a belief only; any kind of score will do, higher being more unusual."""
        self._prior = prior or Prior()
        self._open: dict[str, float] = {}  # the peak of each series in the present block
        self._closed: deque[tuple[int, float]] = deque()
        self._peaks: list[float] = []  # of closed blocks, sorted
        self._hours: dict[int, None] = {}  # that were looked at, in order
        self._block = 0

    @property
    def observed_days(self) -> float:
        """Returns for how many days' worth of hours anything was looked at."""
        return len(self._hours) / 24

    def learn_one(self, series: str, moment: datetime, score: float) -> None:
        """Notes that a series was looked at and scored; hours without any look count for nothing."""
        seconds = int(moment.timestamp())
        block = seconds // int(EPISODE.total_seconds())
        if not math.isfinite(score) or block < self._block:
            return
        if block > self._block:
            self._close(block)
        self._hours[seconds // _HOUR] = None
        self._open[series] = max(self._open.get(series, score), score)

    def threshold(self, alarms_per_day: float) -> float:
        """Returns the score that peaks reach so many times a day of observation."""
        wanted = max(alarms_per_day, 1e-3)
        open_peaks = sorted(self._open.values())
        highest = max((*self._peaks[-1:], *open_peaks[-1:]), default=self._prior.start)
        low = min(self._prior.reached(1e6), self._peaks[0] if self._peaks else highest)
        high = max(highest, self._prior.reached(wanted * 1e-3))
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            if self._rate(middle, open_peaks) > wanted:
                low = middle
            else:
                high = middle
        return high

    def _rate(self, score: float, open_peaks: list[float]) -> float:
        """Returns the peaks a day that reach a score: those seen, and those believed."""
        seen = sum(
            len(peaks) - bisect.bisect_left(peaks, score) for peaks in (self._peaks, open_peaks)
        )
        believed = self._prior.days * self._prior.rate(score)
        return (seen + believed) / (self.observed_days + self._prior.days)

    def _close(self, block: int) -> None:
        """Begins a block: what the one before reached becomes history, what is too old goes."""
        for peak in self._open.values():
            self._closed.append((self._block, peak))
            bisect.insort(self._peaks, peak)
        self._open.clear()
        self._block = block
        oldest = block - MEMORY // EPISODE
        while self._closed and self._closed[0][0] < oldest:
            del self._peaks[bisect.bisect_left(self._peaks, self._closed.popleft()[1])]
        hours = EPISODE // timedelta(hours=1)
        for hour in [one for one in self._hours if one < oldest * hours]:
            del self._hours[hour]
