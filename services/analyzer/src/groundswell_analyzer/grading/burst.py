"""How unusual the last hour of a story is, in robust deviations from what is usual."""

from __future__ import annotations

import math
from dataclasses import dataclass

from groundswell_analyzer.grading.rules import Rules
from groundswell_analyzer.grading.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Counts:
    """The burst in documents: how many where how many are usual."""

    deviations: float
    pace: float  # documents an hour
    usual: float


@dataclass(frozen=True, slots=True)
class Heat:
    """The burst on boards: the heat, its growth, its place."""

    deviations: float
    times_usual: float
    times_before: float
    rank: int | None


def burst(snapshot: Snapshot, rules: Rules) -> tuple[float, Counts, Heat | None]:
    """Returns the greater of both bursts in deviations, never below 0, and both."""
    counts, heat = count_burst(snapshot, rules), heat_burst(snapshot, rules)
    return max(counts.deviations, heat.deviations if heat else 0.0, 0.0), counts, heat


def count_burst(snapshot: Snapshot, rules: Rules) -> Counts:
    """Returns how far the pace of documents is above the usual one."""
    pace = max(float(snapshot.last_hour), rules.burst.ten_minutes * snapshot.last_ten_minutes)
    usual = max(snapshot.usual_hour, rules.burst.usual_hour)
    # A Poisson count of this mean varies by its root: quieter baselines are not believed.
    spread = max(snapshot.usual_spread, math.sqrt(usual), 1.0)
    return Counts((pace - usual) / spread, pace, usual)


def heat_burst(snapshot: Snapshot, rules: Rules) -> Heat | None:
    """Returns how far the heat is above that of an ordinary entry; None off the boards."""
    board = rules.burst.board
    if snapshot.heat is None and snapshot.rank is None:
        return None
    usual = max(snapshot.usual_heat or board.usual_heat, 1.0)
    spread = max(snapshot.heat_spread or board.spread, board.spread / 2)
    heat = max(snapshot.heat or 0.0, 1.0)
    before = max(snapshot.heat_before or heat, 1.0)
    deviations = (
        board.present
        + max(math.log(heat / usual), 0.0) / spread
        + board.doubling * max(math.log2(heat / before), 0.0)
        + (board.first_place / snapshot.rank if snapshot.rank else 0.0)
    )
    return Heat(deviations, heat / usual, heat / before, snapshot.rank)
