"""From documents served over HTTP to people who are told, over the real processes."""

import asyncio
import hashlib
import hmac
import itertools
import json
import time
from dataclasses import dataclass

import pytest
import pytest_asyncio
from harness.books import settle
from harness.watcher import Seen, watch

from groundswell.alert.v1 import alert_service_pb2, alert_service_pb2_grpc
from groundswell.grade.v1 import grade_pb2
from groundswell.incident.v1 import incident_service_pb2, incident_service_pb2_grpc
from groundswell_core.testing.pytest_plugin import poll

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

BAD_FEEDS = ()
DRILL = 12
TIMES = ("publish_time", "collect_time", "analyze_time", "story_time", "grade_time", "notify_time")
SERIOUS = {grade_pb2.LEVEL_I, grade_pb2.LEVEL_II}


@dataclass(frozen=True, slots=True)
class Watchers:
    """One that did not ask for drills, and one that did."""

    plain: Seen
    drills: Seen


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def watchers(running):
    over, pair = asyncio.Event(), Watchers(Seen(), Seen())
    address, signer = running.stack.address("notifier"), running.stack.signer()
    tasks = [
        asyncio.create_task(watch(address, signer, pair.plain, over)),
        asyncio.create_task(watch(address, signer, pair.drills, over, exercises=True)),
    ]
    yield pair
    over.set()
    await asyncio.gather(*tasks)


def grave(seen: Seen, head: str, *, exercise: bool = False):
    """Returns the alert of a story, by its words, once it is of level II or above."""
    for alert in seen.alerts.values():
        serious = alert.grade.level in SERIOUS and alert.exercise is exercise
        if serious and head in alert.headline:
            return alert
    return None


async def coverage_is_known(running, seen: Seen) -> None:
    """Publishes small stories until an alert tells of sources that were read."""
    numbers = itertools.count(1)

    def published_until_known() -> bool:
        running.publish_story(f"第{next(numbers)}琦琨琛试水厂", 3)
        return any(one.coverage.reported for one in seen.alerts.values())

    await poll(published_until_known, timeout=60, every=1.0)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def alert(running, watchers):
    """Publishes a grave story; gives the alert as the watcher sees it."""
    await coverage_is_known(running, watchers.plain)
    running.publish_story("鑫瑞祺化工厂", 60)
    return await poll(lambda: grave(watchers.plain, "鑫瑞祺化工厂"), timeout=60)


def sent_to(running, receiver: str) -> list[tuple[dict, dict, bytes]]:
    """Returns header and body of each webhook to a receiver."""
    hooks = [(headers, json.loads(body), body) for _, headers, body in running.server.webhooks]
    return [hook for hook in hooks if hook[1]["receiver"] == receiver]


async def test_a_watcher_sees_what_is_said_how_serious_it_is_why_and_who_reported(alert):
    assert "鑫瑞祺化工厂爆炸" in alert.headline
    assert alert.grade.score >= 60
    assert {one.component for one in alert.grade.contributions} >= {"burst", "spread"}
    assert all(one.reason for one in alert.grade.contributions)
    assert alert.coverage.expected >= alert.coverage.reported > 0
    assert alert.labels["monitor"] == "everything"


async def test_every_step_left_its_time_in_order(running, alert, eventually):
    request = alert_service_pb2.GetAlertRequest(name=alert.name)
    async with running.channel("notifier") as channel:
        stub = alert_service_pb2_grpc.AlertServiceStub(channel)

        async def told():
            found = (await stub.GetAlert(request)).alert
            return found if found.HasField("notify_time") else None

        found = await eventually(told, timeout=30)
    kept = [getattr(found, name).ToDatetime() for name in TIMES[:-1]]
    assert all(found.HasField(name) for name in TIMES)
    assert kept == sorted(kept)
    # The first receiver may have accepted an earlier version of the alert.
    assert found.notify_time.ToDatetime() >= found.start_time.ToDatetime()


async def test_the_receiver_gets_the_same_alert_signed(running, alert, eventually):
    def hook():
        for headers, content, body in sent_to(running, "sink"):
            if alert.name in {one["name"] for one in content["alerts"]}:
                return headers, body
        return None

    headers, body = await eventually(hook, timeout=30)
    signed = headers["X-Groundswell-Timestamp"].encode() + b"." + body
    wanted = hmac.new(b"a secret that only tests know", signed, hashlib.sha256).hexdigest()
    assert hmac.compare_digest(headers["X-Groundswell-Signature"], f"v1={wanted}")


async def test_the_coordinator_opened_an_incident_for_it(running, alert, eventually):
    async with running.channel("coordinator") as channel:
        stub = incident_service_pb2_grpc.IncidentServiceStub(channel)

        async def opened():
            answer = await stub.ListIncidents(incident_service_pb2.ListIncidentsRequest())
            return [one for one in answer.incidents if alert.story in one.stories]

        [incident] = await eventually(opened, timeout=30)
    assert alert.name in incident.alerts
    assert incident.level in SERIOUS
    assert incident.opened_by == "rule serious"
    assert not incident.exercise


async def test_a_drill_reaches_only_who_asked_for_drills(running, watchers, alert, eventually):
    running.publish_story("柏榕榆演习化工厂", 40, feed=DRILL)
    drill = await eventually(
        lambda: [one for one in watchers.drills.alerts.values() if one.exercise], timeout=60
    )
    await eventually(lambda: sent_to(running, "drills"), timeout=30)
    # What is real and comes later has arrived: so a drill that leaks would have, too.
    running.publish_story("淳渊涛真实码头", 60)
    await eventually(
        lambda: any("淳渊涛" in one.headline for one in watchers.plain.alerts.values()), timeout=60
    )
    await eventually(
        lambda: any("淳渊涛" in str(hook) for hook in sent_to(running, "sink")), timeout=30
    )
    assert not [one for one in watchers.plain.alerts.values() if one.exercise]
    assert not [hook for hook in sent_to(running, "sink") if hook[1]["exercise"]]
    assert all(hook[1]["exercise"] for hook in sent_to(running, "drills"))
    assert {one.labels["exercise"] for one in drill} == {"true"}


async def test_every_service_ends_in_order_under_load_and_nothing_is_lost(running):
    pouring = asyncio.create_task(running.server.pour(30, 20))
    codes = {}
    for name in running.stack.names:
        started = time.monotonic()
        codes[name] = await running.stack.terminate(name)
        assert time.monotonic() - started < 30
        running.stack.start(name)
        await running.stack.wait_ready(name)
    await pouring
    assert codes == dict.fromkeys(running.stack.names, 0), running.stack.tail("collector")
    books = await settle(running.database, running.server, timeout=60)
    assert books.balance, books
