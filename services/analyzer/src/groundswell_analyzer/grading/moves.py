"""What would move a level by one: found by trying, so that each answer holds exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from groundswell_analyzer.grading.grade import Standing, grade
from groundswell_analyzer.grading.rules import Rules
from groundswell_analyzer.grading.snapshot import Snapshot
from groundswell_core.grades import Level


@dataclass(frozen=True, slots=True)
class Lever:
    """One input that can be moved: in which steps, between which values, and how it is told."""

    name: str
    noun: str
    step: float
    least: float
    most: float
    value: Callable[[Snapshot], float]
    change: Callable[[Snapshot, float, Rules], dict[str, Any]]
    is_open: Callable[[Snapshot, Rules], bool] = lambda _snapshot, _rules: True


@dataclass(frozen=True, slots=True)
class Move:
    """The value of an input that moves the level, and the fields that it stands for."""

    lever: Lever
    value: float
    before: float
    level: Level  # that it leads to
    changes: dict[str, Any]


def _documents(snapshot: Snapshot, value: float, rules: Rules) -> dict[str, Any]:
    recent = min(snapshot.last_ten_minutes, int(value / rules.burst.ten_minutes))
    return {"last_hour": int(value), "last_ten_minutes": recent}


def _voices(snapshot: Snapshot, value: float, _rules: Rules) -> dict[str, Any]:
    return {"voices": int(value), "outlets": max(snapshot.outlets, int(value))}


def _on_board(snapshot: Snapshot, _rules: Rules) -> bool:
    return snapshot.heat is not None


def _in_emergency(snapshot: Snapshot, rules: Rules) -> bool:
    return snapshot.category in rules.harm.categories


LEVERS = (
    Lever(
        "documents",
        "documents in the last hour",
        1,
        0,
        100_000,
        lambda snapshot: snapshot.last_hour,
        _documents,
    ),
    Lever("voices", "independent voices", 1, 0, 1000, lambda one: one.voices, _voices),
    Lever(
        "negative",
        "as the share that is negative",
        0.01,
        0,
        1,
        lambda one: one.negative,
        lambda _, value, __: {"negative": round(value, 2)},
    ),
    Lever(
        "source_weight",
        "as the mean weight of its sources",
        0.01,
        0,
        1,
        lambda one: one.source_weight,
        lambda _, value, __: {"source_weight": round(value, 2)},
    ),
    Lever(
        "heat",
        "of heat on its board",
        10_000,
        0,
        1e9,
        lambda one: one.heat or 0.0,
        lambda _, value, __: {"heat": float(value)},
        _on_board,
    ),
    Lever(
        "dead",
        "dead",
        1,
        0,
        1000,
        lambda one: one.dead or 0,
        lambda _, value, __: {"dead": int(value)},
        _in_emergency,
    ),
)


def rises(snapshot: Snapshot, level: Level, rules: Rules) -> Iterator[Move]:
    """Yields the smallest values that lift a story above the level it has, one input at a time."""
    if level >= Level.I:
        return
    wanted = Level(max(level, Level.NONE) + 1)

    def is_moved(one: Snapshot) -> bool:
        return level_of(one, Standing(level), rules) >= wanted

    yield from _moves(snapshot, rules, wanted, is_moved, is_up=True)


def falls(snapshot: Snapshot, level: Level, rules: Rules) -> Iterator[Move]:
    """Yields the greatest values at which a story loses its level in the end."""
    if level <= Level.NONE:
        return
    long_ago = snapshot.time - timedelta(minutes=rules.hysteresis.minutes)

    def is_moved(one: Snapshot) -> bool:
        return level_of(one, Standing(level, long_ago), rules) < level

    yield from _moves(snapshot, rules, Level(level - 1), is_moved, is_up=False)


def level_of(snapshot: Snapshot, standing: Standing, rules: Rules) -> Level:
    """Returns the level of a snapshot after a standing."""
    return grade(snapshot, rules, standing, snapshot.time)[1].level


def _moves(
    snapshot: Snapshot,
    rules: Rules,
    level: Level,
    is_moved: Callable[[Snapshot], bool],
    *,
    is_up: bool,
) -> Iterator[Move]:
    for lever in LEVERS:
        if not lever.is_open(snapshot, rules):
            continue
        steps = _range(lever, lever.value(snapshot), is_up=is_up)

        def changed(step: int, lever: Lever = lever) -> dict[str, Any]:
            return lever.change(snapshot, round(step * lever.step, 2), rules)

        found = _first(steps, lambda step: is_moved(replace(snapshot, **changed(step))))
        if found is not None:
            value = round(found * lever.step, 2)
            yield Move(lever, value, lever.value(snapshot), level, changed(found))


def _range(lever: Lever, value: float, *, is_up: bool) -> range:
    """Returns the steps beyond a value, the nearest first."""
    if is_up:
        return range(int(value / lever.step) + 1, round(lever.most / lever.step) + 1)
    return range(-int(-value // lever.step) - 1, round(lever.least / lever.step) - 1, -1)


def _first(steps: Sequence[int], is_moved: Callable[[int], bool]) -> int | None:
    """Returns the first step that moves it, by halving: no component ever turns back."""
    if not steps or not is_moved(steps[-1]):
        return None
    low, high = 0, len(steps) - 1
    while low < high:
        middle = (low + high) // 2
        if is_moved(steps[middle]):
            high = middle
        else:
            low = middle + 1
    return steps[low]
