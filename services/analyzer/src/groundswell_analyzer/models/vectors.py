"""Word vectors, and the mean vectors of texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from groundswell_analyzer.memo import Memo
from groundswell_analyzer.models.model import Floats

_AT_ONCE = 8  # texts, so that their vectors stay in the processor's cache


@dataclass(frozen=True, slots=True)
class Vectors:
    """Vectors of words; a text is the mean of its known words, each counted once."""

    words: Sequence[str]
    rows: NDArray[np.int8]  # one a word; only directions count, so no scale is kept
    _memo: Memo = field(init=False, repr=False)
    _table: Floats = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Makes the table that is looked up in; its last row stands for unknown words."""
        known = {word: row for row, word in enumerate(self.words)}
        unknown = len(known)
        memo = Memo(lambda word: known.get(word, unknown), np.int64)
        object.__setattr__(self, "_memo", memo)
        nothing = np.zeros((1, self.rows.shape[1]), np.float32)
        object.__setattr__(self, "_table", np.vstack([self.rows.astype(np.float32), nothing]))

    @property
    def width(self) -> int:
        """Returns the numbers of a vector."""
        return int(self.rows.shape[1])

    def means(self, texts: Sequence[Sequence[str]]) -> Floats:
        """Returns the mean vector of each text, of length 1; zeros for a text of unknown words."""
        sums = np.empty((len(texts), self.width), np.float32)
        for start in range(0, len(texts), _AT_ONCE):
            part = texts[start : start + _AT_ONCE]
            sums[start : start + len(part)] = self._sums(part)
        return unit(sums)

    def _sums(self, texts: Sequence[Sequence[str]]) -> Floats:
        stride = len(self._table)
        firsts = np.arange(len(texts), dtype=np.int64) * stride
        owners = np.repeat(firsts, [len(words) for words in texts])
        rows = self._memo.of([*chain.from_iterable(texts)])
        # Each word of a text once, and the row of zeros, so that no text is without a row.
        keys = np.sort(np.concatenate([owners + rows, firsts + stride - 1]))
        keys = keys[np.diff(keys, prepend=-1) > 0]
        starts = np.searchsorted(keys, firsts)
        return np.asarray(np.add.reduceat(self._table[keys % stride], starts, axis=0))


def unit(rows: Floats) -> Floats:
    """Returns rows of length 1; zeros stay zeros."""
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))[:, None]
    return np.asarray(rows / np.maximum(lengths, 1e-9), dtype=np.float32)
