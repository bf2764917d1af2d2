"""Remembers what was computed of strings, at a fixed cost of memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

SLOTS = 2**18


class Memo:
    """A number for each string, computed once; in a direct-mapped table, found by the string's hash.

    Of strings that fall on one slot one stays. A dictionary would cost four misses of
    the processor's cache a string instead of one, and would grow.
    """

    def __init__(self, compute: Callable[[str], float], dtype: DTypeLike) -> None:
        """Takes what computes the number of a string, always the same of the same one."""
        self._compute = compute
        self._owners = np.zeros(SLOTS, dtype=np.int64)
        self._values = np.zeros(SLOTS, dtype=dtype)

    def of(self, strings: Sequence[str]) -> NDArray[Any]:
        """Returns the number of each string."""
        hashes = np.fromiter(map(hash, strings), np.int64, len(strings))
        slots = hashes & (SLOTS - 1)
        values: NDArray[Any] = self._values[slots]
        unknown = np.flatnonzero(self._owners[slots] != hashes)
        if len(unknown):
            values[unknown] = [self._compute(strings[at]) for at in unknown.tolist()]
            self._keep(hashes[unknown], values[unknown])
        return values

    def _keep(self, hashes: NDArray[np.int64], values: NDArray[Any]) -> None:
        slots = hashes & (SLOTS - 1)
        self._owners[slots] = hashes
        # Which of several on one slot stays is not said: only the owner's number may stay with it.
        stays = self._owners[slots] == hashes
        self._values[slots[stays]] = values[stays]
