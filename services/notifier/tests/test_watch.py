"""WatchAlerts on a real server: order, resume, bookmarks, cut-off, and who may see what."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import grpc
import pytest

from groundswell.alert.v1 import alert_service_pb2 as pb
from groundswell.alert.v1.alert_service_pb2_grpc import (
    AlertServiceStub,
    add_AlertServiceServicer_to_server,
)
from groundswell_core.alerts import AlertState
from groundswell_core.grades import Level
from groundswell_core.metrics import RPC_STREAMS
from groundswell_core.rpc import serve, translate
from groundswell_core.service import Heartbeat
from groundswell_core.settings import RpcSettings, TlsSettings
from groundswell_core.tokens import Role
from groundswell_notifier.follower import Follower
from groundswell_notifier.resume_tokens import ResumeTokens
from groundswell_notifier.service import AlertService
from groundswell_notifier.settings import WatchSettings
from groundswell_notifier.watch import Watch


class _Stopping:
    """What a follower needs of a service."""

    def __init__(self):
        self.stopping = asyncio.Event()


class Desk:
    """A stream server over a notifier in parts, and what a test asks of it."""

    def __init__(self, parts, keys, port):
        self.parts = parts
        self.keys = keys
        self.address = f"127.0.0.1:{port}"
        self.channels = []

    def watch(self, token=b"", *, metadata=None, options=(), **request):
        channel = grpc.aio.insecure_channel(self.address, options)
        self.channels.append(channel)
        return AlertServiceStub(channel).WatchAlerts(
            pb.WatchAlertsRequest(resume_token=token, **request),
            metadata=metadata or self.keys.metadata("notifier"),
        )

    async def started(self, token=b"", **request):
        """Returns a stream whose snapshot has been read, and the snapshot."""
        call, seen = self.watch(token, **request), []
        while not (response := await call.read()).HasField("snapshot_end"):
            seen.append(response)
        return call, seen, response

    async def events(self, call, count):
        """Returns the next changes, bookmarks passed over."""
        seen = []
        async with asyncio.timeout(20):
            while len(seen) < count:
                response = await call.read()
                assert response is not grpc.aio.EOF
                if response.HasField("event"):
                    seen.append(response)
        return seen


@asynccontextmanager
async def serving(parts, keys, watch_settings, write_timeout=10.0):
    clock = asyncio.get_running_loop()

    class Real:
        def monotonic(self):
            return clock.time()

    service = _Stopping()
    follower = Follower(parts.revisions, watch_settings, Real())
    watch = Watch(
        revisions=parts.revisions,
        book=parts.book,
        follower=follower,
        tokens=ResumeTokens(b"secret"),
        settings=watch_settings,
        clock=Real(),
    )
    alerts = AlertService(
        book=parts.book, notifications=parts.notifications, routes=parts.routes, watch=watch
    )
    running = asyncio.create_task(follower.run(service, Heartbeat()))
    servicer = (
        add_AlertServiceServicer_to_server,
        alerts,
        "groundswell.alert.v1.AlertService",
    )
    settings = RpcSettings(port=0, write_timeout=write_timeout, stop_grace=0.5)
    verifier = keys.verifier("notifier")
    async with serve(settings, [servicer], verifier=verifier, tls=TlsSettings()) as server:
        desk = Desk(parts, keys, server.port)
        try:
            yield desk
        finally:
            service.stopping.set()
            await running
            for channel in desk.channels:
                await channel.close(None)


@pytest.fixture
async def desk(parts, keys):
    async with serving(parts, keys, WatchSettings(poll_interval=0.02)) as desk:
        yield desk


async def failure_of(call):
    """Reads a stream to its end and returns the failure that ended it."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await asyncio.wait_for(_drain(call), 30)
    return translate(caught.value)


async def _drain(call):
    while await call.read() is not grpc.aio.EOF:
        pass


async def test_the_present_state_comes_first_then_every_change_in_order(desk, alert, resolved):
    old, gone = alert("old"), alert("gone")
    await desk.parts.take_in(old, gone, resolved(gone, gone.start_time))
    call, snapshot, end = await desk.started()
    assert [one.event.alert.name for one in snapshot] == [old.name]
    assert [(one.revision, one.resume_token) for one in snapshot] == [(0, b"")]
    assert end.resume_token
    new = [alert(f"new-{number}") for number in range(5)]
    await desk.parts.take_in(*new)
    seen = await desk.events(call, 5)
    assert [one.event.alert.name for one in seen] == [one.name for one in new]
    assert [one.revision for one in seen] == [4, 5, 6, 7, 8]


async def test_a_stream_resumes_after_each_of_its_messages_without_gap_or_repeat(desk, alert):
    call, _, end = await desk.started()
    await desk.parts.take_in(*(alert(f"s{number}") for number in range(12)))
    seen = await desk.events(call, 12)
    tokens = [end.resume_token, *(one.resume_token for one in seen)]
    for position, token in enumerate(tokens[:-1]):
        again = await desk.events(desk.watch(token), 12 - position)
        assert [one.revision for one in again] == list(range(position + 1, 13))


async def test_what_changes_while_a_client_is_away_comes_when_it_resumes(desk, alert):
    call, _, end = await desk.started()
    call.cancel()
    await desk.parts.take_in(*(alert(f"s{number}") for number in range(700)))
    seen = await desk.events(desk.watch(end.resume_token), 700)
    assert [one.revision for one in seen] == list(range(1, 701))


async def test_quiet_streams_get_bookmarks_that_are_good_to_resume_from(parts, keys, alert):
    settings = WatchSettings(bookmark_interval=0.1, poll_interval=0.02)
    async with serving(parts, keys, settings) as desk:
        call, _, _ = await desk.started(filter="monitor=none")
        await parts.take_in(alert("other"))
        while not ((response := await call.read()).HasField("bookmark") and response.revision):
            pass
        assert response.revision == 1
        await parts.take_in(alert("mine", monitor="monitors/none"))
        again = desk.watch(response.resume_token, filter="monitor=none")
        assert [one.revision for one in await desk.events(again, 1)] == [2]


async def test_a_filter_shows_what_matches_and_what_ceases_to(desk, alert):
    first = alert("one", level=Level.II)
    call, _, _ = await desk.started(filter='level=~"I|II"')
    await desk.parts.take_in(alert("two", level=Level.III), first)
    lower = alert("one", level=Level.III, version=2)
    await desk.parts.take_in(lower, replace(lower, version=3))
    await desk.parts.take_in(alert("three", level=Level.I))
    seen = await desk.events(call, 3)
    assert [one.revision for one in seen] == [2, 3, 5]


async def test_drills_are_left_out_unless_asked_for(desk, alert):
    call, _, _ = await desk.started()
    curious, _, _ = await desk.started(include_exercises=True)
    drill, real = alert("drill", exercise=True), alert("real")
    await desk.parts.take_in(drill, real)
    assert [one.event.alert.name for one in await desk.events(call, 1)] == [real.name]
    assert [one.event.alert.exercise for one in await desk.events(curious, 2)] == [True, False]
    _, snapshot, _ = await desk.started()
    assert [one.event.alert.name for one in snapshot] == [real.name]


async def test_a_department_sees_its_own_and_its_token_is_no_good_elsewhere(desk, alert):
    health = desk.keys.metadata("notifier", Role.VIEWER, department="health", subject="a")
    traffic = desk.keys.metadata("notifier", Role.VIEWER, department="traffic", subject="b")
    call, _, _ = await desk.started(metadata=health)
    await desk.parts.take_in(
        alert("t", labels={"department": "traffic"}),
        alert("n"),
        alert("h", labels={"department": "health"}),
    )
    (seen,) = await desk.events(call, 1)
    assert seen.event.alert.story == "stories/h"
    for other in (traffic, None):
        failure = await failure_of(desk.watch(seen.resume_token, metadata=other))
        assert failure.reason == "OTHER_DEPARTMENT"


async def test_tokens_of_another_filter_or_made_by_hand_are_refused(desk):
    _, _, end = await desk.started()
    for token, request in (
        (end.resume_token, {"filter": "level=I"}),
        (end.resume_token, {"include_exercises": True}),
        (end.resume_token[:-3] + b"AAA", {}),
        (b"nonsense", {}),
    ):
        assert (await failure_of(desk.watch(token, **request))).reason == "BAD_RESUME_TOKEN"


async def test_a_filter_that_cannot_be_read_is_refused(desk):
    assert (await failure_of(desk.watch(filter="level"))).reason == "BAD_MATCHER"


async def test_a_token_at_the_edge_of_history_resumes_and_one_before_it_says_where_it_begins(
    desk, alert
):
    call, _, _ = await desk.started()
    await desk.parts.take_in(*(alert(f"s{number}") for number in range(10)))
    seen = await desk.events(call, 10)
    await desk.parts.clock.move(3600)
    await desk.parts.revisions.prune(keep=4, younger_than=timedelta(0))
    edge = await desk.events(desk.watch(seen[5].resume_token), 4)
    assert [one.revision for one in edge] == [7, 8, 9, 10]
    failure = await failure_of(desk.watch(seen[4].resume_token))
    assert (failure.reason, failure.metadata["earliest"]) == ("RESUME_TOKEN_EXPIRED", "7")


async def test_a_token_of_another_log_is_expired(desk, alert, database):
    _, _, end = await desk.started()
    await database.collection("alert_log").delete_many({})
    desk.parts.revisions.writer = "another process"
    await desk.parts.revisions.start()
    assert (await failure_of(desk.watch(end.resume_token))).reason == "RESUME_TOKEN_EXPIRED"


async def test_a_caller_has_so_many_streams_and_no_more(parts, keys):
    async with serving(parts, keys, WatchSettings(streams_per_identity=2)) as desk:
        first, _, _ = await desk.started()
        await desk.started()
        assert (await failure_of(desk.watch())).reason == "TOO_MANY_STREAMS"
        other = keys.metadata("notifier", subject="other")
        await desk.started(metadata=other)
        first.cancel()

        async with asyncio.timeout(10):
            while True:
                call = desk.watch()
                try:
                    assert (await call.read()).resume_token
                    break
                except grpc.aio.AioRpcError:
                    continue


# Without it the client's window grows to megabytes, and nobody notices that it does not read.
NARROW = (("grpc.http2.bdp_probe", 0),)
STREAMS = RPC_STREAMS.labels("/groundswell.alert.v1.AlertService/WatchAlerts")


async def test_a_watcher_that_stops_reading_is_cut_off_and_the_fast_one_is_not(
    parts, keys, alert, eventually
):
    before = STREAMS._value.get()
    settings = WatchSettings(poll_interval=0.02, queue_messages=16)
    async with serving(parts, keys, settings, write_timeout=0.5) as desk:
        slow, _, _ = await desk.started(options=NARROW)
        fast, _, _ = await desk.started()
        big = "x" * 4000
        await parts.take_in(*(alert(f"s{number}", summary=big) for number in range(400)))
        assert len(await desk.events(fast, 400)) == 400
        await eventually(lambda: STREAMS._value.get() == before + 1)
        failure = await failure_of(slow)
        assert failure.reason == "WATCHER_TOO_SLOW"


async def test_a_watcher_that_falls_behind_its_queue_reads_on_from_the_log_without_a_gap(
    parts, keys, alert
):
    settings = WatchSettings(poll_interval=0.02, queue_messages=4)
    async with serving(parts, keys, settings) as desk:
        call, _, _ = await desk.started()
        await parts.take_in(*(alert(f"s{number}") for number in range(500)))
        seen = await desk.events(call, 500)
        assert [one.revision for one in seen] == list(range(1, 501))


async def test_a_watcher_that_stays_behind_is_cut_off_in_the_end(parts, keys, alert, eventually):
    settings = WatchSettings(poll_interval=0.02, queue_messages=4, lag_timeout=0.3)
    async with serving(parts, keys, settings, write_timeout=30.0) as desk:
        call, _, _ = await desk.started(options=NARROW)
        big = "x" * 4000
        for wave in range(3):
            await parts.take_in(*(alert(f"{wave}-{n}", summary=big) for n in range(150)))
        behind_since = asyncio.get_running_loop().time()
        await eventually(lambda: asyncio.get_running_loop().time() > behind_since + 0.5)
        assert (await failure_of(call)).reason == "WATCHER_TOO_SLOW"


async def test_ten_watchers_see_the_same(desk, alert, resolved):
    calls = [(await desk.started())[0] for _ in range(10)]
    alerts = [alert(f"s{number}") for number in range(50)]
    await desk.parts.take_in(*alerts)
    await desk.parts.take_in(*(resolved(one, one.start_time) for one in alerts))
    seen = await asyncio.gather(*(desk.events(call, 100) for call in calls))
    assert all([one.revision for one in each] == list(range(1, 101)) for each in seen)
    states = {one.event.alert.state for one in seen[0][50:]}
    assert states == {int(AlertState.RESOLVED)}
