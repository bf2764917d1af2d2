"""The routing tree: what it matches, what it refuses, and how it is reloaded."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell_core.errors import InvalidInput
from groundswell_notifier import routes_command
from groundswell_notifier.metrics import ROUTES_GOOD
from groundswell_notifier.routes import Routes
from groundswell_notifier.routes_file import SILENT, parse_duration, read_routes
from groundswell_notifier.routing import build, group_key
from groundswell_notifier.settings import NotifierSettings, Settings

TREE = """
route:
  receiver: default
  group_by: [monitor]
  group_wait: 7s
  routes:
  - matchers: ['level=~"I|II"']
    receiver: duty
    continue: true
    routes:
    - matchers: 'department="health", category!=rumour'
      receiver: health
      group_wait: 1s
  - matchers: [department=~"health|traffic"]
    receiver: departments
    group_by: ['...']
  - matchers: [level=I]
    receiver: never-reached-by-health
receivers:
- name: default
- name: duty
- name: health
- name: departments
- name: never-reached-by-health
"""
BASE = "receivers: [{name: a}]\n"


@pytest.fixture
def tree(routes_file):
    return build(read_routes(routes_file(TREE)))


@pytest.mark.parametrize(
    ("labels", "receivers"),
    [
        ({}, ["default"]),
        ({"level": "IV"}, ["default"]),
        ({"level": "I"}, ["duty", "never-reached-by-health"]),
        ({"level": "II", "department": "health"}, ["health", "departments"]),
        ({"level": "II", "department": "health", "category": "rumour"}, ["duty", "departments"]),
        ({"level": "I", "department": "health"}, ["health", "departments"]),
        ({"level": "III", "department": "traffic"}, ["departments"]),
    ],
    ids=str,
)
def test_an_alert_takes_the_deepest_routes_in_order(tree, labels, receivers):
    assert [route.receiver for route in tree.match(labels)] == receivers


def test_a_route_inherits_what_it_does_not_say_and_knows_its_path(tree):
    (health, _) = tree.match({"level": "I", "department": "health"})
    assert health.group_by == ("monitor",)
    assert health.group_wait.total_seconds() == 1
    assert health.repeat_interval.total_seconds() == 4 * 3600
    assert health.path == ('root > level=~"I|II" > department="health",category!="rumour"')


labels = st.dictionaries(
    st.sampled_from(["level", "department", "category", "monitor"]),
    st.sampled_from(["I", "II", "IV", "health", "traffic", "rumour", ""]),
)


@given(labels)
def test_every_alert_reaches_somebody_and_its_group_key_is_stable(labels):
    tree = build(SILENT)
    found = tree.match(labels)
    assert found
    shuffled = dict(reversed(labels.items()))
    assert group_key(found[0], labels, exercise=False) == group_key(
        found[0], shuffled, exercise=False
    )
    assert group_key(found[0], labels, exercise=False) != group_key(found[0], labels, exercise=True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (BASE + "route: {}", "routes.yaml:1: the file: route has no receiver"),
        (BASE, "routes.yaml:1: route: this key is missing"),
        ("route: {receiver: a}", "receivers: this key is missing"),
        ("route: {receiver: a}\nreceivers: []", "routes.yaml:2: receivers: Tuple should have"),
        (BASE + "route: {receiver: b}", 'names the receiver "b"'),
        (BASE + "route:\n  receiver: a\n  recever: b", "routes.yaml:4: route.recever: no such key"),
        (BASE + "route: {receiver: a, matchers: [x=1]}", "the outermost route takes every alert"),
        (
            BASE + "route:\n  receiver: a\n  routes:\n  - matchers: ['level~I']",
            "routes.yaml:5: route.routes.0.matchers: no matcher can be read",
        ),
        (
            BASE + "route:\n  receiver: a\n  routes:\n  - matchers: ['x=~\"(\"']",
            "is no regular expression",
        ),
        (
            BASE + "route:\n  receiver: a\n  group_wait: soon",
            'routes.yaml:4: route.group_wait: "soon"',
        ),
        (BASE + "route: {receiver: a, repeat_interval: 90d}", "must be between 1m and 30d"),
        (BASE + "route: {receiver: a, group_interval: 0s}", "longer than 0s"),
        ("route: {receiver: a}\nreceivers: [{name: a}, {name: a}]", "receivers named twice: a"),
        (
            "route: {receiver: a}\nreceivers:\n- name: a\n  webhook_configs:\n  - url: https://x",
            "routes.yaml:5: receivers.0.webhook_configs.0: needs exactly one of secret_file",
        ),
        (
            (
                "route: {receiver: a}\nreceivers:\n- name: a\n  email_configs:\n"
                "  - {to: [a@b], from: c@d, host: h, username: u, password: hush}"
            ),
            "email_configs.0.password: no such key here",
        ),
        (
            (
                "route: {receiver: a}\nreceivers:\n- name: a\n  email_configs:\n"
                "  - {to: [a@b], from: c@d, host: h, username: u, password_env: P, security: none}"
            ),
            "a password is not sent in clear",
        ),
        ("route: [", "no YAML"),
    ],
)
def test_a_bad_tree_is_refused_with_file_line_key_and_cure(routes_file, text, said):
    path = routes_file("")
    path.write_text(text)
    with pytest.raises(InvalidInput) as caught:
        read_routes(path)
    assert said in caught.value.message
    assert "hush" not in caught.value.message
    assert str(path.parent) not in caught.value.message


@pytest.mark.parametrize(
    ("text", "seconds"), [("30s", 30), ("5m", 300), ("1h30m", 5400), ("2d", 172800), ("0.5s", 0.5)]
)
def test_durations_are_read_as_people_write_them(text, seconds):
    assert parse_duration(text).total_seconds() == seconds


@pytest.mark.parametrize("text", ["", "5", "5 m", "m5", "-5m", 5, None])
def test_what_is_no_duration_is_refused_with_the_cure(text):
    with pytest.raises(ValueError, match="write it like 30s"):
        parse_duration(text)


async def test_a_good_file_is_taken_over_and_a_bad_one_leaves_the_old_in_force(routes_file):
    path = routes_file("route: {receiver: a}\nreceivers: [{name: a}]")
    routes = Routes(NotifierSettings(routes_file=path))
    assert not await routes.reload()
    routes_file("route: {receiver: b}\nreceivers: [{name: b}]")
    assert await routes.reload()
    assert routes.tree.receiver == "b"
    routes_file("route: {receiver: c}\nreceivers: [{name: hush}]")
    assert not await routes.reload()
    assert (routes.tree.receiver, ROUTES_GOOD._value.get()) == ("b", 0)
    path.unlink()
    assert not await routes.reload()
    assert routes.tree.receiver == "b"
    routes_file("route: {receiver: d}\nreceivers: [{name: d}]")
    assert await routes.reload()
    assert (routes.tree.receiver, ROUTES_GOOD._value.get()) == ("d", 1)


def test_a_first_start_with_a_bad_file_is_refused(routes_file):
    with pytest.raises(InvalidInput):
        Routes(NotifierSettings(routes_file=routes_file("route: {}")))


def test_the_command_tells_where_an_alert_goes_and_why(routes_file, capsys):
    settings = Settings(notifier=NotifierSettings(routes_file=routes_file(TREE)))
    arguments = ["test", "--labels", "level=II,department=health"]
    assert routes_command.main(arguments, settings) == 0
    said = capsys.readouterr().out
    assert said.startswith("health\n")
    assert 'root > level=~"I|II" > department="health"' in said
    assert "departments\n" in said


def test_the_command_refuses_labels_that_are_none(routes_file, capsys):
    settings = Settings(notifier=NotifierSettings(routes_file=routes_file(TREE)))
    assert routes_command.main(["test", "--labels", "level"], settings) == 2
    assert "write name=value" in capsys.readouterr().err


def test_the_file_of_the_repository_is_good(capsys):
    path = Path(__file__).parents[3] / "config/routes.yaml"
    assert routes_command.main(["check", "--file", str(path)], Settings()) == 0
    assert "good" in capsys.readouterr().out
