"""The next hours of a story or monitor, with an interval and the chance to pass a level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from groundswell_analyzer.bursts.counts import CountModel

HORIZONS = (1, 6, 24)  # hours


@dataclass(frozen=True, slots=True)
class Outlook:
    """The documents expected within the next hours, all together."""

    hours: int
    expected: float
    low: float  # 80 % interval
    high: float
    model: CountModel

    def chance_to_pass(self, count: float) -> float:
        """Returns the chance that more than so many documents come within these hours, 0..1."""
        return self.model.chance_of(count + 1)


def forecast(
    past: Sequence[float | None],
    usual: Sequence[float],
    horizons: Sequence[int] = HORIZONS,
) -> tuple[Outlook, ...]:
    """Returns an outlook for each horizon.

    Takes documents of each past full hour, oldest first (None: not collected), and what is usual
    in each coming hour, beginning with the present one.
    """
    return ()
