"""Alerts in: known versions, crashes between the steps, storms, two notifiers."""

from dataclasses import replace
from datetime import timedelta

import pytest

from groundswell_core.alerts import AlertState
from groundswell_core.errors import InvalidInput, NotFound, Stalled
from groundswell_core.grades import Level
from groundswell_notifier.book import AlertBook
from groundswell_notifier.dispatch import waves
from groundswell_notifier.groups import GroupStore
from groundswell_notifier.revisions import RevisionLog


class Crash(Exception):
    """The process ended here."""


def crashing(kind, method):
    """Returns a store of a kind that ends the process before, or after, one of its steps."""

    class Crashing(kind):
        is_after = False

    async def step(self, *arguments, **named):
        if self.is_after:
            await getattr(kind, method)(self, *arguments, **named)
        raise Crash(method)

    setattr(Crashing, method, step)
    return Crashing


STEPS = [
    (AlertBook, "book", "store"),
    (RevisionLog, "revisions", "append"),
    (GroupStore, "groups", "touch"),
    (AlertBook, "book", "logged"),
]


@pytest.mark.parametrize("is_after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("kind", "part", "method"), STEPS, ids=[step[2] for step in STEPS])
async def test_a_crash_at_any_step_is_healed_by_redelivery_once_and_without_a_gap(
    make_parts, alert, kind, part, method, is_after
):
    parts = await make_parts()
    broken = object.__new__(crashing(kind, method))
    broken.__dict__.update(getattr(parts, part).__dict__)
    broken.is_after = is_after
    dispatcher = parts.make_dispatcher(**{part: broken})
    batch = [(alert(f"s{number}"), parts.clock.now()) for number in range(5)]
    with pytest.raises(Crash):
        await dispatcher.dispatch(batch)
    heir = await make_parts()
    await heir.dispatcher.dispatch(batch)
    assert await heir.logged() == [(number, "received") for number in range(1, 6)]
    assert await heir.database.collection("alert_groups").count({}, limit=99) == 1
    assert not await heir.book.pending()


@pytest.mark.parametrize(("kind", "part", "method"), STEPS[1:], ids=[step[2] for step in STEPS[1:]])
async def test_what_is_stored_is_finished_without_redelivery(make_parts, alert, kind, part, method):
    parts = await make_parts()
    broken = object.__new__(crashing(kind, method))
    broken.__dict__.update(getattr(parts, part).__dict__)
    dispatcher = parts.make_dispatcher(**{part: broken})
    with pytest.raises(Crash):
        await dispatcher.dispatch([(alert(), parts.clock.now())])
    heir = await make_parts()
    await heir.duty.turn()
    assert await heir.logged() == [(1, "received")]


async def test_versions_that_are_known_are_passed_over(parts, alert):
    await parts.take_in(alert(version=3), alert(version=2), alert(version=3))
    assert await parts.logged() == [(1, "received")]


async def test_every_version_of_a_batch_is_logged_in_order(parts, alert):
    await parts.take_in(*(alert(version=number) for number in range(1, 6)))
    versions = [
        int(one.change.message_id.split(":")[1]) for one in await parts.revisions.read(0, 100)
    ]
    assert versions == [1, 2, 3, 4, 5]


async def test_what_people_did_outlives_new_versions_and_ends_with_the_episode(
    parts, alert, resolved
):
    first = alert(start_time=alert().start_time + timedelta(microseconds=123_456))
    identifier = first.name.removeprefix("alerts/")
    await parts.take_in(first)
    await parts.book.acknowledge(identifier, "$wang", "$set")
    ended = resolved(first, first.start_time)
    await parts.take_in(replace(first, version=2), replace(ended, version=3))
    assert (await parts.book.get(identifier)).alert.acknowledged_by == "$wang"
    again = replace(first, version=4, start_time=first.start_time + timedelta(hours=3))
    await parts.take_in(again)
    assert (await parts.book.get(identifier)).alert.acknowledge_time is None


async def test_an_acknowledgement_of_nothing_is_not_found(parts):
    with pytest.raises(NotFound):
        await parts.book.acknowledge("0000000000000000", "wang", "")


async def test_an_alert_holds_as_long_as_it_is_pushed_and_no_change_is_logged_for_that(
    parts, alert
):
    await parts.duty.take_over()
    first = replace(alert(), end_time=alert().start_time + timedelta(seconds=180))
    await parts.take_in(first)
    for _ in range(10):
        await parts.run_for(60, step=30)
        await parts.take_in(replace(first, end_time=parts.clock.now() + timedelta(seconds=180)))
    assert await parts.logged() == [(1, "received")]
    await parts.run_for(300, step=30)
    assert await parts.logged() == [(1, "received"), (2, "expired")]
    held = await parts.book.get(first.name.removeprefix("alerts/"))
    assert held.alert.state is AlertState.RESOLVED


async def test_an_alert_of_a_replayed_past_holds_for_its_lifetime_from_when_it_was_sent(
    parts, alert
):
    await parts.duty.take_over()
    past = parts.clock.now() - timedelta(days=900)
    await parts.take_in(alert(start_time=past, end_time=past + timedelta(minutes=3)))
    await parts.run_for(240, step=30)
    assert await parts.logged() == [(1, "received")]
    await parts.run_for(120, step=30)
    assert await parts.logged() == [(1, "received"), (2, "expired")]


async def test_nothing_expires_until_senders_had_time_to_speak_up_after_a_take_over(
    make_parts, alert
):
    parts = await make_parts()
    await parts.take_in(alert(end_time=parts.clock.now() + timedelta(seconds=60)))
    await parts.clock.move(3600)
    heir = await make_parts()
    await heir.duty.take_over()
    await heir.run_for(100, step=10)
    assert await heir.logged() == [(1, "received")]
    await heir.run_for(30, step=10)
    assert await heir.logged() == [(1, "received"), (2, "expired")]


async def test_what_expired_stays_so_when_its_last_version_comes_once_more(parts, alert):
    await parts.duty.take_over()
    first = alert(end_time=parts.clock.now() + timedelta(seconds=150, microseconds=77))
    sent_time = parts.clock.now()
    await parts.dispatcher.dispatch([(first, sent_time)])
    await parts.run_for(200, step=10)
    await parts.dispatcher.dispatch([(first, sent_time)])
    assert await parts.logged() == [(1, "received"), (2, "expired")]


async def test_a_storm_of_2000_alerts_is_logged_without_a_gap(parts, alert):
    batch = [alert(f"s{number}", level=Level.I) for number in range(2000)]
    for start in range(0, 2000, 200):
        await parts.take_in(*batch[start : start + 200])
    assert [rev for rev, _ in await parts.logged()] == list(range(1, 2001))
    assert await parts.database.collection("alert_groups").count({}, limit=99) == 1


async def test_a_notifier_that_slept_through_a_take_over_leaves(make_parts, alert):
    zombie, heir = await make_parts(), await make_parts()
    await zombie.take_in(alert("a"))
    await heir.take_in(alert("b"))
    with pytest.raises(Stalled):
        await zombie.take_in(alert("c"))
    await heir.take_in(alert("c"))
    assert await heir.logged() == [(1, "received"), (2, "received"), (3, "received")]


@pytest.mark.parametrize(
    "change",
    [{"name": "alerts/../x"}, {"name": "stories/x"}, {"version": 0}, {"state": AlertState(0)}],
    ids=["id", "collection", "version", "state"],
)
async def test_an_alert_that_can_be_none_is_refused(parts, alert, change):
    with pytest.raises(InvalidInput):
        await parts.take_in(alert(**change))


async def test_labels_cannot_make_a_drill_real(parts, alert):
    await parts.take_in(alert(exercise=True, labels={"exercise": "false"}))
    (held,) = await parts.book.find({})
    assert held.alert.labels["exercise"] == "true"


async def test_hostile_texts_are_stored_and_logged(parts, alert):
    odd = "$where \u202e<!here> @all\r\nBcc: x \U0001f525 ."
    await parts.take_in(alert(headline=odd, labels={"$a.b": odd, "": "x"}))
    (held,) = await parts.book.find({})
    assert held.alert.headline == odd
    assert held.alert.labels["$a.b"] == odd


def test_waves_hold_each_alert_once_and_keep_the_order_of_its_versions(alert):
    now = alert().start_time
    one, two = alert("a"), alert("b")
    batch = [(one, now), (two, now), (replace(one, version=2), now)]
    assert waves(batch) == [[(one, now), (two, now)], [(replace(one, version=2), now)]]


async def test_firing_alerts_move_to_the_groups_of_a_new_routing_tree(
    make_parts, alert, routes_file
):
    text = "route: {{receiver: a, group_by: [{by}]}}\nreceivers: [{{name: a}}]\n"
    parts = await make_parts(routes_file(text.format(by="monitor")))
    await parts.take_in(alert("a"), alert("b"))
    routes_file(text.format(by="level, monitor"))
    assert await parts.routes.reload()
    assert await parts.dispatcher.reroute() == 2
    assert await parts.dispatcher.reroute() == 0
    held = await parts.book.find({})
    assert {one.groups for one in held} == {parts.dispatcher.groups_of(alert())}
