"""The chance that an entry of a board passes a heat."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell_analyzer.bursts import BoardLook, chance_to_pass
from groundswell_analyzer.bursts.heat import scorecard

NOON = datetime(2026, 1, 5, 4, tzinfo=UTC)  # in China


def look(heat: float, *, rank: int | None = 5, minutes: int = 0) -> BoardLook:
    return BoardLook(time=NOON + timedelta(minutes=minutes), heat=heat, rank=rank)


def test_a_hot_entry_near_the_top_is_likelier_to_pass_than_a_cool_one_below():
    assert chance_to_pass([look(900_000, rank=1)]) > 0.1
    assert chance_to_pass([look(120_000, rank=40)]) < 0.01


def test_what_passed_already_has_passed():
    assert chance_to_pass([look(2_000_000), look(500_000, minutes=60)]) == 1.0


def test_an_entry_never_seen_has_no_chance():
    assert chance_to_pass([]) == 0.0


def test_another_level_is_a_board_of_another_size():
    assert chance_to_pass([look(90_000)], 100_000) == chance_to_pass([look(900_000)])


def test_looks_may_come_in_any_order_and_readings_minutes_apart_are_one_look():
    looks = [look(300_000), look(500_000, minutes=60), look(510_000, minutes=65)]
    assert chance_to_pass(looks) == chance_to_pass(looks[::-1])
    first = [look(500_000), look(510_000, minutes=5)]
    assert chance_to_pass(first) == pytest.approx(
        chance_to_pass([look(510_000, minutes=5)]), abs=0.02
    )


@pytest.mark.parametrize("heat", [0.0, -5.0, 1.0, 999_999.0])
@pytest.mark.parametrize("rank", [None, 0, 1, 10_000])
def test_odd_entries_have_a_chance_too(heat: float, rank: int | None):
    assert 0 <= chance_to_pass([look(heat, rank=rank), look(heat, rank=rank, minutes=90)]) <= 1


def test_the_points_rise_with_heat():
    points = list(scorecard().points["heat"].values())
    assert points == sorted(points)


@given(st.floats(0, 999_999), st.floats(0, 999_999))
def test_a_hotter_first_look_never_has_a_smaller_chance(one: float, other: float):
    less, more = sorted((one, other))
    assert chance_to_pass([look(less)]) <= chance_to_pass([look(more)]) + 1e-12


def test_every_knot_and_point_is_a_number():
    card = scorecard()
    assert all(
        math.isfinite(knot) and math.isfinite(value) and list(points) == sorted(points)
        for points in card.points.values()
        for knot, value in points.items()
    )
