"""Alarms a day as the user wants them, on streams whose rate is known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell_analyzer.bursts import AlarmBudget, CountModel, Prior

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)
STORIES = 20


def usual_at(hour: int) -> float:
    """Returns a rhythm of day and week."""
    weekend = 0.6 if hour // 24 % 7 >= 5 else 1.0
    return weekend * (4 + 3 * np.sin(2 * np.pi * hour / 24))


def scores(days: int, dispersion: float, seed: int) -> np.ndarray:
    """Returns the deviations of each hour and story, judged as if counts were Poisson."""
    chance = np.random.default_rng(seed)
    found = np.zeros((24 * days, STORIES))
    for hour in range(24 * days):
        mean = usual_at(hour)
        rate = chance.gamma(1 / dispersion, mean * dispersion, STORIES) if dispersion else mean
        counts = chance.poisson(rate, STORIES)
        found[hour] = [CountModel(mean).deviations(count) for count in counts]
    return found


def rung_a_day(budget: AlarmBudget, values: np.ndarray, wanted: float, *, gaps: bool) -> float:
    """Returns the alarms a day of the second half, an alarm being a story's six hours."""
    rung: set[tuple[int, int]] = set()
    half, looked = len(values) // 2, 0
    threshold = 0.0
    for hour in range(len(values)):
        if gaps and hour // 24 % 3 == 1:
            continue
        moment = MONDAY + hour * HOUR
        if hour % 6 == 0:
            threshold = budget.threshold(wanted)
        for story, score in enumerate(values[hour].tolist()):
            if hour >= half and score >= threshold:
                rung.add((hour // 6, story))
            budget.learn_one(f"stories/{story}", moment, score)
        looked += hour >= half
    return len(rung) / (looked / 24)


@pytest.mark.parametrize("wanted", [0.5, 2.0, 10.0])
@pytest.mark.parametrize("dispersion", [0.0, 0.3], ids=["poisson", "negative binomial"])
@pytest.mark.parametrize("gaps", [False, True], ids=["without gaps", "a third of the days missing"])
def test_as_many_alarms_ring_as_the_user_wants(wanted: float, dispersion: float, gaps: bool):
    rung = rung_a_day(AlarmBudget(), scores(56, dispersion, seed=7), wanted, gaps=gaps)
    assert wanted / 1.7 <= rung <= wanted * 1.7


def test_a_new_monitor_goes_by_its_prior():
    prior = Prior(start=3.0, scale=1.0, per_day=20.0)
    assert AlarmBudget(prior).threshold(20.0) == pytest.approx(3.0, abs=1e-6)
    assert AlarmBudget(prior).threshold(20.0 / np.e) == pytest.approx(4.0, abs=1e-6)


def test_fewer_alarms_a_day_need_a_higher_threshold():
    budget = AlarmBudget()
    for hour, row in enumerate(scores(7, 0.3, seed=3)):
        for story, score in enumerate(row.tolist()):
            budget.learn_one(f"stories/{story}", MONDAY + hour * HOUR, score)
    levels = [budget.threshold(wanted) for wanted in (0.1, 1, 5, 50)]
    assert levels == sorted(levels, reverse=True)


def test_one_wild_story_takes_one_alarm_of_a_budget_only():
    calm, wild = AlarmBudget(), AlarmBudget()
    for hour, row in enumerate(scores(28, 0.0, seed=5)):
        for story, score in enumerate(row.tolist()):
            calm.learn_one(f"stories/{story}", MONDAY + hour * HOUR, score)
            wild.learn_one(f"stories/{story}", MONDAY + hour * HOUR, score)
        if hour == 300:
            for _ in range(50):
                wild.learn_one("stories/wild", MONDAY + hour * HOUR, 500.0)
    assert wild.threshold(1.0) == pytest.approx(calm.threshold(1.0), abs=0.3)


def test_the_past_is_forgotten_after_eight_weeks():
    budget = AlarmBudget()
    budget.learn_one("stories/a", MONDAY, 100.0)
    budget.learn_one("stories/a", MONDAY + timedelta(days=60), 1.0)
    budget.learn_one("stories/a", MONDAY + timedelta(days=61), 1.0)
    assert budget.observed_days == pytest.approx(2 / 24)


def test_time_going_backwards_and_scores_that_are_no_numbers_are_left_out():
    budget = AlarmBudget()
    budget.learn_one("stories/a", MONDAY, 1.0)
    budget.learn_one("stories/a", MONDAY - timedelta(days=3), 900.0)
    budget.learn_one("stories/a", MONDAY, float("nan"))
    budget.learn_one("stories/a", MONDAY, float("inf"))
    assert budget.observed_days == pytest.approx(1 / 24)
    assert budget.threshold(1.0) < 100


@given(st.floats(1e-6, 1e6))
def test_any_budget_has_a_threshold(wanted: float):
    assert np.isfinite(AlarmBudget().threshold(wanted))
