"""Learns the points of the early warning from the tune part of the boards (logistic regression)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

import groundswell_analyzer.bursts.heat as product
from groundswell_analyzer.bursts.heat import BoardLook, Scorecard, features
from harness.boards import Title, prefixes

FILE = Path(product.__file__).with_name("heat.yaml")
_LEAST_HEAT = 50_000  # looks below say little and are many
_HEATS = (50, 100, 150, 200, 250, 300, 400, 500, 600, 700, 800, 900, 1000)  # thousands
# Round numbers, set by hand, on the scale that features() answers in.
KNOTS: dict[str, list[float]] = {
    "heat": [round(float(np.log10(1000 * one)), 3) for one in _HEATS],
    "rank": [0.0, 1.0, 1.585, 2.0, 2.585, 3.322, 4.0, 4.644, 5.644],
    "first": [0.0, 1.0],
    "age": [0.0, 1.0, 2.0, 3.0, 5.0, 8.0, 14.0, 24.0],
    "growth": [-2.0, -1.0, -0.5, 0.0, 0.25, 0.5, 1.0, 2.0],
    "climb": [-2.0, -1.0, 0.0, 1.0, 2.0],
    "hour": [0.0, 3.0, 6.0, 9.0, 12.0, 15.0, 18.0, 21.0, 24.0],
    "weekend": [0.0, 1.0],
    "reads": [5.0, 5.5, 6.0, 6.5, 7.0, 7.5, 8.0, 8.5, 9.0],
    "discussions": [1.0, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0],
}
_HEADER = """\
# Points of the early warning: the log-odds that a board's entry passes a million heat within 24
# hours are the base and the points of each feature, on straight lines between knots. Learned by
# `scripts/bench heat --learn` from the hourly boards before 2025-07 (lxw15337674/weibo-trending-hot-history, MIT).
# heat, reads, discussions: logarithm to base 10 (reads + 100000, discussions + 10); rank: to base 2;
# growth, climb: doublings an hour of heat, and of rank since the look before; age: hours; hour: of the day in China.
"""


def learn(tune: Sequence[Title]) -> str:
    """Writes heat.yaml anew from the tune part; returns what it says."""
    card = _fitted(tune, list(KNOTS), _LEAST_HEAT)
    record = {
        "version": card.version,
        "base": card.base,
        "points": {name: dict(points) for name, points in card.points.items()},
    }
    text = _HEADER + yaml.safe_dump(record, sort_keys=False, default_flow_style=None, width=1000)
    FILE.write_text(text)
    return text


def linear(tune: Sequence[Title]) -> Callable[[Sequence[BoardLook]], float]:
    """Returns the floor: logistic regression on the logarithms of heat and rank alone."""
    rows = [(looks[-1], title.passes(looks[-1])) for title in tune for looks in prefixes(title)]

    def simple(look: BoardLook) -> list[float]:
        return [float(np.log10(look.heat + 1e4)), float(np.log10(look.rank or 50))]

    model = LogisticRegression(max_iter=300)
    model.fit([simple(look) for look, _ in rows], [passed for _, passed in rows])
    (heat, rank), base = model.coef_[0].tolist(), float(model.intercept_[0])

    def score(looks: Sequence[BoardLook]) -> float:
        first, second = simple(looks[-1])
        return float(base + heat * first + rank * second)

    return score


def binned(tune: Sequence[Title]) -> Callable[[Sequence[BoardLook]], float]:
    """Returns heat and rank alone at the same knots as ours."""
    card = _fitted(tune, ["heat", "rank"], _LEAST_HEAT)
    return lambda looks: card.log_odds(features(looks))


def _fitted(tune: Sequence[Title], names: Sequence[str], least: float) -> Scorecard:
    known = [
        (features(looks), title.passes(looks[-1]))
        for title in tune
        for looks in prefixes(title)
        if looks[-1].heat >= least
    ]
    columns = [_hats([row[name] for row, _ in known], KNOTS[name]) for name in names]
    if "hour" in names:  # midnight is one moment
        hours = columns[list(names).index("hour")]
        hours[:, 0] += hours[:, -1]
        hours[:, -1] = 0
    model = LogisticRegression(max_iter=400)
    model.fit(np.hstack(columns), [passed for _, passed in known])
    weights = iter(model.coef_[0].tolist())
    points = {name: {knot: round(next(weights), 2) for knot in KNOTS[name]} for name in names}
    if "hour" in points:
        points["hour"][24.0] = points["hour"][0.0]
    return Scorecard("2026-1", round(float(model.intercept_[0]), 2), points)


def _hats(values: Sequence[float | None], knots: Sequence[float]) -> NDArray[np.float32]:
    """Returns the share of each knot in each value; nothing where it is not known."""
    numbers = np.array([np.nan if one is None else one for one in values], float)
    shares = np.column_stack([np.interp(numbers, knots, unit) for unit in np.eye(len(knots))])
    return np.nan_to_num(shares).astype(np.float32)
