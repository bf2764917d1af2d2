"""Fits the parts of a model, and the table that makes calibrated probabilities of their evidence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from groundswell_analyzer.models.grams import Buckets, Grams, runs_of, weighed
from groundswell_analyzer.models.kernel import Kernel, likeness, points
from groundswell_analyzer.models.mixture import Mixture, Part
from groundswell_analyzer.models.model import CLASSES, Floats, Reading, softmax
from groundswell_analyzer.models.vectors import Vectors

Classes: TypeAlias = NDArray[np.int64]
Fit: TypeAlias = Callable[[Sequence[Reading], Classes], Part]

FOLDS = 5
FLOOR = 1e-4  # eigenvalues below it are noise of the kernel matrix
BUCKETS = 1 << 18
SHARPNESS = 0.7  # how strongly a feature's log-count ratio stretches it


def fit_kernel(vectors: Vectors, *, strength: float, most: int) -> Fit:
    """Returns what fits a kernel part; strength: 1/L2; most: examples that are remembered."""

    def fit(readings: Sequence[Reading], classes: Classes) -> Kernel:
        rows = points(vectors, readings)
        chosen = np.random.default_rng(0).permutation(len(rows))[:most]
        # As the folder keeps them: one byte a number.
        examples = np.round(rows[np.sort(chosen)] * 127).astype(np.int8) / np.float32(127)
        values, sides = np.linalg.eigh(likeness(examples, examples))
        basis = sides / np.sqrt(np.maximum(values, FLOOR))
        fitted = LogisticRegression(C=strength, max_iter=300)
        fitted.fit(likeness(rows, examples) @ basis, classes)
        weights = (basis @ fitted.coef_.T).astype(np.float32)
        return Kernel(vectors, examples, weights, fitted.intercept_.astype(np.float32))

    return fit


def fit_grams(*, strength: float, buckets: int = BUCKETS) -> Fit:
    """Returns what fits a part of hashed character runs and words.

    S. Wang, C. Manning: Baselines and Bigrams: Simple, Good Sentiment and Topic Classification, 2012 (NBSVM).
    """
    hashed = Buckets(buckets)

    def fit(readings: Sequence[Reading], classes: Classes) -> Grams:
        features = gram_features(readings, hashed, buckets)
        rarity = _rarity(features)
        scaled = features @ diags(rarity)
        tables, biases = zip(
            *(_against_rest(scaled, classes == one, strength) for one in range(len(CLASSES))),
            strict=True,
        )
        table = (np.stack(tables, axis=1) * rarity[:, None]).astype(np.float32)
        return Grams(table[:buckets], table[buckets:], np.array(biases, np.float32), hashed)

    return fit


def gram_features(readings: Sequence[Reading], hashed: Buckets, buckets: int) -> csr_matrix:
    """Returns what Grams weighs, a row a document: runs of titles, then words of texts."""
    columns: list[int] = []
    values: list[float] = []
    ends = [0]
    for reading in readings:
        for offset, strings in ((0, runs_of(reading.title)), (buckets, reading.text_words)):
            found, weights = weighed(strings, hashed)
            columns += [column + offset for column in found]
            values += weights
        ends.append(len(columns))
    return csr_matrix((values, columns, ends), shape=(len(readings), 2 * buckets))


def _rarity(features: csr_matrix) -> NDArray[np.float64]:
    """Returns the root of each feature's inverse document frequency; 0 for what was seen once."""
    seen = np.asarray((features > 0).sum(axis=0)).ravel()
    inverse = np.log((1 + features.shape[0]) / (1 + seen)) + 1
    return np.asarray(np.sqrt(inverse) * (seen > 1))


def _against_rest(
    features: csr_matrix, positive: NDArray[np.bool_], strength: float
) -> tuple[NDArray[np.float64], float]:
    inside, outside = (
        0.5 + np.asarray(features[rows].sum(axis=0)).ravel() for rows in (positive, ~positive)
    )
    ratio = np.abs(np.log(inside / inside.sum() / (outside / outside.sum()))) ** SHARPNESS
    machine = LinearSVC(C=strength, random_state=0).fit(features @ diags(ratio), positive)
    return ratio * machine.coef_[0], float(machine.intercept_[0])


def fit_mixture(fits: Sequence[Fit], readings: Sequence[Reading], classes: Classes) -> Mixture:
    """Fits parts on all documents, and their table on what each says of documents it did not see."""
    table, bias = fit_table(held_out(fits, readings, classes), classes)
    return Mixture([fit(readings, classes) for fit in fits], table, bias)


def held_out(fits: Sequence[Fit], readings: Sequence[Reading], classes: Classes) -> Floats:
    """Returns the evidence of parts that were fitted without the document, by folds."""
    found = np.zeros((len(classes), len(CLASSES) * len(fits)), np.float32)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    for known, unknown in folds.split(classes, classes):
        parts = [fit([readings[row] for row in known], classes[known]) for fit in fits]
        asked = [readings[row] for row in unknown]
        found[unknown] = np.hstack([part.logits(asked) for part in parts])
    return found


def fit_table(evidence: Floats, classes: Classes) -> tuple[Floats, Floats]:
    """Returns the table and bias that make probabilities of held-out evidence."""
    fitted = LogisticRegression(C=1.0, max_iter=500).fit(evidence, classes)
    return fitted.coef_.T.astype(np.float32), fitted.intercept_.astype(np.float32)


def softened(evidence: Floats, classes: Classes) -> Floats:
    """Returns the probabilities of held-out evidence by tables that saw none of it, by folds."""
    found = np.zeros((len(classes), len(CLASSES)), np.float32)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=1)
    for known, unknown in folds.split(classes, classes):
        table, bias = fit_table(evidence[known], classes[known])
        found[unknown] = softmax(evidence[unknown] @ table + bias)
    return found


def shifted(mixture: Mixture, classes: Classes, shares: Sequence[float]) -> Mixture:
    """Returns a mixture for documents whose classes have other shares than those it learned from.

    M. Saerens et al.: Adjusting the Outputs of a Classifier to New a Priori Probabilities, 2002.
    """
    own = np.bincount(classes, minlength=len(CLASSES)) / len(classes)
    shift = np.log(np.asarray(shares) / own).astype(np.float32)
    return replace(mixture, bias=mixture.bias + shift)
