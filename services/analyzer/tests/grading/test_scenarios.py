"""Whole courses of events get the level that people judged right, in time, without flapping."""

from __future__ import annotations

import pytest
from harness.scenarios import Player, judge, scenarios

from groundswell_analyzer.grading import load_rules
from groundswell_core.monitors import MonitorState

KNOWN = scenarios()


@pytest.mark.parametrize("scenario", KNOWN, ids=[one.name for one in KNOWN])
def test_a_course_of_events_gets_the_level_that_it_deserves_in_time(scenario):
    played = Player(scenario, load_rules()).play()
    verdict = judge(scenario, played)
    assert verdict.wrong == ()
    assert verdict.flaps <= 1
    assert all(story_alert_is_allowed(scenario, alert) for alert in played.story.alerts.values())
    in_shadow = scenario.monitor.state is MonitorState.SHADOW
    assert bool(played.story.alerts) is (played.alarms > 0 and not in_shadow)


def story_alert_is_allowed(scenario, box) -> bool:
    """Tells whether an alert says truly whether it is of a drill."""
    return box.alert.exercise is scenario.spec.get("exercise", False)


def test_there_are_scenarios_of_every_kind_that_the_rules_must_stand():
    assert len(KNOWN) >= 12
