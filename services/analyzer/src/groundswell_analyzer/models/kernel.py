"""Classes by likeness to remembered examples: kernel logistic regression over mean word vectors.

J. Zhu, T. Hastie: Kernel Logistic Regression and the Import Vector Machine, 2005; with the
low-rank basis of C. Williams, M. Seeger: Using the Nyström Method to Speed Up Kernel Machines, 2001.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from groundswell_analyzer.models.model import Floats, Reading
from groundswell_analyzer.models.vectors import Vectors


@dataclass(frozen=True, slots=True)
class Kernel:
    """Examples, and what being like each of them says for each class."""

    vectors: Vectors
    examples: Floats  # mean vectors of title and text, side by side
    weights: Floats  # a row an example, a column a class
    bias: Floats

    def logits(self, readings: Sequence[Reading]) -> Floats:
        """Returns the evidence for each class, a row a document."""
        near = likeness(points(self.vectors, readings), self.examples)
        evidence = near.astype(np.float64) @ self.weights + self.bias
        return np.asarray(evidence, dtype=np.float32)


def points(vectors: Vectors, readings: Sequence[Reading]) -> Floats:
    """Returns where documents lie: the mean vectors of title and text, side by side."""
    titles = vectors.means([reading.title_words for reading in readings])
    return np.hstack([titles, vectors.means([reading.text_words for reading in readings])])


def likeness(rows: Floats, examples: Floats) -> Floats:
    """Returns the Gaussian kernel of each row with each example; 1: they are the same."""
    # More exact than what is kept: how a product is summed up changes with the number of rows, and
    # what is said of a document must not hang on the others of its batch.
    left, right = rows.astype(np.float64), examples.astype(np.float64)
    squares = np.einsum("ij,ij->i", left, left)[:, None] + np.einsum("ij,ij->i", right, right)
    return np.asarray(np.exp(2 * left @ right.T - squares), dtype=np.float32)
