"""From the notification log to receivers: retries, giving up, crashes, and slow receivers."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest

from groundswell_core.alerts import NotificationState
from groundswell_core.grades import Level
from groundswell_core.retry import RetryPolicy
from groundswell_notifier.metrics import EXHAUSTED
from groundswell_notifier.receivers.waiting import retry_after

ROUTES = """
route:
  receiver: desk
  group_wait: 0s
  repeat_interval: 7d
receivers:
- name: desk
  webhook_configs:
  - {{url: "{url}", secret_file: "{secret}"}}
"""


@pytest.fixture
async def sending(make_parts, routes_file, sink, secret_file):
    """Gives a notifier whose only receiver is the sink; waits are never jittered."""
    parts = await make_parts(routes_file(ROUTES.format(url=sink.url, secret=secret_file)))
    parts.delivery._policy = RetryPolicy(
        initial_interval=1.0, maximum_interval=300.0, jitter=lambda low, high: high
    )
    return parts


async def test_a_receiver_that_fails_is_tried_again_with_the_same_key(sending, sink, alert):
    sink.answers = [(500, {}), (429, {"Retry-After": "7"}), (408, {}), (200, {})]
    await sending.take_in(alert())
    times, begin = [], sending.clock.now()
    for _ in range(40):
        await sending.turn()
        while len(times) < len(sink.requests):
            times.append((sending.clock.now() - begin).total_seconds())
        await sending.clock.move(1)
    assert times == [0, 1, 8, 12]
    assert len({headers["Idempotency-Key"] for headers, _ in sink.requests}) == 1
    assert len({json.loads(body)["name"] for _, body in sink.requests}) == 1
    (one,) = await sending.notified()
    assert (one.state, one.attempts) == (NotificationState.DELIVERED, 4)


@pytest.mark.parametrize("status", [301, 400, 401, 404, 410, 422])
async def test_a_refusal_is_final_and_is_an_alarm(sending, sink, alert, status):
    before = EXHAUSTED.labels("desk")._value.get()
    sink.answers = [(status, {"Location": sink.url})]
    await sending.take_in(alert())
    await sending.run_for(30)
    assert len(sink.requests) == 1
    (one,) = await sending.notified()
    assert one.state is NotificationState.EXHAUSTED
    assert str(status) in one.last_error
    assert EXHAUSTED.labels("desk")._value.get() == before + 1


@pytest.mark.parametrize(
    ("level", "hours"), [(Level.I, 4.0), (Level.II, 4.0), (Level.III, 1.0)], ids=["I", "II", "III"]
)
async def test_a_receiver_that_is_down_is_tried_for_hours_before_it_is_given_up(
    sending, sink, alert, level, hours
):
    sink.answers = [(503, {})] * 500
    await sending.take_in(alert(level=level, end_time=alert().start_time + timedelta(days=9)))
    begin = sending.clock.now()
    await sending.turn()
    await sending.run_for(hours * 3600 - 1, step=59)
    (one,) = await sending.notified()
    assert one.state is NotificationState.PENDING
    await sending.run_for(900, step=59)
    (one,) = await sending.notified()
    assert one.state is NotificationState.EXHAUSTED
    assert one.attempts > 8
    assert one.create_time == begin


async def test_a_crash_between_sending_and_writing_it_down_sends_again_with_the_same_key(
    sending, sink, alert, make_parts
):
    async def end_here(*_):
        raise asyncio.CancelledError

    await sending.take_in(alert())
    sending.notifications.finish = end_here
    await sending.duty.turn()
    await asyncio.wait(sending.delivery._tasks)
    heir = await make_parts(sending.settings.routes_file)
    await heir.run_for(60)
    assert len(sink.requests) == 2
    assert len({headers["Idempotency-Key"] for headers, _ in sink.requests}) == 1


async def test_a_crash_between_the_decision_and_its_record_decides_the_same_again(
    sending, sink, alert, make_parts
):
    class Crash(Exception):
        pass

    async def end_here(*_):
        raise Crash

    await sending.take_in(alert())
    sending.groups.settle = end_here
    with pytest.raises(Crash):
        await sending.duty.turn()
    heir = await make_parts(sending.settings.routes_file)
    await heir.run_for(90)
    assert len(await heir.notified()) == 1
    assert len(sink.requests) == 1


async def test_a_receiver_that_hangs_delays_no_other(
    make_parts, routes_file, sink, secret_file, alert
):
    sink.hold = asyncio.Event()
    text = f"""
    route:
      receiver: quick
      routes:
      - {{receiver: stuck, group_wait: 0s, group_by: [story], continue: true}}
      - {{receiver: quick, group_wait: 0s, group_by: [story]}}
    receivers:
    - name: stuck
      webhook_configs:
      - {{url: "{sink.url}/stuck", secret_file: "{secret_file}"}}
    - name: quick
    """
    parts = await make_parts(routes_file(text), sends=8, sends_per_receiver=2, send_timeout=5.0)
    await parts.take_in(*(alert(f"s{number}") for number in range(20)))
    await parts.duty.turn()
    assert len(parts.delivery._tasks) == 2
    sink.hold.set()
    await parts.run_for(20)
    assert len({headers["Idempotency-Key"] for headers, _ in sink.requests}) == 20


async def test_a_quick_receiver_gets_what_is_due_in_far_fewer_turns_than_it_has_room_for(
    make_parts, routes_file, sink, secret_file, alert
):
    text = ROUTES.replace("group_wait: 0s", "group_wait: 0s\n  group_by: [story]")
    routes = routes_file(text.format(url=sink.url, secret=secret_file))
    parts = await make_parts(routes, sends_per_receiver=4)
    await parts.take_in(*(alert(f"s{number}") for number in range(60)))
    turns = 0
    while len({headers["Idempotency-Key"] for headers, _ in sink.requests}) < 60:
        await parts.turn()
        turns += 1
    assert turns < 60 / 4  # 4 at once would make it 15


async def test_a_receiver_that_accepts_and_never_answers_is_given_up_on_in_time(
    make_parts, routes_file, sink, secret_file, alert
):
    sink.hold = asyncio.Event()
    routes = routes_file(ROUTES.format(url=sink.url, secret=secret_file))
    parts = await make_parts(routes, send_timeout=0.2)
    await parts.take_in(alert())
    await parts.turn()
    (one,) = await parts.notified()
    assert (one.state, one.attempts) == (NotificationState.PENDING, 1)
    assert "does not answer" in one.last_error


async def test_the_first_delivery_sets_the_alerts_notify_time_once(sending, sink, alert):
    first = alert()
    await sending.take_in(first)
    await sending.turn()
    held = await sending.book.get(first.name.removeprefix("alerts/"))
    assert held.alert.notify_time == sending.clock.now()
    await sending.run_for(3)
    assert await sending.logged() == [(1, "received"), (2, "notified")]


async def test_a_receiver_that_left_the_tree_is_not_waited_for(sending, sink, alert, routes_file):
    sink.answers = [(503, {})]
    await sending.take_in(alert())
    await sending.turn()
    routes_file("route: {receiver: other}\nreceivers: [{name: other}]\n")
    await sending.routes.reload()
    await sending.run_for(5)
    (one,) = await sending.notified()
    assert one.state is NotificationState.EXHAUSTED


async def test_a_storm_is_one_notification_that_names_every_alert(sending, sink, alert):
    for start in range(0, 1000, 200):
        await sending.dispatcher.dispatch(
            [(alert(f"s{number}"), sending.clock.now()) for number in range(start, start + 200)]
        )
    await sending.turn()
    (one,) = await sending.notified()
    assert len(one.alerts) == 1000
    said = json.loads(sink.requests[0][1])
    assert (said["firing_count"], len(said["alerts"])) == (1000, 50)
    assert "more" in said["text"]


NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("5", 5.0),
        ("99999", 180.0),
        ("Mon, 05 Jan 2026 08:01:00 GMT", 60.0),
        ("Mon, 05 Jan 2026 07:00:00 GMT", 0.0),
        ("soon", None),
        ("-1", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_date_and_capped(header, seconds):
    assert retry_after(header, NOW) == seconds
