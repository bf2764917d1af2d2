"""Word vectors, and the mean vectors of texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from groundswell_analyzer.models.model import Floats


@dataclass(frozen=True, slots=True)
class Vectors:
    """Vectors of words; a text is the mean of its known words, each counted once."""

    words: Sequence[str]
    rows: NDArray[np.int8]  # one a word; only directions count, so no scale is kept
    _known: dict[str, int] = field(init=False, repr=False)
    _table: Floats = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Makes the table that is looked up in; its last row stands for texts without words."""
        object.__setattr__(self, "_known", {word: row for row, word in enumerate(self.words)})
        nothing = np.zeros((1, self.rows.shape[1]), np.float32)
        object.__setattr__(self, "_table", np.vstack([self.rows.astype(np.float32), nothing]))

    @property
    def width(self) -> int:
        """Returns the numbers of a vector."""
        return int(self.rows.shape[1])

    def means(self, texts: Iterable[Iterable[str]]) -> Floats:
        """Returns the mean vector of each text, of length 1; zeros for a text of unknown words."""
        known, nothing = self._known, len(self.words)
        rows: list[int] = []
        starts: list[int] = []
        for words in texts:
            starts.append(len(rows))
            # Not a set: its order changes from process to process, and so would the sum.
            rows += [known[word] for word in dict.fromkeys(words) if word in known] or [nothing]
        if not starts:
            return np.zeros((0, self.width), np.float32)
        return unit(np.add.reduceat(self._table[rows], starts, axis=0))


def unit(rows: Floats) -> Floats:
    """Returns rows of length 1; zeros stay zeros."""
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))[:, None]
    return np.asarray(rows / np.maximum(lengths, 1e-9), dtype=np.float32)
