"""Early warning: will a title first seen under a million heat pass it within 24 hours?

A method looks at a title at its first look and at each hourly look after, while it is still below,
for a day; it knows the looks so far and nothing later, and may ring once. A title's score is its
highest until then, so any threshold stands for a rule that could have run live. Titles that were
paid for, and titles first seen at or above a million, are out. Thresholds come from the last four
months of the tune part. With --learn the points of heat.yaml are learned anew from the tune part.
"""

from __future__ import annotations

import math
import statistics
import sys
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
from harness.boards import CHANGE, Title, prefixes, read_titles
from harness.evaluation import PICTURES, Row, need, show
from harness.figures import write_figures
from harness.scorecards import binned, learn, linear
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import average_precision_score, precision_recall_curve

from groundswell_analyzer.bursts.heat import BoardLook, chance_to_pass, features

BUDGETS = (10, 50, 200)  # alarms a day
_THRESHOLDS_FROM = date(2025, 3, 1)
_HISTORY = 7  # hours of the past that EARS looks at
_LEAST_SPREAD = 50_000.0  # of heat: a title without a past would have none
Method = Callable[[Sequence[BoardLook]], float]
Scores = list[list[float]]  # of each title, of each look


def ears(looks: Sequence[BoardLook]) -> float:
    """Returns how far the latest heat is above the last hours' (EARS as in epitweetr, Espinosa 2022).

    Hours off the board count as 0; later values of the same rise weigh less in the baseline.
    """
    now = looks[-1]
    seen = {(now.time - look.time) // timedelta(hours=1): look.heat for look in looks[:-1]}
    past = [seen.get(ago, 0.0) for ago in range(1, _HISTORY + 1)]
    weights = [1 / (1 + (heat > 0)) for heat in past]
    total = sum(weights)
    mean = sum(w * heat for w, heat in zip(weights, past, strict=True)) / total
    variance = sum(w * (heat - mean) ** 2 for w, heat in zip(weights, past, strict=True)) / total
    return (now.heat - mean) / (max(math.sqrt(variance), _LEAST_SPREAD) * math.sqrt(1 + 1 / total))


def scores_of(titles: Sequence[Title], method: Method) -> Scores:
    """Returns the score at each look of each title."""
    return [[method(looks) for looks in prefixes(title)] for title in titles]


def first_only(scores: Scores) -> Scores:
    """Returns the scores of first looks alone."""
    return [of_title[:1] for of_title in scores]


def threshold(titles: Sequence[Title], scores: Scores, per_day: int) -> float:
    """Returns the score that so many titles a day reach."""
    best = sorted((max(one) for one in scores), reverse=True)
    return best[min(per_day * len({title.day for title in titles}), len(best)) - 1]


def leads(titles: Sequence[Title], scores: Scores, level: float) -> list[float]:
    """Returns the hours from each right alarm to the first look at or above a million."""
    found = []
    for title, of_title in zip(titles, scores, strict=True):
        rung = next((at for at, one in enumerate(of_title) if one >= level), None)
        if rung is not None and title.is_passed and title.pass_time is not None:
            found.append((title.pass_time - title.looks[rung].time) / timedelta(hours=1))
    return found


def figures(
    tuned: tuple[list[Title], Scores], part: tuple[list[Title], Scores]
) -> dict[str, float]:
    """Returns what a method reaches on a part with thresholds set on another."""
    titles, scores = part
    best = np.array([max(one) for one in scores])
    passed = np.array([title.is_passed for title in titles])
    days = len({title.day for title in titles})
    found = {"average_precision": float(average_precision_score(passed, best))}
    for per_day in BUDGETS:
        level = threshold(*tuned, per_day)
        rung = best >= level
        right = leads(titles, scores, level)
        found[f"precision_at_{per_day}_a_day"] = float(passed[rung].mean()) if rung.any() else 0.0
        found[f"recall_at_{per_day}"] = float(passed[rung].sum() / passed.sum())
        found[f"alarms_a_day_at_{per_day}"] = float(rung.sum() / days)
        found[f"median_lead_h_at_{per_day}"] = statistics.median(right) if right else 0.0
    return found


def picture(curves: dict[str, tuple[list[Title], Scores]]) -> None:
    """Draws precision against recall on the report part."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 4.5))
    for name, (titles, scores) in curves.items():
        precision, recall, _ = precision_recall_curve(
            [title.is_passed for title in titles], [max(one) for one in scores]
        )
        axes.plot(recall[:-1], precision[:-1], label=name)
    axes.set(xlabel="recall", ylabel="precision", ylim=(0, 0.6), title="passes 1 M within 24 h")
    axes.legend()
    figure.savefig(PICTURES / "heat.png", dpi=110, bbox_inches="tight")


def boosted(tune: Sequence[Title], parts: Sequence[Sequence[Title]]) -> list[Scores]:
    """Returns the scores of gradient boosting on the same features: what points leave on the table."""

    def matrix(titles: Sequence[Title]) -> NDArray[np.float64]:
        rows = [features(looks) for title in titles for looks in prefixes(title)]
        return np.array(
            [[row[n] if row[n] is not None else np.nan for n in row] for row in rows], float
        )

    model = HistGradientBoostingClassifier(
        max_iter=150,
        learning_rate=0.06,
        min_samples_leaf=100,
        l2_regularization=1.0,
        random_state=0,
    )
    model.fit(matrix(tune), [title.passes(look) for title in tune for look in title.looks])
    answers = []
    for titles in parts:
        flat = model.decision_function(matrix(titles)).tolist()
        ends = np.cumsum([0, *(len(title.looks) for title in titles)]).tolist()
        answers.append([flat[a:b] for a, b in pairwise(ends)])
    return answers


def main() -> None:
    """Measures all methods on both parts; learns the points first when asked to."""
    titles = read_titles(need("heat/weibo_hot_hourly.parquet")[0])
    tune = [title for title in titles if title.day < CHANGE]
    if "--learn" in sys.argv:
        print(learn(tune))
        return
    setting = [title for title in tune if title.day >= _THRESHOLDS_FROM]
    report = [title for title in titles if title.day >= CHANGE]
    floor = linear(tune)
    runs: dict[str, list[Scores]] = {
        "floor: heat and rank": [scores_of(part, floor) for part in (setting, report)],
        "heat and rank, at knots": [scores_of(part, binned(tune)) for part in (setting, report)],
        "EARS (epitweetr)": [scores_of(part, ears) for part in (setting, report)],
        "gradient boosting, not shipped": boosted(tune, [setting, report]),
        "groundswell": [scores_of(part, chance_to_pass) for part in (setting, report)],
    }
    runs["floor: first look only"] = list(map(first_only, runs["floor: heat and rank"]))
    runs["groundswell, first look only"] = list(map(first_only, runs["groundswell"]))
    found = {}
    rows = []
    for name, (on_setting, on_report) in runs.items():
        found[name] = figures((setting, on_setting), (report, on_report))
        tuned = figures((setting, on_setting), (setting, on_setting))
        rows += [Row(name, "tune (from 2025-03)", len(setting), tuned)]
        rows += [Row(name, "report", len(report), found[name])]
    show("Early warning: under 1 M at first sight, over it within 24 h", rows)
    picture({name: (report, parts[1]) for name, parts in runs.items() if "only" not in name})
    ours, floor_best = (
        found["groundswell"],
        max(found[name]["average_precision"] for name in found if name.startswith("floor")),
    )
    write_figures(
        "heat",
        len(report),
        {
            **ours,
            "median_lead_h": ours["median_lead_h_at_50"],
            "floor_average_precision": floor_best,
            "floor_first_look_average_precision": found["floor: first look only"][
                "average_precision"
            ],
            "floor_each_look_average_precision": found["floor: heat and rank"]["average_precision"],
            "ears_average_precision": found["EARS (epitweetr)"]["average_precision"],
            "passed_share": float(np.mean([title.is_passed for title in report])),
        },
    )


if __name__ == "__main__":
    main()
