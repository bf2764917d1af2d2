"""How counts vary, and where bursts of them begin and end."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell_analyzer.bursts import Burst, CountModel, Usual, bursts_of, states

MEANS = st.floats(0, 1e5)
DISPERSIONS = st.one_of(st.just(0.0), st.floats(1e-3, 10))


@given(MEANS, DISPERSIONS, st.floats(0, 1e6), st.floats(0, 1e6))
def test_more_documents_never_lower_the_deviations(
    mean: float, dispersion: float, one: float, other: float
):
    model = CountModel(mean, dispersion)
    assert model.deviations(min(one, other)) <= model.deviations(max(one, other))


@given(MEANS, DISPERSIONS, st.integers(0, 10**6))
def test_a_higher_count_is_never_more_likely(mean: float, dispersion: float, count: int):
    model = CountModel(mean, dispersion)
    assert 0 <= model.chance_of(count + 1) <= model.chance_of(count) <= 1


@given(st.floats(1, 1e5), DISPERSIONS, st.floats(0.6, 0.99))
def test_a_quantile_is_where_its_share_lies(mean: float, dispersion: float, share: float):
    model = CountModel(mean, dispersion)
    assert model.chance_of(model.quantile(share) + 0.5) == pytest.approx(1 - share, abs=1e-6)


def test_a_poisson_count_of_a_hundred_varies_by_ten():
    assert CountModel(100).deviations(110) == pytest.approx(0.97, abs=0.01)
    assert CountModel(100, 0.25).deviations(150) == pytest.approx(0.8, abs=0.1)


def test_a_baseline_never_varies_less_than_chance():
    assert Usual(4.0, 0.0).model().dispersion == 0.0
    assert Usual(4.0, 6.0).model().dispersion == pytest.approx(2.0)
    assert Usual(0.0, 0.0).model().deviations(10) > 4


def test_a_burst_has_a_start_and_an_end():
    counts = [2, 1, 3, 2, 9, 12, 2, 11, 10, 2, 1, 2, 3]
    assert states(counts) == [0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0]
    assert [(burst.start, burst.end) for burst in bursts_of(counts)] == [(4, 8)]


def test_one_high_count_of_many_is_no_burst_where_entering_is_dear():
    counts = [3, 2, 9, 2, 3, 2, 3]
    assert bursts_of(counts, cost=10.0) == []
    assert bursts_of(counts, cost=1.0)


def test_what_was_not_collected_keeps_a_burst_going():
    assert states([1, 1, 20, None, None, 20, 1], [1.0] * 7) == [0, 0, 1, 1, 1, 1, 0]


def test_what_is_usual_at_that_hour_is_no_burst():
    assert bursts_of([2, 2, 20, 20, 2], [2, 2, 20, 20, 2]) == []
    assert bursts_of([2, 2, 20, 20, 2], [2, 2, 2, 2, 2]) != []


@pytest.mark.parametrize("counts", [[], [0.0], [0.0] * 50, [None, None], [None]])
def test_nothing_zeros_and_gaps_are_no_burst(counts: list[float | None]):
    assert states(counts) == [0] * len(counts)
    assert bursts_of(counts) == []


@given(st.lists(st.one_of(st.none(), st.integers(0, 10**6)), max_size=40))
def test_bursts_are_apart_and_gain_by_being_one(counts: list[float | None]):
    found: list[Burst] = bursts_of(counts)
    for before, after in pairwise(found):
        assert before.end + 1 < after.start
    assert all(burst.weight >= 0 for burst in found)
