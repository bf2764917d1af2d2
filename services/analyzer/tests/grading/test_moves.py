"""What is said to move a level moves it, and nothing less does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from harness.grades import NOW, rule_sets, snapshots, standings
from hypothesis import given, settings

from groundswell_analyzer.grading import Snapshot, Standing, Stored, grade, load_rules, moves
from groundswell_analyzer.grading.moves import Move, falls, rises
from groundswell_core.grades import Level

RULES = load_rules()


def nearer(snapshot, move: Move, rules) -> dict:
    """Returns the fields of one step less than a move."""
    step = move.lever.step if move.value < move.before else -move.lever.step
    return move.lever.change(snapshot, round(move.value + step, 2), rules)


@settings(max_examples=40)
@given(snapshots, standings, rule_sets())
def test_the_value_that_is_said_to_raise_a_level_raises_it_and_one_step_less_does_not(
    snapshot, standing, rules
):
    level = grade(snapshot, rules, standing, NOW)[0].level
    for move in rises(snapshot, level, rules):
        moved = replace(snapshot, **move.changes)
        assert grade(moved, rules, Standing(level), NOW)[0].level >= move.level > level
        less = replace(snapshot, **nearer(snapshot, move, rules))
        assert grade(less, rules, Standing(level), NOW)[0].level is level


@settings(max_examples=40)
@given(snapshots, standings, rule_sets())
def test_the_value_that_is_said_to_lower_a_level_lowers_it_after_the_wait(
    snapshot, standing, rules
):
    level = grade(snapshot, rules, standing, NOW)[0].level
    waited = Standing(level, NOW - timedelta(minutes=rules.hysteresis.minutes))
    for move in falls(snapshot, level, rules):
        moved = replace(snapshot, **move.changes)
        assert grade(moved, rules, waited, NOW)[0].level <= move.level < level


@settings(max_examples=40)
@given(snapshots, standings)
def test_there_are_always_sentences_about_what_would_move_it(snapshot, standing):
    made, _ = grade(snapshot, RULES, standing, NOW)
    said = moves(Stored(grade=made, snapshot=snapshot, before=standing), RULES)
    assert said
    assert all(sentence.endswith(".") for sentence in said)


def said_of(snapshot: Snapshot) -> tuple[str, ...]:
    made, _ = grade(snapshot, RULES, Standing(), NOW)
    return moves(Stored(grade=made, snapshot=snapshot, before=Standing()), RULES)


def test_a_flood_is_told_that_voices_alone_would_raise_it():
    flood = Snapshot(time=NOW, last_hour=900, voices=1, outlets=1, support=900, source_weight=0.5)
    said = said_of(flood)
    assert "1 independent voice speaks for it; level III needs 2." in said
    assert "2 independent voices instead of 1 would raise it to III." in said
    assert not any("documents in the last hour instead" in one and "raise" in one for one in said)


def test_a_story_without_support_is_told_what_it_lacks():
    said = said_of(Snapshot(time=NOW, last_hour=2, voices=2, outlets=2, support=2))
    assert any("before 1 more of its documents match" in one for one in said)


def test_the_highest_level_has_no_way_up():
    loud = Snapshot(
        time=NOW, last_hour=900, voices=30, negative=1, source_weight=1, support=9, dead=40
    )
    said = said_of(replace(loud, category="accident"))
    assert said[0] == "No level is higher."
    assert said[1].startswith("Level I ends when the score, now ")


def test_what_would_lower_a_level_is_said_too():
    told = Snapshot(time=NOW, last_hour=30, voices=8, outlets=8, support=8, category="accident")
    said = said_of(told)
    assert any(one.endswith("would lower it in the end.") for one in said)
    assert grade(told, RULES, Standing(), NOW)[0].level >= Level.IV
