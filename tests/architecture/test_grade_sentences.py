"""Whatever the analyzer says of a grade, the console says in Chinese."""

from __future__ import annotations

from harness.grades import NOW, snapshots, standings
from hypothesis import given, settings

from groundswell_analyzer.grading import Stored, grade, load_rules, moves
from groundswell_analyzer.grading.snapshot import MEANINGS, SNAPSHOT_FIELDS
from groundswell_console.sentences import translated
from groundswell_console.texts import texts_of

RULES = load_rules()
CHINESE = texts_of("zh")


def untold(sentences) -> list[str]:
    """Returns the sentences that stay English."""
    return [one for one in sentences if translated(one, CHINESE) == one]


@settings(max_examples=60)
@given(snapshots, standings)
def test_every_reason_limit_and_move_of_a_grade_is_said_in_chinese(snapshot, standing):
    made, _ = grade(snapshot, RULES, standing, NOW)
    said = moves(Stored(grade=made, snapshot=snapshot, before=standing), RULES)
    reasons = [part.reason for part in made.contributions]
    assert untold([*reasons, *made.limits, *said]) == []


def test_every_input_of_a_grade_is_explained_in_both_languages():
    assert set(MEANINGS) == set(SNAPSHOT_FIELDS)
    assert untold(MEANINGS.values()) == []
