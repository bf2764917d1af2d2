"""What holds a level down, whatever the score: support, quiet, voices, confirmation."""

from __future__ import annotations

from dataclasses import replace

import pytest
from harness.grades import NOW

from groundswell_analyzer.grading import Snapshot, Standing, grade, load_rules
from groundswell_core.grades import Level

RULES = load_rules()
LOUD = Snapshot(
    time=NOW,
    last_hour=500,
    voices=9,
    outlets=9,
    negative=1.0,
    source_weight=1.0,
    category="accident",
    support=9,
)


def graded(snapshot: Snapshot):
    return grade(snapshot, RULES, Standing(), NOW)[0]


@pytest.mark.parametrize(
    ("voices", "level"),
    [(0, Level.NONE), (1, Level.IV), (2, Level.III), (3, Level.II), (4, Level.II), (5, Level.I)],
)
def test_a_level_needs_its_number_of_independent_voices(voices, level):
    made = graded(replace(LOUD, voices=voices))
    assert made.level is level
    assert made.raw_level >= Level.II


def test_one_source_that_floods_with_thousands_of_texts_cannot_force_a_level():
    flood = replace(LOUD, last_hour=5000, voices=1, outlets=300, support=5000)
    made = graded(flood)
    assert made.level is Level.IV
    assert made.limits == ("1 independent voice speaks for it; level III needs 2.",)


@pytest.mark.parametrize(
    ("rank", "level"), [(1, Level.I), (3, Level.I), (4, Level.II), (15, Level.II), (16, Level.III)]
)
def test_a_place_on_a_board_speaks_for_many(rank, level):
    assert graded(replace(LOUD, voices=1, best_rank=rank)).level is level


def test_a_place_that_was_lost_again_still_speaks_for_those_who_read_it():
    assert graded(replace(LOUD, voices=1, rank=30, best_rank=2)).level is Level.I


def test_an_unconfirmed_story_gets_no_more_than_its_cap():
    made = graded(replace(LOUD, is_unconfirmed=True))
    assert made.level is Level.III
    assert made.limits == ("It is unconfirmed, which allows level III at most.",)


def test_each_limit_that_holds_a_level_is_named():
    made = graded(replace(LOUD, support=1, quiet_minutes=130, voices=1))
    assert made.level is Level.NONE
    assert len(made.limits) == 3
