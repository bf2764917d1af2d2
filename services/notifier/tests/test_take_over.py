"""Two notifiers on one group: a module, and so a broker, of its own.

The embedded broker forgets to choose a new leader when all members of a group have left, so that
nobody can join after this test.
"""

import grpc

from groundswell.alert.v1 import alert_service_pb2 as pb
from groundswell.alert.v1.alert_service_pb2_grpc import AlertServiceStub
from groundswell_core.alerts import ALERTS
from groundswell_core.kafka import Producer
from groundswell_core.topics import ALERTS as TOPIC


async def test_a_standby_streams_and_takes_over_when_the_active_one_stops(
    run_notifier, alert, kafka, keys
):
    first, second = alert("first"), alert("second")
    async with (
        Producer(kafka, [TOPIC]) as producer,
        run_notifier() as standby,
        grpc.aio.insecure_channel(f"127.0.0.1:{standby.server.port}") as channel,
    ):
        call = AlertServiceStub(channel).WatchAlerts(
            pb.WatchAlertsRequest(), metadata=keys.metadata("notifier")
        )
        assert (await call.read()).HasField("snapshot_end")
        async with run_notifier():
            await producer.send(TOPIC, first.name, ALERTS.to_bytes(first))
            assert (await next_event(call)).alert.name == first.name
        await producer.send(TOPIC, second.name, ALERTS.to_bytes(second))
        assert (await next_event(call)).alert.name == second.name
        call.cancel()


async def next_event(call):
    while not (response := await call.read()).HasField("event"):
        pass
    return response.event
