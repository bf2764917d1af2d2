"""Word vectors from what stands near what: positive pointwise mutual information, then a truncated SVD.

O. Levy, Y. Goldberg, I. Dagan: Improving Distributional Similarity with Lessons Learned from
Word Embeddings, 2015 (context distribution smoothing 0.75, eigenvalue weighting 0.5).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix
from sklearn.utils.extmath import randomized_svd

from groundswell_analyzer.models.vectors import Vectors, unit

WINDOW = 5  # words to each side; nearer ones count more
SMOOTHING = 0.75
GAP = [-1] * WINDOW  # between texts: nothing is near across it


def learn_vectors(texts: Sequence[Sequence[str]], *, count: int, width: int, base: int) -> Vectors:
    """Learns vectors of the most frequent words; base: how many words take part in the SVD."""
    words = _frequent(texts, base)
    pairs = _pairs(texts, words)
    left, sizes, _ = randomized_svd(_surprise(pairs), width, n_iter=3, random_state=0)
    rows = unit((left * np.sqrt(sizes))[:count].astype(np.float32))
    return Vectors(words[:count], np.round(rows * 127 / np.abs(rows).max()).astype(np.int8))


def _frequent(texts: Sequence[Sequence[str]], base: int) -> list[str]:
    counts = Counter(word for text in texts for word in text if word[0].isalnum())
    # Equally frequent words in the order of the alphabet: the same table on every machine.
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [word for word, times in ordered[:base] if times >= 8]


def _pairs(texts: Sequence[Sequence[str]], words: Sequence[str]) -> csr_matrix:
    rows = {word: row for row, word in enumerate(words)}
    ids = np.array([row for text in texts for row in (*(rows.get(w, -1) for w in text), *GAP)])
    size = len(words), len(words)
    pairs = csr_matrix(size, dtype=np.float32)
    for distance in range(1, WINDOW + 1):
        first, second = ids[:-distance], ids[distance:]
        both = (first >= 0) & (second >= 0)
        weights = np.full(both.sum(), 1 / distance, np.float32)
        pairs += coo_matrix((weights, (first[both], second[both])), shape=size).tocsr()
    return pairs + pairs.T


def _surprise(pairs: csr_matrix) -> csr_matrix:
    """Returns how much more often words stand together than chance would have it; never negative."""
    totals = np.asarray(pairs.sum(axis=1)).ravel()
    contexts = totals**SMOOTHING / (totals**SMOOTHING).sum()
    cells = pairs.tocoo()
    values = np.log(cells.data / totals[cells.row] / contexts[cells.col])
    more = values > 0
    return csr_matrix((values[more], (cells.row[more], cells.col[more])), shape=pairs.shape)
