"""Alerts to incidents, as plain decisions."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from groundswell_coordinator.changes import TIMELINE_LENGTH, Act, closed, noted
from groundswell_coordinator.opening import Case, joined, opened
from groundswell_coordinator.rules import SERIOUS, Rule, lead_of, rule_for
from groundswell_core.alerts import AlertState
from groundswell_core.departments import Department
from groundswell_core.grades import Level
from groundswell_core.incidents import CloseReason, IncidentState
from groundswell_core.labels import parse_matchers

RULE = SERIOUS.rules[0]
START = datetime(2026, 1, 5, 8, tzinfo=UTC)


def at(minutes: float) -> Act:
    return Act("coordinator", START + timedelta(minutes=minutes))


def close(case: Case) -> Case:
    done = closed(case.incident, at(50), CloseReason.RESOLVED, "done")
    return replace(case, incident=done)


def events(case: Case) -> list[str]:
    return [entry.event for entry in case.incident.timeline]


def next_version(alert, **changes):
    level = changes.pop("level", None)
    if level is not None:
        changes["grade"] = replace(alert.grade, level=level)
        changes["labels"] = {**alert.labels, "level": level.name}
    return replace(alert, version=alert.version + 1, **changes)


def test_an_alert_that_matches_a_rule_opens_an_incident_that_says_why(alert):
    case = opened(alert(), RULE, "departments/health", at(0))
    assert case.incident.opened_by == "rule serious"
    assert case.incident.level is Level.II
    assert case.incident.state is IncidentState.NEW
    assert events(case) == ["opened", "alert_raised"]


def test_the_same_story_has_the_same_id_and_an_exercise_has_another(alert):
    real, again = opened(alert(), RULE, "", at(0)), opened(alert(), RULE, "", at(9))
    drill = opened(alert(exercise=True), RULE, "", at(0))
    assert real.incident.name == again.incident.name != drill.incident.name
    assert drill.incident.exercise


def test_a_second_alert_of_the_story_joins_and_the_highest_level_counts(alert):
    case = opened(alert(), RULE, "", at(0))
    other = alert(monitor="monitors/city", level=Level.I)
    case = joined(case, other, RULE, at(1))
    assert case.incident.alerts == (alert().name, other.name)
    assert (case.incident.level, case.incident.version) == (Level.I, 2)
    ended = next_version(other, state=AlertState.RESOLVED)
    assert joined(case, ended, RULE, at(2)).incident.level is Level.II


def test_versions_that_are_known_and_those_that_change_nothing_say_nothing(alert):
    case = opened(alert(), RULE, "", at(0))
    assert joined(case, alert(), RULE, at(1)) is None
    assert joined(case, next_version(alert(), document_count=99), RULE, at(1)) is None
    later = joined(case, replace(next_version(alert(), level=Level.I), version=5), RULE, at(1))
    assert joined(later, next_version(alert(), level=Level.III), RULE, at(2)) is None


def test_the_level_stays_when_every_alert_has_ended(alert):
    case = opened(alert(), RULE, "", at(0))
    case = joined(case, next_version(alert(), state=AlertState.RESOLVED), RULE, at(1))
    assert (case.incident.level, events(case)[-1]) == (Level.II, "alert_resolved")


def test_a_second_wave_opens_a_closed_incident_again(alert):
    first = alert()
    ended = next_version(first, state=AlertState.RESOLVED)
    case = close(joined(opened(first, RULE, "", at(0)), ended, RULE, at(1)))
    case = joined(case, next_version(ended, state=AlertState.FIRING), RULE, at(90))
    assert case.incident.state is IncidentState.NEW
    assert (case.incident.reopen_count, case.incident.close_time) == (1, None)
    assert events(case)[-3:] == ["closed", "reopened", "alert_raised"]


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({"level": Level.III}, IncidentState.CLOSED),
        ({"level": Level.I}, IncidentState.NEW),
        ({"state": AlertState.RESOLVED}, IncidentState.CLOSED),
    ],
    ids=["goes on lower", "gets worse", "ends"],
)
def test_what_merely_goes_on_leaves_a_closed_incident_closed(alert, change, state):
    case = close(opened(alert(), RULE, "", at(0)))
    assert joined(case, next_version(alert(), **change), RULE, at(60)).incident.state is state


def test_an_alert_that_no_rule_wants_joins_but_opens_nothing_again(alert):
    case = close(opened(alert(), RULE, "", at(0)))
    small = alert(monitor="monitors/city", level=Level.IV)
    case = joined(case, small, rule_for((RULE,), small), at(60))
    assert case.incident.state is IncidentState.CLOSED
    assert small.name in case.incident.alerts


def test_the_timeline_is_capped_and_keeps_how_it_began(alert):
    incident = opened(alert(), RULE, "", at(0)).incident
    for number in range(TIMELINE_LENGTH + 50):
        incident = noted(incident, at(number), str(number))
    assert len(incident.timeline) == TIMELINE_LENGTH
    assert incident.timeline[0].event == "opened"
    assert incident.timeline[-1].text == str(TIMELINE_LENGTH + 49)


def test_the_rules_department_leads_before_the_labels_and_that_before_the_categorys(alert):
    departments = {
        f"departments/{name}": Department(name=f"departments/{name}", categories=categories)
        for name, categories in {"health": ("public_health",), "fire": (), "press": ()}.items()
    }
    own = Rule(name="own", matchers=parse_matchers(""), department="press")
    free = Rule(name="free", matchers=parse_matchers(""))
    sick = alert(labels={"department": "fire", "category": "public_health"})
    assert lead_of(own, sick, departments) == "departments/press"
    assert lead_of(free, sick, departments) == "departments/fire"
    unknown = replace(sick, labels={**sick.labels, "department": "nobody"})
    assert lead_of(free, unknown, departments) == "departments/health"
    assert lead_of(free, alert(), departments) == ""
