"""The next 1, 6, 24 hours."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell_analyzer.bursts import HORIZONS, forecast

FLAT = [4.0] * 24
COUNTS = st.lists(st.one_of(st.none(), st.integers(0, 10**5)), max_size=48)


def test_an_ordinary_story_stays_ordinary():
    hour, six, day = forecast([4.0] * 24, FLAT)
    assert hour.expected == pytest.approx(4, abs=0.5)
    assert six.expected == pytest.approx(24, abs=2)
    assert day.expected == pytest.approx(96, abs=5)


def test_a_burst_fades_to_what_is_usual():
    hour, six, day = forecast([4.0] * 20 + [40.0] * 4, FLAT)
    assert hour.expected > 20
    assert hour.expected > six.expected / 6 > day.expected / 24 > 4


def test_the_rhythm_of_the_day_is_foreseen():
    night_to_come = [1.0] * 8 + [20.0] * 16
    past = [20.0] * 16 + [1.0] * 8  # the same rhythm, up to now
    day_to_come = [20.0] * 16 + [1.0] * 8
    assert forecast(past[8:] + past[:8], night_to_come)[1].expected < 20
    assert forecast(past, day_to_come)[1].expected > 50


def test_of_ten_streams_eight_end_within_the_interval():
    chance = np.random.default_rng(11)
    inside = []
    for _ in range(400):
        rate = chance.gamma(10, 0.1)
        counts = chance.poisson(rate * 30, 48)
        for outlook in forecast(counts[:24].tolist(), [30.0] * 24):
            came = counts[24 : 24 + outlook.hours].sum()
            inside.append(outlook.low <= came <= outlook.high)
    assert 0.6 <= np.mean(inside) <= 0.97


def test_hours_without_collection_change_nothing():
    known = forecast([4.0] * 6, FLAT)
    gaps: list[float | None] = [4.0, None, 4.0, None, None, 4.0]
    assert forecast(gaps, FLAT)[0].expected == pytest.approx(known[0].expected, abs=0.3)


@pytest.mark.parametrize("past", [[], [0.0], [None] * 24, [0.0] * 24])
def test_a_story_without_a_past_is_expected_to_be_ordinary_or_less(past: list[float | None]):
    for outlook in forecast(past, FLAT):
        assert 0 <= outlook.low <= outlook.expected <= outlook.high
        assert outlook.expected <= 4.1 * outlook.hours


def test_without_a_baseline_nothing_is_expected_and_nothing_breaks():
    assert [outlook.hours for outlook in forecast([], [])] == list(HORIZONS)
    assert forecast([3.0], [0.0] * 24)[0].expected < 3


@given(COUNTS, st.lists(st.floats(0, 1e4), min_size=24, max_size=24))
def test_a_higher_count_is_never_more_likely_to_be_passed(
    past: list[float | None], usual: list[float]
):
    for outlook in forecast(past, usual):
        chances = [outlook.chance_to_pass(count) for count in (0, 1, 10, 100, 10**6)]
        assert all(0 <= chance <= 1 for chance in chances)
        assert chances == sorted(chances, reverse=True)


@given(COUNTS.filter(bool), st.integers(1, 10**4))
def test_more_documents_now_never_lower_what_is_expected(past: list[float | None], more: int):
    higher = [*past[:-1], (past[-1] or 0) + more]
    lower = [*past[:-1], past[-1] or 0]
    for one, other in zip(forecast(lower, FLAT), forecast(higher, FLAT), strict=True):
        assert one.expected <= other.expected + 1e-9
