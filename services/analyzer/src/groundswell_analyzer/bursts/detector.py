"""Bursts of one series of counts as they come, each judged before it is learned."""

from __future__ import annotations

from datetime import datetime, timedelta


class BurstDetector:
    """How unusual each count of a series is, by its rhythm of day and week and its latest pace."""

    def __init__(self, step: timedelta = timedelta(minutes=5)) -> None:
        """Starts without history; step: the time that one count covers."""
        self._step = step

    def score_one(self, moment: datetime, count: float) -> float:
        """Returns deviations above usual, never below 0; more documents never lower it."""
        return 0.0

    def learn_one(self, moment: datetime, count: float) -> None:
        """Learns a count; what was not collected is simply not learned."""
