"""Makes the shipped models anew from the boards' files and our own labels and examples.

Usage: scripts/models [folder of the boards' files]
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np

from groundswell_analyzer.models.lexicon import lexicon
from groundswell_analyzer.models.mixture import Mixture
from groundswell_analyzer.models.registry import SHIPPED
from groundswell_analyzer.models.vectors import Vectors
from training.corpus import FILES, Labelled, examples, labelled, topics
from training.embedding import learn_vectors
from training.fitting import Classes, Fit, fit_kernel, fit_mixture, held_out, shifted, softened
from training.measures import accuracy, calibration_error, macro_f1
from training.reading import read
from training.saving import save_model

ROOT = Path(__file__).resolve().parents[2]
BASE, WORDS, WIDTH = 45_000, 20_000, 96  # words of the SVD, words kept, numbers of a vector
STRENGTH = 1.5  # 1/L2 of the kernel part
SHARES = (0.35, 0.55, 0.1)  # of the classes in news; good news is rarer there than in our labels
LICENCE = "Apache-2.0"
BOARDS = (
    "titles and descriptions of public hot-topic boards 2020 to 2025 "
    "(GitHub lxw15337674/weibo-trending-hot-history and justjavac/weibo-trending-hot-search, MIT), "
    "words without labels"
)


def main() -> None:
    """Makes every shipped model; ends, saying so, when a file is absent."""
    data = Path(sys.argv[1] if len(sys.argv) > 1 else _default())
    absent = [name for name in FILES if not (data / name).exists()]
    if absent:
        sys.exit(f"scripts/models: {data} holds no {', '.join(absent)}: name the folder that does")
    found = topics(data)
    texts, classes = _joined(labelled(found), examples("zh"))
    print(f"{len(found):,} topics, {len(classes):,} labelled texts")
    vectors = _vectors(found)
    kernel = fit_kernel(vectors, strength=STRENGTH, most=len(classes))
    learned, figures = _fitted([kernel], texts, classes, "zh")
    chinese = shifted(learned, classes, SHARES)
    _save("news", "news-1", {"zh": chinese, "en": _english()[0]}, figures | _english()[1])
    lexical, of_lexicon = _fitted([_lexicon], texts, classes, "zh")
    _save("lexicon", "lexicon-2", {"zh": lexical, "en": _english()[0]}, of_lexicon | _english()[1])


def _default() -> str:
    return os.environ.get("GROUNDSWELL_EVALUATION_DATA", str(ROOT.parent / "shared" / "data"))


def _joined(*sets: Labelled) -> Labelled:
    texts = [text for some, _ in sets for text in some]
    return texts, np.concatenate([classes for _, classes in sets])


def _vectors(found: dict[str, str]) -> Vectors:
    drafts = read(found.items(), "zh")
    words = [(*draft.title_words, "。", *draft.text_words) for draft in drafts]
    return learn_vectors(words, count=WORDS, width=WIDTH, base=BASE)


def _lexicon(_readings: object, _classes: Classes) -> object:
    return lexicon()


def _english() -> tuple[Mixture, dict[str, float]]:
    return _fitted([_lexicon], *examples("en"), "en")


def _fitted(
    fits: list[Fit], texts: list[tuple[str, str]], classes: Classes, language: str
) -> tuple[Mixture, dict[str, float]]:
    """Returns a mixture, and its figures on documents that were held out, by folds."""
    drafts = read(texts, language)
    rows = softened(held_out(fits, drafts, classes), classes)
    figures = {
        "examples": float(len(classes)),
        "held_out_accuracy": accuracy(rows, classes),
        "held_out_macro_f1": macro_f1(rows, classes),
        "held_out_calibration_error": calibration_error(rows, classes),
    }
    return fit_mixture(fits, drafts, classes), {
        f"{language}_{name}": round(value, 3) for name, value in figures.items()
    }


def _save(name: str, version: str, mixtures: dict[str, Mixture], figures: dict[str, float]) -> None:
    own = "labels and examples in scripts/training, written for Groundswell (Apache-2.0)"
    card = {
        "name": name,
        "version": version,
        "task": "sentiment",
        "trained_on": own if name == "lexicon" else f"{BOARDS}; {own}",
        "licence": LICENCE,
        "metrics": figures,
    }
    save_model(SHIPPED / name, card, mixtures)
    print(name, figures)


if __name__ == "__main__":
    main()
