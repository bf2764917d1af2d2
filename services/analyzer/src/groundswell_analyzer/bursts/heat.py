"""Early warning on ranked boards: the chance that an entry passes a level within a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

LEVEL = 1_000_000  # of heat


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardLook:
    """One reading of a board: what it printed for an entry."""

    time: datetime
    heat: float
    rank: int | None = None


def chance_to_pass(looks: Sequence[BoardLook], category: str = "", level: float = LEVEL) -> float:
    """Returns the chance, 0..1, that an entry passes a heat within 24 hours of its latest look.

    Takes every look since the entry came up, in any order; 1 when it passed already, 0 without any.
    """
    return 0.0
