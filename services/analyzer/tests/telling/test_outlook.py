"""What is expected: hours, totals, the chance of the next level."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from groundswell_analyzer.grading import Snapshot, Standing, grade, load_rules
from groundswell_analyzer.grading.graded import Graded
from groundswell_analyzer.telling.outlook import needed_documents, outlook
from groundswell_core.grades import Level

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
RULES = load_rules()


def graded(**fields) -> Graded:
    snapshot = Snapshot(time=NOW, voices=6, outlets=8, support=9, category="accident", **fields)
    made, after = grade(snapshot, RULES, Standing(), NOW)
    return Graded(
        monitor="monitors/m", grade=made, snapshot=snapshot, before=Standing(), after=after
    )


def test_the_next_day_is_told_hour_by_hour_and_in_totals():
    found = outlook([1.0, 4.0, 9.0], [], RULES, NOW)
    assert [point.start_time - NOW for point in found.points] == [
        timedelta(hours=ahead) for ahead in range(24)
    ]
    assert all(point.low <= point.expected <= point.high for point in found.points)
    hours = [total.horizon / timedelta(hours=1) for total in found.totals]
    assert hours == [1, 6, 24]
    assert found.totals[2].expected == pytest.approx(sum(one.expected for one in found.points))
    assert found.forecast_time == NOW


def test_the_documents_that_a_level_takes_are_the_fewest_that_do():
    one = graded(last_hour=2)
    level = Level(one.grade.level + 1)
    needed = needed_documents(one, level, RULES)
    assert needed is not None
    for documents, reaches in ((needed, True), (needed - 1, False)):
        snapshot = replace(one.snapshot, last_hour=documents, last_ten_minutes=documents // 6)
        score = grade(snapshot, RULES, Standing(), NOW)[0].score
        assert (score >= RULES.threshold(level)) is reaches


def test_the_chance_of_a_level_grows_with_time_and_with_pace():
    one = graded(last_hour=2)
    slow = outlook([0.0, 0.0, 1.0], [one], RULES, NOW).chances
    fast = outlook([5.0, 30.0, 120.0], [one], RULES, NOW).chances
    for chances in (slow, fast):
        values = [one.chance for one in chances]
        assert values == sorted(values)
        assert all(0.0 <= value <= 1.0 for value in values)
        assert {one.monitor for one in chances} == {"monitors/m"}
    assert fast[0].chance > slow[0].chance


def test_a_level_that_no_pace_brings_and_the_highest_have_no_chance():
    calm = replace(graded(), snapshot=Snapshot(time=NOW))
    assert needed_documents(calm, Level.I, RULES) is None
    red = graded(last_hour=500, last_ten_minutes=200, dead=50, negative=1.0, source_weight=1.0)
    assert red.grade.level is Level.I
    assert outlook([500.0], [red], RULES, NOW).chances == ()


def test_a_story_that_fell_silent_is_expected_to_stay_so():
    silent = outlook([6.0, 2.0, 0.0, 0.0, 0.0], [], RULES, NOW)
    assert silent.totals[-1].expected < 3


def test_a_first_document_does_not_promise_many():
    assert outlook([1.0], [], RULES, NOW).totals[-1].expected < 5


def test_a_story_of_days_is_expected_to_keep_its_rhythm():
    days = [*([0.0] * 12), *([8.0] * 12)] * 5
    found = outlook(days, [], RULES, NOW)
    assert 60 < found.totals[-1].expected < 130
