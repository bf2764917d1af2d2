"""The whole notifier on real servers: alerts in by Kafka, out by stream, list and webhook."""

import asyncio
import hmac
import json
from contextlib import asynccontextmanager
from dataclasses import replace

import grpc
import pytest

from groundswell.alert.v1 import alert_service_pb2 as pb
from groundswell.alert.v1.alert_service_pb2_grpc import AlertServiceStub
from groundswell_core.alerts import ALERTS, AlertState
from groundswell_core.clock import SystemClock
from groundswell_core.grades import Level
from groundswell_core.kafka import Producer
from groundswell_core.tokens import Role
from groundswell_core.topics import ALERTS as TOPIC

ROUTES = """
route:
  receiver: hook
  group_wait: 1s
  group_interval: 1s
receivers:
- name: hook
  webhook_configs:
  - {url: "%s", secret_file: "%s"}
"""


@asynccontextmanager
async def client(service):
    async with grpc.aio.insecure_channel(f"127.0.0.1:{service.server.port}") as channel:
        yield AlertServiceStub(channel)


@pytest.fixture
async def publish(kafka):
    async with Producer(kafka, [TOPIC]) as producer:

        async def send(*alerts):
            await producer.send_all(TOPIC, [(one.name, ALERTS.to_bytes(one)) for one in alerts])

        yield send


@pytest.fixture
def fresh(alert):
    def make(story, **changes):
        return alert(story, SystemClock().now(), **changes)

    return make


async def test_one_alert_reaches_stream_list_and_webhook(
    run_notifier, publish, fresh, keys, sink, routes_file, secret_file, eventually
):
    routes = routes_file(ROUTES % (sink.url, secret_file))
    metadata = keys.metadata("notifier", Role.DUTY_OFFICER, subject="wang")
    async with run_notifier(routes_file=routes) as service, client(service) as stub:
        call = stub.WatchAlerts(pb.WatchAlertsRequest(), metadata=metadata)
        assert (await call.read()).WhichOneof("change") == "snapshot_end"
        sent = fresh("one")
        await publish(sent)
        seen = await call.read()
        assert (seen.event.alert.headline, seen.revision) == (sent.headline, 1)

        listed = await stub.ListAlerts(pb.ListAlertsRequest(), metadata=metadata)
        assert [one.name for one in listed.alerts] == [sent.name]

        headers, body = (await eventually(lambda: sink.requests))[0]
        content = json.loads(body)
        assert content["alerts"][0]["name"] == sent.name
        signed = headers["X-Groundswell-Timestamp"].encode() + b"." + body
        expected = hmac.new(b"not-so-secret", signed, "sha256").hexdigest()
        assert headers["X-Groundswell-Signature"] == f"v1={expected}"
        assert content["name"] == f"notifications/{headers['Idempotency-Key']}"

        notified = await call.read()
        assert notified.event.alert.HasField("notify_time")

        request = pb.AcknowledgeAlertRequest(name=sent.name, comment="$looking")
        first = await stub.AcknowledgeAlert(request, metadata=metadata)
        assert first.alert.acknowledged_by == "wang"
        other = keys.metadata("notifier", Role.DUTY_OFFICER, subject="li")
        assert await stub.AcknowledgeAlert(request, metadata=other) == first
        acknowledged = await call.read()
        assert acknowledged.event.alert.acknowledged_by == "wang"
        assert acknowledged.revision == 3
        call.cancel()


async def test_a_bad_record_is_put_aside_and_the_good_one_beside_it_goes_through(
    run_notifier, publish, fresh, keys, kafka, eventually
):
    good = fresh("four")
    async with run_notifier() as service, client(service) as stub, Producer(kafka) as producer:
        await producer.send(TOPIC, "x", b"\xff\xff\xff")
        await publish(replace(good, name="no/name"), good)

        async def arrived():
            answer = await stub.ListAlerts(
                pb.ListAlertsRequest(story=good.story), metadata=keys.metadata("notifier")
            )
            return [one.name for one in answer.alerts]

        assert await eventually(arrived) == [good.name]


async def test_a_list_is_sorted_filtered_and_paged(run_notifier, publish, fresh, keys, eventually):
    metadata = keys.metadata("notifier")
    alerts = [
        fresh("p1", monitor="monitors/paged", level=Level.III),
        fresh("p2", monitor="monitors/paged", level=Level.I),
        fresh("p3", monitor="monitors/paged", level=Level.II, exercise=True),
        fresh("p4", monitor="monitors/paged", level=Level.I, state=AlertState.RESOLVED),
        fresh("p5", monitor="monitors/paged", level=Level.IV),
    ]
    async with run_notifier() as service, client(service) as stub:
        await publish(*alerts)

        async def stories(**filters):
            request = pb.ListAlertsRequest(monitor="monitors/paged", **filters)
            found, size = [], filters.get("page_size", 50)
            while True:
                page = await stub.ListAlerts(request, metadata=metadata)
                assert len(page.alerts) <= size
                found += [one.story.removeprefix("stories/") for one in page.alerts]
                if not page.next_page_token:
                    return found
                request.page_token = page.next_page_token

        async def complete():
            return len(await stories(include_exercises=True)) == 5

        await eventually(complete)
        assert await stories() == ["p2", "p1", "p5", "p4"]
        assert await stories(page_size=2) == ["p2", "p1", "p5", "p4"]
        assert await stories(include_exercises=True) == ["p2", "p3", "p1", "p5", "p4"]
        assert await stories(state=1, minimum_level=int(Level.III)) == ["p2", "p1"]
        assert await stories(story="stories/p5") == ["p5"]
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.ListAlerts(pb.ListAlertsRequest(page_token="zz"), metadata=metadata)
        assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT


async def test_another_departments_alert_is_not_there(
    run_notifier, publish, fresh, keys, eventually
):
    ours = fresh("d1", monitor="monitors/d", labels={"department": "health"})
    theirs = fresh("d2", monitor="monitors/d", labels={"department": "traffic"})
    metadata = keys.metadata("notifier", Role.DUTY_OFFICER, department="health")
    async with run_notifier() as service, client(service) as stub:
        await publish(ours, theirs)

        async def listed():
            answer = await stub.ListAlerts(
                pb.ListAlertsRequest(monitor="monitors/d"), metadata=metadata
            )
            return [one.name for one in answer.alerts]

        assert await eventually(listed) == [ours.name]
        for call in (
            stub.GetAlert(pb.GetAlertRequest(name=theirs.name), metadata=metadata),
            stub.AcknowledgeAlert(pb.AcknowledgeAlertRequest(name=theirs.name), metadata=metadata),
            stub.GetAlert(pb.GetAlertRequest(name="alerts/0000000000000000"), metadata=metadata),
        ):
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await call
            assert caught.value.code() is grpc.StatusCode.NOT_FOUND


async def test_the_service_stops_within_seconds_and_says_so_to_its_streams(run_notifier, keys):
    async with run_notifier() as service, client(service) as stub:
        call = stub.WatchAlerts(pb.WatchAlertsRequest(), metadata=keys.metadata("notifier"))
        while not (await call.read()).HasField("snapshot_end"):
            pass
        service.stopping.set()
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await asyncio.wait_for(_read_to_the_end(call), 10)
        assert caught.value.code() is grpc.StatusCode.UNAVAILABLE


async def _read_to_the_end(call):
    while await call.read() is not grpc.aio.EOF:
        pass
