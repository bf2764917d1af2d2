"""How a count varies: the negative binomial distribution on a scale where it varies by one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

_NORMAL = NormalDist()
_SHIFT = 0.375  # Anscombe's, which steadies small counts
_POISSON = 1e-9  # below this dispersion the limit is exact enough


@dataclass(frozen=True, slots=True)
class CountModel:
    """Counts of a mean whose variance is mean + dispersion · mean² (0: Poisson)."""

    mean: float
    dispersion: float = 0.0

    def deviations(self, count: float) -> float:
        """Returns how many standard deviations a count lies above the mean (Anscombe 1948)."""
        return self._scaled(count) - self._scaled(self.mean)

    def chance_of(self, count: float) -> float:
        """Returns the chance of so many or more, 0..1."""
        return _NORMAL.cdf(-self.deviations(count - 0.5)) if count > 0 else 1.0

    def quantile(self, share: float) -> float:
        """Returns the count that a share of all counts does not exceed, never below 0."""
        return self._at(_NORMAL.inv_cdf(share))

    def held_within(self, count: float, deviations: float) -> float:
        """Returns a count, or the nearest that is no more deviations away from the mean."""
        return min(max(count, self._at(-deviations)), self._at(deviations))

    def _at(self, deviations: float) -> float:
        scaled = max(self._scaled(self.mean) + deviations, 0.0)
        if self.dispersion < _POISSON:
            return max((scaled / 2) ** 2 - _SHIFT, 0.0)
        root = math.sqrt(self.dispersion)
        return max((math.sinh(scaled * root / 2) / root) ** 2 - _SHIFT, 0.0)

    def _scaled(self, count: float) -> float:
        shifted = max(count, 0.0) + _SHIFT
        if self.dispersion < _POISSON:
            return 2 * math.sqrt(shifted)
        root = math.sqrt(self.dispersion)
        return 2 / root * math.asinh(root * math.sqrt(shifted))
