"""Bursts of one series of counts as they come, each judged before it is learned."""

from __future__ import annotations

import math
from collections import deque
from datetime import datetime, timedelta

from groundswell_analyzer.bursts.counts import CountModel
from groundswell_analyzer.bursts.rhythm import Rhythm

STEP = timedelta(minutes=5)
SPANS = (1, 12)  # steps that are looked at together: the sudden and the steady rise
HELD_HALF_LIFE = timedelta(hours=72)  # of a peak, which the next alarm must come on top of
_CLIP = 3.0  # deviations: so much is learned of a burst
_SPREAD_HALF_LIFE = timedelta(days=7)
_LEAST_VARIANCE = 0.25
_WARM_UP = 12  # steps in which everything is believed


class BurstDetector:
    """How far each count lies above its series' rhythm, and above the faded peaks before it."""

    def __init__(self, step: timedelta = STEP) -> None:
        """Starts without history; step: the time that one count covers."""
        self._step = step
        self._rhythm = Rhythm(step)
        self._spans = [_Span(steps, step) for steps in SPANS]
        self._learned = 0
        self._latest: datetime | None = None

    def score_one(self, moment: datetime, count: float) -> float:
        """Returns deviations above usual beyond the faded peaks; more documents never lower it.

        Above about 5 a duty officer will want to know; below 0 the last burst is not over.
        """
        if self._latest is None:
            return 0.0
        expected, age = self._rhythm.expected(moment), self._age(moment)
        return max(span.score_one(count, expected, age) for span in self._spans)

    def learn_one(self, moment: datetime, count: float) -> None:
        """Learns a count; what was not collected is simply not learned, and the past stays as it was."""
        if self._latest is not None and moment <= self._latest:
            return
        age = self._age(moment)
        # The first count is all that is known of the level.
        expected = max(count, 1.0) if self._latest is None else self._rhythm.expected(moment)
        believed = self._believed(count, expected)
        for span in self._spans:
            if age > 2 * self._step:
                span.forget_latest()
            span.learn_one(count, expected, age, is_warm=self._learned >= _WARM_UP)
        self._rhythm.learn_one(moment, believed)
        self._latest = moment
        self._learned += 1

    def _age(self, moment: datetime) -> timedelta:
        return max(moment - self._latest, timedelta(0)) if self._latest else timedelta(0)

    def _believed(self, count: float, expected: float) -> float:
        if self._learned < _WARM_UP:
            return count
        return CountModel(expected).held_within(count, _CLIP * self._spans[0].spread)


class _Span:
    """Sums over some steps, how much they vary beyond chance, and the faded peak of the past."""

    def __init__(self, steps: int, step: timedelta) -> None:
        self._counts: deque[float] = deque(maxlen=steps - 1)
        self._expected: deque[float] = deque(maxlen=steps - 1)
        self._keep = 0.5 ** (step / _SPREAD_HALF_LIFE)
        self._variance = 1.0
        self._peak = 0.0

    @property
    def spread(self) -> float:
        """Returns the standard deviation on the scale where chance alone gives 1."""
        return math.sqrt(self._variance)

    def score_one(self, count: float, expected: float, age: timedelta) -> float:
        """Returns deviations of the sum that ends with this count, less the faded peak."""
        return max(self._deviations(count, expected), 0.0) - self._faded(age)

    def learn_one(self, count: float, expected: float, age: timedelta, *, is_warm: bool) -> None:
        """Learns a count, and its deviation as far as that is believable."""
        deviations = self._deviations(count, expected)
        self._peak = max(self._faded(age), deviations)
        self._counts.append(count)
        self._expected.append(expected)
        if is_warm:
            believed = self.spread * min(max(deviations, -_CLIP), _CLIP)
            learned = self._keep * self._variance + (1 - self._keep) * believed**2
            self._variance = max(learned, _LEAST_VARIANCE)

    def forget_latest(self) -> None:
        """Forgets the latest counts: what comes next does not follow on them."""
        self._counts.clear()
        self._expected.clear()

    def _deviations(self, count: float, expected: float) -> float:
        usual = CountModel(sum(self._expected) + expected)
        return usual.deviations(sum(self._counts) + count) / self.spread

    def _faded(self, age: timedelta) -> float:
        fading: float = 0.5 ** (age / HELD_HALF_LIFE)
        return self._peak * fading
