"""What benches on pairs share: thresholds, figures of verdicts, curves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib import pyplot as plt
from numpy.typing import NDArray
from sklearn.metrics import precision_recall_curve

from harness.evaluation import PICTURES

Truth = NDArray[np.bool_]


def best_threshold(truth: Truth, scores: NDArray[Any]) -> float:
    """Returns the score from which the verdict has the best F1."""
    precision, recall, thresholds = precision_recall_curve(truth, scores)
    harmonic = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
    return float(thresholds[harmonic[:-1].argmax()])


def verdicts(truth: Truth, said: Truth) -> dict[str, float]:
    """Returns the figures of verdicts."""
    right = float((truth & said).sum())
    return {
        "F1": 2 * right / (truth.sum() + said.sum()),
        "precision": right / max(said.sum(), 1),
        "recall": right / truth.sum(),
    }


def draw_curves(name: str, truth: Truth, curves: Mapping[str, NDArray[Any]]) -> None:
    """Draws precision against recall into build/bench/<name>.png."""
    figure, axes = plt.subplots(figsize=(6, 4))
    for method, scores in curves.items():
        precision, recall, _ = precision_recall_curve(truth, scores)
        axes.plot(recall, precision, label=method)
    axes.set(xlabel="recall", ylabel="precision")
    axes.legend(fontsize="small")
    PICTURES.mkdir(parents=True, exist_ok=True)
    figure.savefig(PICTURES / f"{name}.png", dpi=120)
