"""What an alert says, when it is a new version, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from groundswell_analyzer.grading import Snapshot, Standing, load_rules
from groundswell_analyzer.grading.alarm import Alarm, next_alarm
from groundswell_analyzer.grading.alerts import AlertBox, Occasion, next_alert
from groundswell_analyzer.grading.facts import StoryFacts
from groundswell_analyzer.grading.graded import Graded
from groundswell_analyzer.grading.summary import summarize
from groundswell_core.alerts import AlertState, Correction
from groundswell_core.grades import Grade, Level
from groundswell_core.monitors import Monitor, MonitorState

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
MONITOR = Monitor(
    name="monitors/quakes",
    display_name="地震",
    query="地震",
    department="departments/rescue",
    labels={"team": "north", "level": "never this"},
)
FACTS = StoryFacts(
    name="stories/abc",
    headline="四川宜宾发生5.0级地震",
    language="zh",
    document_count=3,
    copy_count=1,
    outlet_count=3,
    place_code="CN-51",
    place_names=("四川省",),
    category="natural_disaster",
    url="http://wire.example/quake",
)


def occasion(level: Level = Level.III, *, minutes: float = 0, **changes) -> Occasion:
    now = NOW + timedelta(minutes=minutes)
    made = Grade(level=level, raw_level=level, score=45.0, grade_time=now)
    watched = changes.get("monitor") or MONITOR
    graded = Graded(
        monitor=MONITOR.name,
        grade=made,
        snapshot=Snapshot(time=now, last_hour=3),
        before=Standing(),
        after=Standing(level),
        alarm=next_alarm(Alarm(), made, watched, load_rules(), now),
    )
    values = {
        "facts": FACTS,
        "graded": graded,
        "monitor": MONITOR,
        "coverage": None,
        "rules": load_rules(),
        "now": now,
        "hold": timedelta(minutes=5),
    }
    return Occasion(**(values | changes))


def firing() -> AlertBox:
    box = next_alert(None, occasion())
    assert box is not None
    return box


def test_the_first_alert_says_what_where_how_serious_and_for_whom():
    alert = firing().alert
    assert alert.state is AlertState.FIRING
    assert alert.version == 1
    assert (alert.start_time, alert.end_time) == (NOW, NOW + timedelta(minutes=5))
    assert alert.labels == {
        "monitor": "quakes",
        "level": "III",
        "category": "natural_disaster",
        "place": "CN-51",
        "language": "zh",
        "department": "rescue",
        "exercise": "false",
        "team": "north",
    }
    assert FACTS.headline in alert.summary
    assert "III级" in alert.summary


def test_a_summary_says_who_was_harmed_and_how_sure_that_is():
    snapshot = Snapshot(time=NOW, last_hour=3, dead=12, injured=40, is_unconfirmed=True)
    made = occasion(facts=replace(FACTS, conflicts=("dead",)))
    graded = replace(made.graded, snapshot=snapshot)
    chinese = summarize(made.facts, graded, made.rules, "zh")
    assert "据报死亡12人、受伤40人。各方说法不一。尚未证实。" in chinese
    english = summarize(made.facts, graded, made.rules, "en")
    assert "Reported: 12 dead, 40 injured. Sources contradict each other." in english
    assert "It is unconfirmed." in english


def test_a_summary_is_in_the_language_of_the_monitor():
    english = replace(MONITOR, languages=("en",))
    box = next_alert(None, occasion(monitor=english))
    assert "Level III (yellow)" in box.alert.summary


@pytest.mark.parametrize(
    "changes",
    [
        {"level": Level.NONE},
        {"monitor": replace(MONITOR, state=MonitorState.SHADOW)},
        {"monitor": replace(MONITOR, state=MonitorState.OFF)},
        {"monitor": replace(MONITOR, alert_level=Level.II)},
        {"monitor": replace(MONITOR, alert_score=45.1)},
        {"monitor": None},
        {"facts": replace(FACTS, exercise=True)},
        {"facts": replace(FACTS, merged_into="other")},
    ],
    ids=[
        "no level",
        "shadow",
        "off",
        "below its level",
        "below its score",
        "no monitor",
        "drill",
        "merged",
    ],
)
def test_nothing_fires_without_reason(changes):
    assert next_alert(None, occasion(**changes)) is None


def test_a_drill_fires_for_a_monitor_of_drills_and_says_so():
    drill = replace(MONITOR, exercise=True)
    box = next_alert(None, occasion(monitor=drill, facts=replace(FACTS, exercise=True)))
    assert box.alert.exercise
    assert box.alert.labels["exercise"] == "true"


def test_more_of_the_same_within_ten_seconds_is_no_new_version():
    box, more = firing(), replace(FACTS, document_count=9)
    assert next_alert(box, occasion(facts=more, minutes=0.1)) is box
    later = next_alert(box, occasion(facts=more, minutes=0.2))
    assert (later.alert.version, later.alert.document_count) == (2, 9)
    assert later.alert.correction is Correction.UNSPECIFIED


def test_nothing_new_is_no_new_version():
    box = firing()
    assert next_alert(box, occasion(minutes=30)) is box


CORRECTIONS = {
    "regraded": ({"level": Level.II}, Correction.REGRADED),
    "withdrawn": ({"facts": replace(FACTS, withdrawals=1)}, Correction.SOURCE_WITHDRAWN),
    "edited": ({"facts": replace(FACTS, edits=1), "minutes": 1}, Correction.SOURCE_EDITED),
}


@pytest.mark.parametrize(("changes", "correction"), CORRECTIONS.values(), ids=CORRECTIONS)
def test_a_correction_is_a_new_version_with_its_reason(changes, correction):
    after = next_alert(firing(), occasion(**changes))
    assert (after.alert.version, after.alert.correction) == (2, correction)
    assert after.alert.state is AlertState.FIRING


ENDS = {
    "calm": ({"level": Level.NONE}, Correction.UNSPECIFIED),
    "merged": ({"facts": replace(FACTS, merged_into="other")}, Correction.MERGED),
    "withdrawn": (
        {"level": Level.NONE, "facts": replace(FACTS, withdrawals=3)},
        Correction.SOURCE_WITHDRAWN,
    ),
    "monitor gone": ({"monitor": None}, Correction.UNSPECIFIED),
    "monitor in shadow": (
        {"monitor": replace(MONITOR, state=MonitorState.SHADOW)},
        Correction.UNSPECIFIED,
    ),
}


@pytest.mark.parametrize(("changes", "correction"), ENDS.values(), ids=ENDS)
def test_an_alert_that_ends_is_resolved_with_its_reason(changes, correction):
    after = next_alert(firing(), occasion(minutes=7, **changes))
    assert (after.alert.state, after.alert.correction) == (AlertState.RESOLVED, correction)
    assert after.alert.version == 2
    assert after.alert.end_time == NOW + timedelta(minutes=7)


def test_a_resolved_alert_stays_as_it_is_until_it_fires_again():
    box = next_alert(firing(), occasion(Level.NONE, minutes=5))
    assert next_alert(box, occasion(Level.NONE, minutes=9)) is box
    again = next_alert(box, occasion(Level.IV, minutes=12))
    assert (again.alert.state, again.alert.version) == (AlertState.FIRING, 3)
    assert again.alert.start_time == NOW + timedelta(minutes=12)
    assert again.alert.name == box.alert.name


def test_an_alert_is_the_same_after_it_was_stored():
    box = firing()
    assert AlertBox.from_record(box.to_record()) == box
