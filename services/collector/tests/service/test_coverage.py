"""Coverage says who reported in a window, and why the others did not."""

from datetime import UTC, datetime, timedelta

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from groundswell.source.v1 import source_service_pb2
from groundswell_core.tokens import Role

pb = source_service_pb2
NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


def coverage_request(start=None, end=None, sources=()):
    request = pb.GetCoverageRequest(sources=sources)
    if start:
        request.start_time.CopyFrom(_stamp(start))
    if end:
        request.end_time.CopyFrom(_stamp(end))
    return request


def _stamp(moment):
    stamp = Timestamp()
    stamp.FromDatetime(moment)
    return stamp


async def test_coverage_says_who_reported_and_why_the_others_are_silent(
    call_as, stores, clock, created
):
    everyone = ("good", "bad", "idle", "drill", "paused", "rare")
    await created(call_as(), "good", "bad", "idle")
    await created(call_as(), "drill", exercise=True)
    await created(call_as(), "paused")
    await created(call_as(), "rare", interval=Duration(seconds=86400))
    await call_as().PauseSource(pb.PauseSourceRequest(name="sources/paused"))
    await clock.move(60)
    now = clock.now()
    await stores.counts.succeeded("good", now)
    await stores.counts.failed("bad", now, "no route to host")
    await clock.move(1)
    coverage = (await call_as(Role.VIEWER).GetCoverage(coverage_request())).coverage
    assert (coverage.expected, coverage.reported) == (3, 1)
    assert {item.source: item.reason for item in coverage.silent_sources} == {
        "sources/bad": "no route to host",
        "sources/idle": "it was not read yet",
    }
    named = [f"sources/{name}" for name in (*everyone, "gone")]
    coverage = (await call_as().GetCoverage(coverage_request(sources=named))).coverage
    reasons = {item.source: item.reason for item in coverage.silent_sources}
    assert coverage.expected == 7
    assert reasons["sources/paused"] == "it is paused"
    assert reasons["sources/gone"] == "there is no such source"


async def test_coverage_of_an_earlier_window_forgets_later_reads(
    call_as, stores, clock, created, refused
):
    await created(call_as(), "one")
    await clock.move(7200)
    await stores.counts.succeeded("one", NOW + timedelta(minutes=90))
    for start, end, reported in ((0, 60, 0), (60, 120, 1), (91, 120, 0)):
        window = [NOW + timedelta(minutes=minutes) for minutes in (start, end)]
        coverage = (await call_as().GetCoverage(coverage_request(*window))).coverage
        assert (coverage.reported, coverage.expected) == (reported, 1)
    async with refused("InvalidInput", "BAD_WINDOW"):
        await call_as().GetCoverage(coverage_request(NOW, NOW))
