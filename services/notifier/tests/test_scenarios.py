"""Grouping in Alertmanager's manner: at second x an alert, between seconds y and z a notification."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from groundswell_core.alerts import AlertState
from groundswell_core.grades import Level

ROUTES = """
route:
  receiver: desk
  group_by: [monitor]
  group_wait: 5s
  group_interval: 30s
  repeat_interval: 2m
receivers:
- name: desk
  exercises: {exercises}
  webhook_configs:
  - {{url: "{url}", secret_file: "{secret}", send_resolved: {send_resolved}}}
"""


class Scenario:
    """A script: what comes in at which second, and what must go out between which."""

    def __init__(self, parts, sink):
        self.parts = parts
        self.sink = sink
        self.script = {}
        self.expected = []

    def at(self, second, *alerts, do=None):
        self.script.setdefault(second, []).append((alerts, do))

    def expect(self, first, last, reason, firing, resolved=0):
        self.expected.append((first, last, reason, firing, resolved))

    async def run(self, seconds):
        """Plays the script and compares."""
        sent = []
        for second in range(seconds + 1):
            for alerts, do in self.script.get(second, ()):
                await self.parts.take_in(*alerts)
                if do is not None:
                    await do()
            await self.parts.turn()
            for _, body in self.sink.requests:
                said = json.loads(body)
                sent.append((second, said["reason"], said["firing_count"], said["resolved_count"]))
            self.sink.requests.clear()
            await self.parts.clock.move(1)
        expected = iter(self.expected)
        for second, *said in sent:
            first, last, *wanted = next(expected, (0, 0, "nothing", sent))
            assert said == wanted, f"at {second}: {said}; all: {sent}"
            assert first <= second <= last, f"at {second}, expected {first} to {last}; all: {sent}"
        assert not list(expected), f"missing; sent were {sent}"


@pytest.fixture
async def scenario(make_parts, routes_file, sink, secret_file):
    async def make(exercises="false", send_resolved="true"):
        text = ROUTES.format(
            url=sink.url, secret=secret_file, exercises=exercises, send_resolved=send_resolved
        )
        return Scenario(await make_parts(routes_file(text)), sink)

    return make


def on(alert, **changes):
    """Returns an alert on which no clock in a script runs out."""
    made = alert(**changes) if not changes.get("story") else alert(changes.pop("story"), **changes)
    return replace(made, end_time=made.start_time + timedelta(days=1))


def later(alert, **changes):
    level = changes.pop("level", None)
    if level is not None:
        changes["grade"] = replace(alert.grade, level=level)
    return replace(alert, version=alert.version + 1, **changes)


async def test_a_group_waits_is_told_once_and_repeated(scenario, alert):
    script = await scenario()
    script.at(1, on(alert, story="a"))
    script.at(3, on(alert, story="b"))
    script.expect(6, 7, "first", 2)
    script.expect(126, 127, "repeat", 2)
    script.expect(246, 247, "repeat", 2)
    await script.run(300)


async def test_a_new_alert_of_the_same_level_waits_for_the_interval(scenario, alert):
    script = await scenario()
    script.at(0, on(alert, story="a"))
    script.at(8, on(alert, story="b"))
    script.at(20, on(alert, story="c"))
    script.expect(5, 6, "first", 1)
    script.expect(35, 36, "new_alerts", 3)
    await script.run(100)


async def test_a_level_that_rises_waits_for_group_wait_only(scenario, alert):
    script = await scenario()
    first = on(alert, story="a", level=Level.III)
    script.at(0, first)
    script.at(10, later(first, level=Level.I))
    script.expect(5, 6, "first", 1)
    script.expect(15, 16, "regraded", 1)
    await script.run(60)


async def test_a_level_that_falls_waits_for_the_interval(scenario, alert):
    script = await scenario()
    first = on(alert, story="a", level=Level.I)
    script.at(0, first)
    script.at(10, later(first, level=Level.III))
    script.expect(5, 6, "first", 1)
    script.expect(35, 36, "regraded", 1)
    await script.run(60)


async def test_something_more_serious_than_all_that_was_told_does_not_wait(scenario, alert):
    script = await scenario()
    script.at(0, on(alert, story="a", level=Level.III))
    script.at(10, on(alert, story="b", level=Level.I))
    script.expect(5, 6, "first", 1)
    script.expect(15, 16, "new_alerts", 2)
    await script.run(60)


async def test_the_all_clear_is_told_and_then_nothing_more(scenario, alert):
    script = await scenario()
    first = on(alert, story="a")
    script.at(0, first)
    script.at(10, later(first, state=AlertState.RESOLVED))
    script.expect(5, 6, "first", 1)
    script.expect(35, 36, "resolved", 0, 1)
    await script.run(400)
    assert await script.parts.database.collection("alert_groups").count({"x": None}) == 0


async def test_what_ends_before_it_was_told_is_never_told(scenario, alert):
    script = await scenario()
    first = on(alert, story="a")
    script.at(0, first)
    script.at(3, later(first, state=AlertState.RESOLVED))
    await script.run(60)


async def test_what_fires_again_after_the_all_clear_is_a_first_again(scenario, alert):
    script = await scenario()
    first = on(alert, story="a")
    ended = later(first, state=AlertState.RESOLVED)
    script.at(0, first)
    script.at(10, ended)
    script.at(60, later(ended, state=AlertState.FIRING))
    script.expect(5, 6, "first", 1)
    script.expect(35, 36, "resolved", 0, 1)
    script.expect(65, 66, "first", 1)
    await script.run(100)


async def test_acknowledging_ends_the_repeats_and_not_the_news(scenario, alert):
    script = await scenario()
    first = on(alert, story="a")

    async def acknowledge():
        await script.parts.book.acknowledge(first.name.removeprefix("alerts/"), "wang", "")

    script.at(0, first)
    script.at(20, do=acknowledge)
    script.at(200, later(first, level=Level.I))
    script.expect(5, 6, "first", 1)
    script.expect(205, 206, "regraded", 1)
    await script.run(400)


async def test_a_known_version_that_comes_again_and_again_tells_nothing_new(scenario, alert):
    script = await scenario()
    first = on(alert, story="a")
    for second in range(0, 100, 3):
        pushed = replace(first, end_time=first.end_time + timedelta(seconds=second))
        script.at(second, pushed)
    script.expect(5, 6, "first", 1)
    await script.run(100)
    assert await script.parts.logged() == [(1, "received"), (2, "notified")]


async def test_an_alert_that_nobody_pushes_forward_expires_and_its_return_is_told(scenario, alert):
    script = await scenario()
    await script.parts.duty.take_over()
    short = replace(alert("a"), end_time=alert("a").start_time + timedelta(seconds=150))
    script.at(0, short)
    back = replace(short, end_time=short.start_time + timedelta(days=1))
    script.at(200, back)
    script.expect(5, 6, "first", 1)
    script.expect(125, 126, "repeat", 1)
    script.expect(155, 157, "resolved", 0, 1)
    script.expect(205, 206, "first", 1)
    await script.run(300)


async def test_a_drill_stays_away_from_who_did_not_ask_and_real_alerts_do_not(scenario, alert):
    script = await scenario()
    script.at(0, on(alert, story="a", exercise=True), on(alert, story="b"))
    script.expect(5, 6, "first", 1)
    await script.run(60)
    kept = [one for one in await script.parts.notified() if one.exercise]
    assert [one.state.name for one in kept] == ["SUPPRESSED"]


async def test_a_drill_reaches_who_asked_apart_from_the_real_thing(scenario, alert):
    script = await scenario(exercises="true")
    script.at(0, on(alert, story="a", exercise=True), on(alert, story="b"))
    script.expect(5, 6, "first", 1)
    script.expect(5, 6, "first", 1)
    await script.run(60)


async def test_who_does_not_want_the_all_clear_does_not_get_it(scenario, alert):
    script = await scenario(send_resolved="false")
    first = on(alert, story="a")
    script.at(0, first)
    script.at(10, later(first, state=AlertState.RESOLVED))
    script.expect(5, 6, "first", 1)
    await script.run(60)
    assert [one.state.name for one in await script.parts.notified()] == [
        "DELIVERED",
        "SUPPRESSED",
    ]


async def test_timers_outlive_the_process_that_set_them(scenario, alert, make_parts):
    script = await scenario()
    script.at(0, on(alert, story="a"))
    await script.run(3)
    heir = Scenario(await make_parts(script.parts.settings.routes_file), script.sink)
    heir.expect(1, 2, "first", 1)
    await heir.run(10)
