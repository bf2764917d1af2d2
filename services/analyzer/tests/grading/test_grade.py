"""The grade is pure, never falls when things get worse, and can be computed again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell_analyzer.grading import Rules, Snapshot, Standing, Stored, grade, load_rules, moves
from groundswell_analyzer.grading import recompute as compute_again
from groundswell_analyzer.grading.grade import hold
from groundswell_analyzer.grading.graded import Graded
from groundswell_core.grades import Level

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
RULES = load_rules()

counts = st.integers(min_value=0, max_value=5000)
heats = st.none() | st.floats(min_value=0, max_value=1e8)
snapshots = st.builds(
    Snapshot,
    time=st.just(NOW),
    last_ten_minutes=counts,
    last_hour=counts,
    quiet_minutes=st.floats(min_value=0, max_value=500),
    usual_hour=st.floats(min_value=0, max_value=500),
    usual_spread=st.floats(min_value=0, max_value=200),
    heat=heats,
    heat_before=heats,
    usual_heat=st.none() | st.floats(min_value=1, max_value=1e7),
    heat_spread=st.none() | st.floats(min_value=0, max_value=3),
    rank=st.none() | st.integers(min_value=1, max_value=100),
    outlets=st.integers(min_value=0, max_value=300),
    source_kinds=st.integers(min_value=0, max_value=8),
    places=st.integers(min_value=0, max_value=30),
    sentiment=st.floats(min_value=-1, max_value=1),
    source_weight=st.floats(min_value=0, max_value=1),
    category=st.sampled_from(["", "accident", "natural_disaster", "sport"]),
    support=st.integers(min_value=0, max_value=300),
    minimum_support=st.integers(min_value=1, max_value=20),
)
standings = st.builds(
    Standing,
    st.sampled_from([level for level in Level if level]),
    st.none() | st.integers(min_value=0, max_value=60).map(lambda m: NOW - timedelta(minutes=m)),
)


def score(snapshot: Snapshot) -> float:
    return grade(snapshot, RULES, Standing(), NOW)[0].score


@given(snapshots, standings)
def test_the_same_inputs_give_the_same_grade(snapshot, standing):
    assert grade(snapshot, RULES, standing, NOW) == grade(snapshot, RULES, standing, NOW)


@given(snapshots, standings)
def test_a_stored_grade_is_computed_again_from_its_record(snapshot, standing):
    made, after = grade(snapshot, RULES, standing, NOW)
    graded = Graded(
        monitor="monitors/m", grade=made, snapshot=snapshot, before=standing, after=after
    )
    restored = Graded.from_record(graded.to_record())
    assert restored == graded
    assert compute_again(restored.stored(), RULES) == made


@given(snapshots)
def test_points_add_up_to_the_score_between_0_and_100(snapshot):
    made, _ = grade(snapshot, RULES, Standing(), NOW)
    assert 0 <= made.score <= 100
    assert made.score == pytest.approx(sum(p.points for p in made.contributions), abs=0.01)
    assert all(part.reason.endswith(".") for part in made.contributions)


WORSE = {
    "last_hour": 50,
    "last_ten_minutes": 20,
    "outlets": 5,
    "source_kinds": 1,
    "places": 2,
    "sentiment": -0.3,
    "source_weight": 0.2,
}


@pytest.mark.parametrize("field", WORSE)
@given(snapshot=snapshots)
def test_a_score_never_falls_when_an_input_gets_worse(field, snapshot):
    worse = replace(snapshot, **{field: getattr(snapshot, field) + WORSE[field]})
    assert score(worse) >= score(snapshot)


@given(snapshots, st.floats(min_value=1.0, max_value=20.0))
def test_a_score_never_falls_when_heat_grows(snapshot, factor):
    if snapshot.heat is not None:
        assert score(replace(snapshot, heat=snapshot.heat * factor)) >= score(snapshot)


@given(snapshots)
def test_a_better_place_on_a_board_never_lowers_the_score(snapshot):
    if snapshot.rank is not None and snapshot.rank > 1:
        assert score(replace(snapshot, rank=snapshot.rank - 1)) >= score(snapshot)


@given(snapshots, standings)
def test_there_are_always_sentences_about_what_would_move_it(snapshot, standing):
    made, _ = grade(snapshot, RULES, standing, NOW)
    assert moves(Stored(grade=made, snapshot=snapshot, before=standing), RULES)


def test_what_is_said_to_raise_a_level_raises_it():
    quiet = Snapshot(time=NOW, last_hour=3, outlets=2, support=3, source_weight=0.5)
    made, _ = grade(quiet, RULES, Standing(), NOW)
    stored = Stored(grade=made, snapshot=quiet, before=Standing())
    sentence = next(one for one in moves(stored, RULES) if "spread" in one)
    wanted = float(sentence.split()[0])
    louder = replace(quiet, outlets=round(wanted + 0.5))
    assert grade(louder, RULES, Standing(), NOW)[0].level == made.level + 1


@pytest.mark.parametrize(
    ("support", "rank", "level"),
    [(1, None, Level.NONE), (2, None, Level.NONE), (3, None, Level.IV), (1, 3, Level.IV)],
    ids=["one document", "two", "three", "one on top of a board"],
)
def test_without_support_there_is_no_level(support, rank, level):
    loud = Snapshot(time=NOW, last_hour=9, outlets=3, support=support, rank=rank)
    assert grade(loud, RULES, Standing(), NOW)[0].level is level


def test_a_story_that_nothing_is_heard_of_any_more_has_no_level():
    loud = Snapshot(time=NOW, outlets=9, places=9, sentiment=-1, source_weight=1, support=9)
    story = replace(loud, category="accident")
    assert grade(story, RULES, Standing(), NOW)[0].level > Level.NONE
    assert grade(replace(story, quiet_minutes=121), RULES, Standing(), NOW)[0].level is Level.NONE


def _minutes(*scores: tuple[float, float]) -> list[Level]:
    """Returns the level after each (minute, score)."""
    standing, levels = Standing(), []
    for minute, value in scores:
        moment = NOW + timedelta(minutes=minute)
        standing = hold(standing, RULES.level_of(value), value, RULES, moment)
        levels.append(standing.level)
    return levels


@pytest.mark.parametrize(
    ("scores", "levels"),
    [
        ([(0, 45), (1, 30)], ["III", "III"]),
        ([(0, 45), (1, 30), (12, 30)], ["III", "III", "IV"]),
        ([(0, 45), (1, 30), (9, 43), (12, 30), (15, 30)], ["III"] * 5),
        ([(0, 45), (1, 39), (60, 39)], ["III", "III", "III"]),
        ([(0, 45), (1, 5), (11, 5)], ["III", "III", "NONE"]),
        ([(0, 30), (1, 80)], ["IV", "I"]),
        ([(0, 80), (5, 30), (16, 30), (17, 80)], ["I", "I", "IV", "I"]),
    ],
    ids=[
        "held at once",
        "left after ten minutes",
        "a recovery starts the wait anew",
        "within the margin it stays",
        "falls to none",
        "up at once",
        "down and up",
    ],
)
def test_a_level_is_left_only_after_the_score_stayed_low(scores, levels):
    assert [level.name for level in _minutes(*scores)] == levels


@given(st.lists(st.floats(min_value=40, max_value=44), min_size=2, max_size=50))
def test_a_score_that_trembles_around_a_threshold_changes_the_level_at_most_once(scores):
    levels = _minutes(*enumerate(scores))
    assert sum(one is not other for one, other in pairwise(levels)) <= 1


def test_the_rules_that_ship_are_whole():
    assert isinstance(RULES, Rules)
    assert RULES.level_of(0) is Level.NONE
    assert RULES.level_of(100) is Level.I
