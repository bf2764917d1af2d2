"""Every formula can be followed with a pocket calculator, and every reason says what was counted."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import pytest
from harness.grades import NOW, rule_sets, snapshots
from hypothesis import given

from groundswell_analyzer.grading import Snapshot, load_rules
from groundswell_analyzer.grading.components import contributions_of
from groundswell_core.grades import Level

RULES = load_rules()
FUNCTIONS = {"sqrt": math.sqrt, "ln": math.log, "arsinh": math.asinh, "max": max}


def calculated(text: str) -> float:
    """Returns what a calculator makes of one side of a formula."""
    text = text.replace("÷", "/").replace("×", "*").replace("−", "-")
    text = re.sub(r"√\(([^()]*)\)", r"sqrt(\1)", text)
    text = re.sub(r"√([0-9.e+-]+)", r"sqrt(\1)", text)
    text = re.sub(r"(ln|arsinh) (sqrt\([^()]*\)|[0-9.e+-]+)", r"\1(\2)", text)
    return eval(text, {"__builtins__": {}}, FUNCTIONS)  # noqa: S307 - our own formulas


@given(snapshots, rule_sets())
def test_a_formula_gives_the_same_points_on_a_pocket_calculator(snapshot, rules):
    for part in contributions_of(snapshot, rules):
        for step in part.formula.split("; "):
            left, _, right = step.partition(" = ")
            shown = right.removesuffix(" at most")
            if not right or ":" in step:
                continue
            places = len(shown.partition(".")[2])
            found = calculated(left)
            if right != shown:
                found = min(found, 1.0)
            # What came before was rounded too, so the last place may differ by one.
            assert found == pytest.approx(float(shown), abs=1.01 * 10**-places, rel=1e-4), step
        assert part.points == pytest.approx(100 * part.weight * part.scaled, abs=0.011)


def test_a_burst_is_told_with_the_alarm_threshold_of_its_monitor():
    busy = Snapshot(time=NOW, last_hour=40, last_ten_minutes=12, usual_hour=2, usual_spread=1)
    part = contributions_of(replace(busy, alarm_threshold=5.08), RULES)[0]
    assert part.reason == (
        "40 documents in the last hour, 12 of them in the last ten minutes, where 2.0 an hour is "
        "usual: 1.9 times the alarm threshold of 5.1 deviations."
    )
    assert part.formula.startswith("2 × (√40.375 − √2.375) = 9.63; 9.63 ÷ 5.08 = 1.896; ")


def test_a_pace_that_varies_much_by_itself_is_less_of_a_burst():
    calm = Snapshot(time=NOW, last_hour=60, usual_hour=20, usual_spread=4)
    wild = replace(calm, usual_spread=20)
    assert contributions_of(wild, RULES)[0].points < contributions_of(calm, RULES)[0].points


def test_a_department_that_can_look_at_few_alarms_hears_of_greater_bursts_only():
    story = Snapshot(time=NOW, last_hour=20, alarm_threshold=4)
    strict = replace(story, alarm_threshold=12)
    assert contributions_of(strict, RULES)[0].points < contributions_of(story, RULES)[0].points


def test_a_board_entry_is_told_with_its_heat_and_where_it_is_going():
    entry = Snapshot(time=NOW, last_hour=1, rank=1, heat=800_000, warning_chance=0.5)
    part = contributions_of(entry, RULES)[0]
    assert part.reason.startswith(
        "On a board at place 1 with 2.0 times the heat of an ordinary entry, 50 % likely to pass"
    )
    assert part.formula.startswith("1 + 2 × ln(800000 ÷ 400000) ÷ 0.6 + 4 ÷ 1 + 4 × 0.5 = 9.31; ")


def test_copies_add_little_and_voices_much():
    story = Snapshot(time=NOW, voices=1, outlets=1)
    copied, told = replace(story, outlets=11), replace(story, voices=11, outlets=11)
    points = [contributions_of(one, RULES)[1].points for one in (story, copied, told)]
    assert points[0] < points[1] < 0.6 * points[2]


def test_a_sub_topic_with_a_weight_of_its_own_goes_before_its_category():
    rules = RULES.model_copy(update={"categories": {**RULES.categories, "accident/traffic": 0.3}})
    story = Snapshot(time=NOW, category="accident", topic="accident/traffic")
    assert contributions_of(story, rules)[4].input == 0.3
    assert contributions_of(replace(story, topic="accident/fire"), rules)[4].input == 0.8


CLASSES = {
    "three dead": ({"dead": 3}, Level.III),
    "twelve dead": ({"dead": 12}, Level.II),
    "thirty dead": ({"dead": 30}, Level.I),
    "one dead, fifty injured": ({"dead": 1, "injured": 50}, Level.II),
    "ten missing": ({"missing": 10}, Level.II),
    "two injured": ({"injured": 2}, Level.NONE),
    "nothing known": ({}, Level.NONE),
}


@pytest.mark.parametrize(("numbers", "level"), CLASSES.values(), ids=CLASSES)
def test_harm_lifts_a_quiet_story_to_its_class(numbers, level):
    story = Snapshot(time=NOW, voices=1, support=5, category="accident", **numbers)
    parts = contributions_of(story, RULES)
    total = sum(part.points for part in parts)
    assert RULES.level_of(round(total, 2)) is level
    assert (parts[-1].component == "harm") is (level is not Level.NONE)


def test_harm_adds_nothing_to_a_score_that_is_higher_already():
    loud = Snapshot(
        time=NOW, last_hour=500, voices=30, negative=1, source_weight=1, category="accident", dead=3
    )
    harm = contributions_of(loud, RULES)[-1]
    assert (harm.component, harm.points) == ("harm", 0.0)
    assert "max(45 − " in harm.formula


def test_numbers_of_dead_lift_emergencies_only():
    film = Snapshot(time=NOW, voices=5, support=5, category="service", dead=40)
    assert contributions_of(film, RULES)[-1].component == "category"
