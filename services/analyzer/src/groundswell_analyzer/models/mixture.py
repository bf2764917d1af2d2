"""A model of parts: each gives evidence, and a small table makes calibrated probabilities of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from groundswell_analyzer.models.model import CLASSES, Card, Floats, Reading, softmax


class Part(Protocol):
    """Gives evidence for each class."""

    def logits(self, readings: Sequence[Reading]) -> Floats:
        """Returns a row a document; zeros where it has seen nothing."""


@dataclass(frozen=True, slots=True)
class Mixture:
    """Parts for the documents of one language, weighed against each other on held-out data.

    D. Wolpert: Stacked Generalization, 1992; a single part is calibrated by the same table
    (matrix scaling of C. Guo et al.: On Calibration of Modern Neural Networks, 2017).
    """

    parts: Sequence[Part]
    table: Floats  # a row for each class of each part, a column a class
    bias: Floats

    def probabilities(self, readings: Sequence[Reading]) -> Floats:
        """Returns the probabilities of CLASSES, a row a document."""
        evidence = np.hstack([part.logits(readings) for part in self.parts])
        return softmax(np.asarray(evidence @ self.table + self.bias, dtype=np.float32))


@dataclass(frozen=True, slots=True)
class ByLanguage:
    """A model that knows some languages; of others it says nothing."""

    card: Card
    mixtures: Mapping[str, Mixture]

    def classify(self, readings: Sequence[Reading]) -> Floats:
        """Returns the probabilities of CLASSES; zeros for a language or text that it cannot read."""
        found = np.zeros((len(readings), len(CLASSES)), np.float32)
        for language, mixture in self.mixtures.items():
            rows = [row for row, one in enumerate(readings) if _readable(one, language)]
            if rows:
                found[rows] = mixture.probabilities([readings[row] for row in rows])
        return found


def _readable(reading: Reading, language: str) -> bool:
    return reading.language == language and bool(reading.title_words or reading.text_words)
