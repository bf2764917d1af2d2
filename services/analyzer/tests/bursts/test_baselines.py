"""What is usual, from the first hour on."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest

from groundswell_analyzer.bursts import (
    HeatBaselines,
    HourBaselines,
    hour_of,
    typical_of,
)

MONDAY = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


def filled(values: dict[timedelta, float]) -> HourBaselines:
    made = HourBaselines()
    for ago, value in values.items():
        made.note("monitors/m", MONDAY - ago, value)
    return made


def test_nothing_is_usual_before_three_hours_are_known():
    made = filled({timedelta(hours=1): 4.0, timedelta(hours=2): 6.0})
    assert made.usual("monitors/m", MONDAY) is None
    assert made.usual("monitors/other", MONDAY) is None


def test_without_the_same_hour_any_hour_tells_what_is_usual():
    made = filled({timedelta(hours=ago): float(ago) for ago in range(1, 6)})
    assert made.usual("monitors/m", MONDAY).value == 3.0


def test_the_same_hour_of_the_week_goes_before_the_same_hour_of_the_day():
    made = filled({timedelta(days=day): 2.0 for day in range(1, 29)})
    for week in range(1, 5):
        made.note("monitors/m", MONDAY - timedelta(weeks=week), 9.0)
    assert made.usual("monitors/m", MONDAY).value == 9.0
    assert made.usual("monitors/m", MONDAY + timedelta(days=1)).value == 2.0


def test_one_wild_hour_does_not_become_usual():
    made = filled({timedelta(hours=ago): 2.0 for ago in range(1, 24)})
    made.note("monitors/m", MONDAY - timedelta(hours=30), 900.0)
    assert made.usual("monitors/m", MONDAY).value == 2.0


def test_the_present_hour_is_not_its_own_baseline():
    made = filled({timedelta(hours=ago): 1.0 for ago in range(1, 5)})
    made.note("monitors/m", hour_of(MONDAY), 500.0)
    assert made.usual("monitors/m", MONDAY + timedelta(minutes=59)).value == 1.0


def test_hours_that_nobody_noted_are_unknown_not_zero():
    made = filled({timedelta(hours=ago): 6.0 for ago in (90, 60, 2)})
    assert made.usual("monitors/m", MONDAY).value == 6.0
    assert made.usual("monitors/m", MONDAY).hours == 3


def test_hours_older_than_eight_weeks_are_forgotten():
    made = filled({timedelta(weeks=9, hours=ago): 5.0 for ago in range(5)})
    made.note("monitors/m", MONDAY, 1.0)
    assert made.usual("monitors/m", MONDAY + timedelta(hours=1)) is None


def test_an_ordinary_story_is_the_middle_one_of_those_that_had_documents():
    assert typical_of([1, 3, 50, 0]) == 3.0
    assert typical_of([0]) is None


def test_the_heat_of_a_board_is_judged_by_its_own_entries():
    heats = HeatBaselines()
    for index in range(50):
        heats.note("sources/big", 1_000_000 + 20_000 * index)
        heats.note("sources/small", 100 + 2 * index)
    assert heats.usual("sources/small").value == pytest.approx(149, abs=1)
    assert heats.usual("sources/big").value == pytest.approx(1_490_000, rel=0.01)
    assert 0 < heats.usual("sources/big").spread < math.log(2)


def test_a_board_is_not_judged_by_a_handful_of_entries():
    heats = HeatBaselines()
    for _ in range(10):
        heats.note("sources/new", 5.0)
    assert heats.usual("sources/new") is None
