"""The grade is pure, never falls when things get worse, and can be computed again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import bson
import pytest
from harness.grades import NOW, rule_sets, snapshots, standings
from hypothesis import given
from hypothesis import strategies as st

from groundswell_analyzer.grading import Snapshot, Standing, grade, load_rules
from groundswell_analyzer.grading import recompute as compute_again
from groundswell_analyzer.grading.grade import hold
from groundswell_analyzer.grading.graded import Graded
from groundswell_core.grades import GRADES, Level

RULES = load_rules()


def score(snapshot: Snapshot) -> float:
    return grade(snapshot, RULES, Standing(), NOW)[0].score


def stored(graded: Graded) -> Graded:
    """Returns a grade as it comes back from MongoDB."""
    return Graded.from_record(bson.decode(bson.encode(graded.to_record())))


@given(snapshots, standings, rule_sets())
def test_any_stored_grade_is_computed_again_by_the_rules_that_made_it(snapshot, standing, rules):
    made, after = grade(snapshot, rules, standing, NOW)
    graded = Graded(
        monitor="monitors/m", grade=made, snapshot=snapshot, before=standing, after=after
    )
    restored = stored(graded)
    assert restored == graded
    assert compute_again(restored.stored(), rules) == made
    assert GRADES.from_bytes(GRADES.to_bytes(made)) == made


@given(snapshots, standings, rule_sets())
def test_points_add_up_to_the_score_between_0_and_100(snapshot, standing, rules):
    made, _ = grade(snapshot, rules, standing, NOW)
    assert 0 <= made.score <= 100.05  # five parts, each rounded to a hundredth
    assert made.score == round(sum(part.points for part in made.contributions), 2)
    assert all(part.reason.endswith(".") for part in made.contributions)


@given(snapshots, standings, rule_sets())
def test_whatever_keeps_a_level_from_its_score_is_said(snapshot, standing, rules):
    made, _ = grade(snapshot, rules, standing, NOW)
    assert made.limits or made.level is made.raw_level


WORSE = {
    "last_hour": 50,
    "last_ten_minutes": 20,
    "voices": 2,
    "outlets": 5,
    "source_kinds": 1,
    "places": 2,
    "languages": 1,
    "negative": 0.3,
    "source_weight": 0.2,
    "support": 3,
}


@pytest.mark.parametrize("field", WORSE)
@given(snapshot=snapshots)
def test_a_score_never_falls_when_an_input_gets_worse(field, snapshot):
    worse = replace(snapshot, **{field: getattr(snapshot, field) + WORSE[field]})
    assert score(worse) >= score(snapshot)


@pytest.mark.parametrize("field", ["heat", "warning_chance", "dead", "missing", "injured"])
@given(snapshot=snapshots, factor=st.floats(min_value=1.0, max_value=20.0))
def test_a_score_never_falls_when_what_is_known_grows(field, snapshot, factor):
    known = getattr(snapshot, field)
    if known is not None:
        assert score(replace(snapshot, **{field: type(known)(known * factor)})) >= score(snapshot)


@given(snapshots)
def test_a_better_place_on_a_board_never_lowers_the_score(snapshot):
    if snapshot.rank is not None and snapshot.rank > 1:
        assert score(replace(snapshot, rank=snapshot.rank - 1)) >= score(snapshot)


@pytest.mark.parametrize(
    ("support", "rank", "has_level"),
    [(1, None, False), (2, None, False), (3, None, True), (1, 16, False), (1, 15, True)],
    ids=["one document", "two", "three", "one low on a board", "one high on a board"],
)
def test_without_support_there_is_no_level(support, rank, has_level):
    loud = Snapshot(time=NOW, last_hour=9, voices=3, negative=1, support=support, rank=rank)
    made, _ = grade(replace(loud, category="accident"), RULES, Standing(), NOW)
    assert (made.level > Level.NONE) is has_level


def test_a_story_that_nothing_is_heard_of_any_more_has_no_level():
    loud = Snapshot(time=NOW, voices=9, places=9, negative=1, source_weight=1, support=9)
    story = replace(loud, category="accident")
    assert grade(story, RULES, Standing(), NOW)[0].level > Level.NONE
    assert grade(replace(story, quiet_minutes=121), RULES, Standing(), NOW)[0].level is Level.NONE


def _minutes(*scores: tuple[float, float]) -> list[Level]:
    """Returns the level after each (minute, score)."""
    standing, levels = Standing(), []
    for minute, value in scores:
        moment = NOW + timedelta(minutes=minute)
        standing = hold(standing, value, Level.I, RULES, moment)
        levels.append(standing.level)
    return levels


@pytest.mark.parametrize(
    ("scores", "levels"),
    [
        ([(0, 45), (1, 30)], ["III", "III"]),
        ([(0, 45), (1, 30), (17, 30)], ["III", "III", "IV"]),
        ([(0, 45), (1, 30), (9, 45), (17, 30), (20, 30)], ["III"] * 5),
        ([(0, 45), (1, 41), (60, 41)], ["III", "III", "III"]),
        ([(0, 45), (1, 5), (16, 5)], ["III", "III", "NONE"]),
        ([(0, 30), (1, 80)], ["IV", "I"]),
        ([(0, 80), (5, 30), (21, 30), (22, 80)], ["I", "I", "IV", "I"]),
    ],
    ids=[
        "held at once",
        "left after fifteen minutes",
        "a recovery starts the wait anew",
        "within the margin it stays",
        "falls to none",
        "up at once",
        "down and up",
    ],
)
def test_a_level_is_left_only_after_the_score_stayed_low(scores, levels):
    assert [level.name for level in _minutes(*scores)] == levels


@given(st.lists(st.floats(min_value=42, max_value=48), min_size=2, max_size=50))
def test_a_score_that_trembles_around_a_threshold_changes_the_level_at_most_once(scores):
    levels = _minutes(*enumerate(scores))
    assert sum(one is not other for one, other in pairwise(levels)) <= 1


def test_a_limit_that_comes_up_takes_the_level_in_the_end():
    held = Standing(Level.II)
    low = hold(held, 65.0, Level.IV, RULES, NOW)
    assert low.level is Level.II
    assert hold(low, 65.0, Level.IV, RULES, NOW + timedelta(minutes=15)).level is Level.IV
