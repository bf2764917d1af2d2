"""Where bursts begin and end: Kleinberg's automaton of two states over counts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

_LEAST = 0.1  # documents a count: a quiet series still expects something


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
    cost: float = 3.0,
) -> list[int]:
    """Returns 1 for each count that is part of a burst, else 0 (Kleinberg 2002, in counts).

    Takes what is usual for each count (default: their median), how many times that a burst has, and
    the cost of entering one in units of evidence (nats). A count of None is not known.
    """
    gains = _gains(counts, usual, times)
    # Viterbi: the best total of paths that end outside and inside a burst, and where they came from.
    outside, inside = 0.0, -math.inf
    came: list[tuple[int, int]] = []
    for gain in gains:
        came.append((int(inside > outside), int(inside >= outside - cost)))
        outside, inside = max(outside, inside), max(inside, outside - cost) + gain
    return _back(came, int(inside > outside))


def bursts_of(
    counts: Sequence[float | None],
    usual: Sequence[float] | None = None,
    *,
    times: float = 3.0,
    cost: float = 3.0,
) -> list[Burst]:
    """Returns the bursts among counts, in order; takes what states takes."""
    gains = _gains(counts, usual, times)
    found: list[Burst] = []
    for index, state in enumerate(states(counts, usual, times=times, cost=cost)):
        if not state:
            continue
        if found and found[-1].end == index - 1:
            last = found.pop()
            found.append(Burst(last.start, index, last.weight + gains[index]))
        else:
            found.append(Burst(index, index, gains[index]))
    return found


def _gains(
    counts: Sequence[float | None], usual: Sequence[float] | None, times: float
) -> list[float]:
    """Returns how much likelier each count is in a burst: Poisson, as a logarithm."""
    expected = usual if usual is not None else [_middle(counts)] * len(counts)
    return [
        0.0 if count is None else count * math.log(times) - (times - 1) * max(one, _LEAST)
        for count, one in zip(counts, expected, strict=True)
    ]


def _middle(counts: Sequence[float | None]) -> float:
    known = sorted(count for count in counts if count is not None)
    return known[len(known) // 2] if known else 0.0


def _back(came: Sequence[tuple[int, int]], state: int) -> list[int]:
    path = []
    for step in reversed(came):
        path.append(state)
        state = step[state]
    return path[::-1]
