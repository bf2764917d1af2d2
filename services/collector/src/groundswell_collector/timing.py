"""How long to wait before a source is read: decisions only, chance is injected."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from groundswell_core.errors import GroundswellError
from groundswell_core.retry import RetryPolicy
from groundswell_core.source_records import Source, SourceHealth

JITTER = 0.1  # of the interval, both ways: sources must not march in step
FIRST_BACKOFF = 10.0  # seconds; the interval when that is shorter
SHORTEST_BACKOFF = 1.0  # seconds; the same


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Decides when a source is read next; all in seconds."""

    interval: float  # of a source without its own
    spread: float  # of the first reads
    maximum_backoff: float  # unless the interval is longer
    uniform: Callable[[float, float], float] = field(default=random.uniform, repr=False)

    def of(self, source: Source) -> float:
        """Returns the interval of a source."""
        return source.interval.total_seconds() if source.interval else self.interval

    def after_success(self, source: Source, took: float) -> float:
        """Returns the wait until the next read, which starts an interval after the last one did."""
        return max(0.0, self.of(source) * self.uniform(1 - JITTER, 1 + JITTER) - took)

    def after_failure(self, source: Source, failures: int, error: Exception) -> float:
        """Returns the wait until a failing source is tried again: doubling, jittered, as asked."""
        interval = self.of(source)
        policy = RetryPolicy(
            initial_interval=min(FIRST_BACKOFF, interval),
            maximum_interval=max(self.maximum_backoff, interval),
            jitter=self.uniform,
        )
        known = error if isinstance(error, GroundswellError) else None
        return max(policy.wait(failures, known), min(SHORTEST_BACKOFF, interval))

    def first(self, source: Source, health: SourceHealth, now: datetime) -> float:
        """Returns the wait until the first read after a start: spread, and as was planned."""
        spread = self.uniform(0.0, min(self.spread, self.of(source)))
        planned = (health.next_read_time - now).total_seconds() if health.next_read_time else 0.0
        return max(spread, min(planned, max(self.of(source), self.maximum_backoff)))

    def elsewhere(self, lease: float) -> float:
        """Returns the wait until a source that another collector reads is asked for again."""
        return self.uniform(0.5, 1.0) * lease / 3

    def ours(self) -> float:
        """Returns the wait after a bad moment of our own stores."""
        return self.uniform(0.5, 2.0)
