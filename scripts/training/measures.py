"""How good answers are: accuracy, macro-F1, and how far stated probabilities are from the truth."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from groundswell_analyzer.models.model import CLASSES, Floats

BINS = 10


def accuracy(rows: Floats, classes: NDArray[np.int64]) -> float:
    """Returns the share of documents whose most probable class is the right one."""
    return float((rows.argmax(axis=1) == classes).mean())


def macro_f1(rows: Floats, classes: NDArray[np.int64]) -> float:
    """Returns the mean over the classes of each one's F1."""
    said = rows.argmax(axis=1)
    return float(np.mean([_f1(said == one, classes == one) for one in range(len(CLASSES))]))


def _f1(said: NDArray[np.bool_], true: NDArray[np.bool_]) -> float:
    return 2 * float((said & true).sum()) / max(1.0, float(said.sum() + true.sum()))


def calibration_error(rows: Floats, classes: NDArray[np.int64]) -> float:
    """Returns the expected calibration error in ten bins.

    M. Naeini et al.: Obtaining Well Calibrated Probabilities Using Bayesian Binning, 2015.
    """
    stated, right = rows.max(axis=1), rows.argmax(axis=1) == classes
    bins = np.minimum((stated * BINS).astype(int), BINS - 1)
    gaps = [abs(float((stated[bins == b] - right[bins == b]).sum())) for b in range(BINS)]
    return sum(gaps) / max(1, len(classes))
