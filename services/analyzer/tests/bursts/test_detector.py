"""Bursts of one series, judged as they come."""

from __future__ import annotations

import math
import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell_analyzer.bursts import BurstDetector
from groundswell_analyzer.bursts.detector import STEP

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
DAY = 288  # steps


def rhythm(step: int) -> float:
    return 20 + 15 * math.sin(2 * math.pi * step / DAY)


def taught(steps: int, *, seed: int = 1) -> BurstDetector:
    chance = random.Random(seed)
    made = BurstDetector()
    for step in range(steps):
        mean = rhythm(step)
        made.learn_one(MONDAY + step * STEP, max(round(chance.gauss(mean, math.sqrt(mean))), 0))
    return made


def after(steps: int) -> datetime:
    return MONDAY + steps * STEP


def test_a_hundred_documents_where_twenty_are_usual_are_a_burst():
    made = taught(3 * DAY)
    assert made.score_one(after(3 * DAY), 100) > 6
    assert made.score_one(after(3 * DAY), 22) < 2


def test_the_rhythm_of_the_day_is_no_burst():
    made = taught(5 * DAY)
    peak, trough = 5 * DAY + DAY // 4, 5 * DAY + 3 * DAY // 4
    # What is ordinary at the peak of the day is a burst in its trough.
    assert made.score_one(after(trough), 35) > made.score_one(after(peak), 35) + 3


def test_one_burst_rings_once():
    made = taught(3 * DAY)
    first = made.score_one(after(3 * DAY), 200)
    made.learn_one(after(3 * DAY), 200)
    assert made.score_one(after(3 * DAY + 1), 200) < first / 2
    assert made.score_one(after(3 * DAY + 1), 2000) > first / 2


def test_a_burst_days_later_rings_again():
    made = taught(3 * DAY)
    made.learn_one(after(3 * DAY), 200)
    for step in range(3 * DAY + 1, 12 * DAY):
        made.learn_one(after(step), round(rhythm(step)))
    assert made.score_one(after(12 * DAY), 200) > 6


def test_nothing_is_unusual_before_anything_is_known():
    assert BurstDetector().score_one(MONDAY, 1_000_000) == 0.0


def test_a_series_of_zeros_makes_one_document_unusual_but_no_alarm():
    made = BurstDetector()
    for step in range(2 * DAY):
        made.learn_one(after(step), 0)
    assert 0 < made.score_one(after(2 * DAY), 1) < 4
    assert made.score_one(after(2 * DAY), 50) > 6


def test_one_point_is_enough_to_go_on():
    made = BurstDetector()
    made.learn_one(MONDAY, 5)
    assert made.score_one(after(1), 5) == pytest.approx(0, abs=1)


def test_time_going_backwards_is_not_learned():
    made, same = taught(DAY), taught(DAY)
    made.learn_one(MONDAY, 10_000)
    assert made.score_one(after(DAY), 30) == same.score_one(after(DAY), 30)


def test_hours_without_collection_are_unknown_and_not_zero():
    made = taught(3 * DAY)
    resumed = after(3 * DAY) + timedelta(hours=9)
    usual = rhythm(3 * DAY + 9 * 12)
    assert made.score_one(resumed, round(usual)) < 2
    made.learn_one(resumed, round(usual))
    assert made.score_one(resumed + STEP, round(usual)) < 3


def test_a_count_from_the_far_future_is_scored_and_learned():
    made = taught(DAY)
    far = after(DAY) + timedelta(days=3650)
    made.learn_one(far, 20)
    assert math.isfinite(made.score_one(far + STEP, 20))


@given(st.floats(0, 1e9), st.floats(0, 1e9), st.integers(0, 3 * DAY))
def test_more_documents_never_lower_the_score(one: float, other: float, ahead: int):
    less, more = sorted((one, other))
    assert DETECTOR.score_one(after(2 * DAY + ahead), less) <= DETECTOR.score_one(
        after(2 * DAY + ahead), more
    )


DETECTOR = taught(2 * DAY)
