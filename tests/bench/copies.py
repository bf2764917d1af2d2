"""Measures how near-copies are known: titles of one question, before and after editors rewrote them.

Every pair of titles of one question is a copy. Negatives are sampled: for each title the ten titles of
other questions that are most like it in runs of 2 and 3 characters, and thirty others drawn at random.
Rarities are those of the first titles, which the product would hold when the second ones come; the
fitted model takes its own from titles of boards.
The first half of the questions, in order of time, is for tuning: thresholds come from it and nothing
else. The second half is for the report.
"""

from __future__ import annotations

import json
import random
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from datasketch import MinHash
from harness.evaluation import Row, cpu_seconds, need, show
from harness.figures import write_figures
from harness.verdicts import best_threshold, draw_curves, verdicts
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from groundswell_analyzer.annotate.fingerprint import character_shingles, marks_of, sketch
from groundswell_analyzer.annotate.gazetteer import gazetteer
from groundswell_analyzer.annotate.places import places_of
from groundswell_analyzer.query.keys import key, plain
from groundswell_analyzer.sameness import Rarity, compare, read
from groundswell_analyzer.sameness.places import places_agree
from groundswell_analyzer.stories.copies import CopyIndex, is_copy, marks_agree

NEAREST, DRAWN, SEED = 10, 30, 20_240_229
FALSE_POSITIVES = 0.001
CROWD = 40_000  # titles of boards that stand beside, when copies are looked up
PERMUTATIONS = 128

Scores = NDArray[np.float64]


@dataclass(frozen=True)
class Part:
    """Questions with both titles, and the pairs that are judged: (first title, second title)."""

    name: str
    first: list[str]
    second: list[str]
    pairs: list[tuple[int, int]]

    @property
    def truth(self) -> NDArray[np.bool_]:
        """Tells of every pair whether it is one question."""
        return np.array([one == other for one, other in self.pairs])


def main() -> None:
    """Prints the table and writes build/bench/copies.json."""
    titles, boards = need("edits/zhihu_title_edits.jsonl", "boards/topics.parquet")
    questions = [json.loads(line) for line in titles.read_text(encoding="utf-8").splitlines()]
    half = len(questions) // 2
    tune, report = (part(name, rows) for name, rows in halves(questions, half))
    rows, curves = [], {}
    scored = {method: (score(tune), score(report)) for method, score in METHODS.items()}
    scored[FITTED] = fitted(tune, report, rarity_among(crowd(boards)))
    for method, (tuned, reported) in scored.items():
        threshold = best_threshold(tune.truth, tuned)
        rows.append(Row(method, "tune", len(tuned), judged(tune.truth, tuned, threshold)))
        rows.append(Row(method, "report", len(reported), judged(report.truth, reported, threshold)))
        curves[method] = reported
    rows += [
        Row(SHIPPED, one.name, len(one.pairs), verdicts(one.truth, shipped(one)))
        for one in (tune, report)
    ]
    rows += [found_in_a_crowd(one, crowd(boards)) for one in (tune, report)]
    show("near-copies: titles of one question, rewritten", rows)
    draw_curves("copies", report.truth, curves)
    reached = {(row.method, row.part): row.figures for row in rows}
    ours, floor = reached[(LIKENESS, "report")], reached[(FLOOR, "report")]
    best = reached[(FITTED, "report")]
    ruled, ships = reached[(RULED, "report")], reached[(SHIPPED, "report")]
    figures = {
        "f1": best["F1"],
        "recall_at_0_1pct_fp": best["recall at 0.1 % FP"],
        "likeness_f1": ours["F1"],
        "likeness_recall_at_0_1pct_fp": ours["recall at 0.1 % FP"],
        "floor_f1": floor["F1"],
        "floor_recall_at_0_1pct_fp": floor["recall at 0.1 % FP"],
        "likeness_f1_with_rules": ruled["F1"],
        "shipped_f1": ships["F1"],
        "shipped_precision": ships["precision"],
        "shipped_recall": ships["recall"],
        **{
            f"crowd_{name}": value
            for name, value in reached[(IN_CROWD, "report")].items()
            if value is not None
        },
    }
    write_figures("copies", len(report.pairs), figures)


def halves(questions: list[dict[str, str]], half: int) -> list[tuple[str, list[dict[str, str]]]]:
    """Returns the questions to tune on and those to report on."""
    return [("tune", questions[:half]), ("report", questions[half:])]


def part(name: str, questions: Sequence[dict[str, str]]) -> Part:
    """Returns questions with their sampled negatives; same seed, same negatives."""
    first = [plain(question["title_a"]) for question in questions]
    second = [plain(question["title_b"]) for question in questions]
    grams = TfidfVectorizer(analyzer="char", ngram_range=(2, 3), sublinear_tf=True)
    grams.fit(first + second)
    alike = (grams.transform(first) @ grams.transform(second).T).toarray()
    np.fill_diagonal(alike, -1)
    dice = random.Random(SEED)
    pairs = [(index, index) for index in range(len(first))]
    for index in range(len(first)):
        nearest = np.argsort(-alike[index])[:NEAREST].tolist()
        others = sorted(set(range(len(first))) - {index, *nearest})
        pairs += [(index, other) for other in [*nearest, *dice.sample(others, DRAWN)]]
    return Part(name, first, second, pairs)


def minhash(part: Part) -> Scores:
    """Scores pairs by datasketch's MinHash of runs of 4 characters."""
    first, second = ([_minhash(text) for text in side] for side in (part.first, part.second))
    return np.array([first[one].jaccard(second[other]) for one, other in part.pairs])


def _minhash(text: str) -> MinHash:
    made = MinHash(num_perm=PERMUTATIONS, seed=1)
    made.update_batch([gram.encode() for gram in _grams(text, 4)])
    return made


def jaccard(part: Part) -> Scores:
    """Scores pairs by the share of runs of 2 characters that they have in common."""
    first, second = ([_grams(text, 2) for text in side] for side in (part.first, part.second))
    return np.array(
        [
            len(first[one] & second[other]) / max(len(first[one] | second[other]), 1)
            for one, other in part.pairs
        ]
    )


def _grams(text: str, length: int) -> set[str]:
    letters = "".join(filter(str.isalnum, text.casefold()))
    return {letters[start : start + length] for start in range(len(letters) - length + 1)}


def likeness(part: Part) -> Scores:
    """Scores pairs as the product does, in an index that holds the first titles of the part."""
    index = filled(part)
    first, second = ([fingerprint(text) for text in side] for side in (part.first, part.second))
    return np.array([index.likeness(second[other], first[one]) for one, other in part.pairs])


def ruled(part: Part) -> Scores:
    """Scores pairs by likeness; other numbers, other places or a denial make no copy."""
    return likeness(part) * agreeing(part)


def fitted(tune: Part, report: Part, rarity: Rarity) -> tuple[Scores, Scores]:
    """Scores pairs by a linear model of likeness and of all that `sameness` compares.

    It is fitted to the tuning part; that part's own scores are cross-validated, a question in one fold.
    """
    known, asked = featured(tune, rarity), featured(report, rarity)
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    questions = [first for first, _ in tune.pairs]
    held_out = cross_val_predict(
        model, known, tune.truth, groups=questions, cv=GroupKFold(5), method="decision_function"
    )
    return held_out, model.fit(known, tune.truth).decision_function(asked)


def rarity_among(others: Sequence[str]) -> Rarity:
    """Returns how rare words are among other titles: those of the pairs would tell their answers."""
    rarity = Rarity()
    rarity.learn(map(read, others[::2]))
    return rarity


def featured(part: Part, rarity: Rarity) -> Scores:
    """Returns likeness, agreement and the features of `sameness` of every pair."""
    first, second = ([read(text) for text in side] for side in (part.first, part.second))
    compared = [
        list(compare(first[one], second[other], rarity).values()) for one, other in part.pairs
    ]
    return np.column_stack([likeness(part), agreeing(part), compared])


def shipped(part: Part) -> NDArray[np.bool_]:
    """Judges pairs with the thresholds and rules that ship."""
    rows = [[_padded(fingerprint(text)) for text in side] for side in (part.first, part.second)]
    alike = [
        is_copy(score, rows[1][other], rows[0][one])
        for score, (one, other) in zip(likeness(part), part.pairs, strict=True)
    ]
    return np.logical_and(agreeing(part), alike)


def agreeing(part: Part) -> NDArray[np.bool_]:
    """Tells of every pair whether numbers, places and denials agree."""
    prints = [[fingerprint(text) for text in side] for side in (part.first, part.second)]
    places = [[codes(text) for text in side] for side in (part.first, part.second)]
    return np.array(
        [
            marks_agree(prints[0][one], prints[1][other])
            and places_agree(places[0][one], places[1][other])
            for one, other in part.pairs
        ]
    )


def found_in_a_crowd(part: Part, others: Sequence[str]) -> Row:
    """Looks every second title up among the first ones and a crowd of others, as the desk does."""
    index = filled(part)
    for number, text in enumerate(others):
        index.add(f"crowd {number}", text, fingerprint(text), codes(text))
    asked = [(text, fingerprint(text), codes(text)) for text in part.second]
    answers, seconds = cpu_seconds(lambda: [index.original(*one) for one in asked])
    right = sum(answer == str(number) for number, answer in enumerate(answers))
    wrong = sum(bool(answer) for answer in answers) - right
    figures = {
        "recall": right / len(asked),
        "precision": right / max(right + wrong, 1),
        "us_a_check": 1e6 * seconds / len(asked),
    }
    return Row(IN_CROWD, part.name, len(asked), figures)


def filled(part: Part) -> CopyIndex:
    """Returns an index of the first titles, under their numbers."""
    index = CopyIndex()
    for number, text in enumerate(part.first):
        index.add(str(number), f"revision {number}", fingerprint(text), codes(text))
    return index


def crowd(boards: Path) -> list[str]:
    """Returns titles of search boards, every thirteenth: of all years."""
    titles = pq.read_table(boards)["title"].to_pylist()
    return [plain(title) for title in titles[::13] if title][:CROWD]


def fingerprint(text: str) -> array[int]:
    """Returns the fingerprint of a title, as annotate makes it."""
    content = key(text)
    return array("I", sketch(character_shingles(content), marks_of(content)))


def codes(text: str) -> tuple[str, ...]:
    """Returns the codes of the places that a title names."""
    return tuple(place.code for place in places_of(text, gazetteer()))


def judged(truth: NDArray[np.bool_], scores: Scores, threshold: float) -> dict[str, float]:
    """Returns the figures of scores at a threshold, and the recall at few false positives."""
    negatives = np.sort(scores[~truth])[::-1]
    bar = negatives[int(len(negatives) * FALSE_POSITIVES)]
    return {
        **verdicts(truth, scores >= threshold),
        "recall at 0.1 % FP": float((scores[truth] > bar).mean()),
        "threshold": threshold,
    }


def _padded(values: Sequence[int]) -> NDArray[np.uint32]:
    return np.array(values, dtype=np.uint32)


FITTED = "likeness and sameness, fitted to the tuning part"
FLOOR = "datasketch MinHash, 4 characters (floor)"
LIKENESS = "ours: likeness"
RULED = "ours: likeness; numbers, places, denials agree"
SHIPPED = "ours as shipped: fixed thresholds"
IN_CROWD = f"ours as shipped: looked up beside {CROWD:,} others"
METHODS: dict[str, Callable[[Part], Scores]] = {
    FLOOR: minhash,
    "Jaccard of 2 characters": jaccard,
    LIKENESS: likeness,
    RULED: ruled,
}

if __name__ == "__main__":
    main()
