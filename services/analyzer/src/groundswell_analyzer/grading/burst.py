"""How unusual the last hour of a story is, in deviations above what is usual."""

from __future__ import annotations

import math
from dataclasses import dataclass

from groundswell_analyzer.bursts import CountModel, Usual
from groundswell_analyzer.grading.rules import Rules
from groundswell_analyzer.grading.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Counts:
    """The burst in documents: how many where how many are usual."""

    deviations: float
    pace: float  # documents an hour
    usual: float
    dispersion: float  # of the count; 0: it varies as chance does


@dataclass(frozen=True, slots=True)
class Heat:
    """The burst on boards: the heat, its place, and where it is going."""

    deviations: float
    heat: float
    usual: float
    spread: float
    rank: int | None
    chance: float


@dataclass(frozen=True, slots=True)
class Burst:
    """Both bursts; the greater one counts, as a multiple of the alarm threshold."""

    times: float
    threshold: float
    counts: Counts
    heat: Heat | None

    @property
    def is_of_heat(self) -> bool:
        """Tells whether the board says more than the count of documents."""
        return self.heat is not None and self.heat.deviations > self.counts.deviations


def burst_of(snapshot: Snapshot, rules: Rules) -> Burst:
    """Returns how unusual a story is now; every number as it is shown, so that hands can check it."""
    counts, heat = count_burst(snapshot, rules), heat_burst(snapshot, rules)
    deviations = max(counts.deviations, heat.deviations if heat else 0.0)
    threshold = round(max(snapshot.alarm_threshold, rules.burst.least_threshold), 2)
    return Burst(round(deviations / threshold, 3), threshold, counts, heat)


def deviations_of(snapshot: Snapshot, rules: Rules) -> float:
    """Returns the greater burst in deviations: what an alarm budget learns from."""
    found = burst_of(snapshot, rules)
    return max(found.counts.deviations, found.heat.deviations if found.heat else 0.0)


def count_burst(snapshot: Snapshot, rules: Rules) -> Counts:
    """Returns how far the pace of documents is above the usual one, never below 0."""
    pace = max(float(snapshot.last_hour), rules.burst.ten_minutes * snapshot.last_ten_minutes)
    usual = round(max(snapshot.usual_hour, rules.burst.usual_hour), 2)
    dispersion = round(Usual(usual, snapshot.usual_spread).model().dispersion, 4)
    deviations = CountModel(usual, dispersion).deviations(pace)
    return Counts(round(max(deviations, 0.0), 2), pace, usual, dispersion)


def heat_burst(snapshot: Snapshot, rules: Rules) -> Heat | None:
    """Returns how far the heat is above that of an ordinary entry; None off the boards."""
    board = rules.burst.board
    if snapshot.heat is None and snapshot.rank is None:
        return None
    usual = round(max(snapshot.usual_heat or board.usual_heat, 1.0))
    # A board whose entries are all alike is not believed to be so steady.
    spread = round(max(snapshot.heat_spread or board.spread, board.spread / 2), 2)
    heat = round(snapshot.heat or 0.0)
    chance = round(snapshot.warning_chance or 0.0, 2)
    deviations = (
        board.present
        + board.heat * math.log(max(heat / usual, 1.0)) / spread
        + (board.first_place / snapshot.rank if snapshot.rank else 0.0)
        + board.warning * chance
    )
    return Heat(round(deviations, 2), heat, usual, spread, snapshot.rank, chance)
