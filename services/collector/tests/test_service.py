"""Every RPC of SourceService, over a real server, with tokens."""

from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.struct_pb2 import Struct
from google.protobuf.timestamp_pb2 import Timestamp

from groundswell.source.v1 import source_pb2, source_service_pb2, source_service_pb2_grpc
from groundswell_collector.app import SERVICE
from groundswell_collector.check import Checker
from groundswell_collector.schedule import Changes
from groundswell_collector.service import SourceService
from groundswell_core import rpc
from groundswell_core.errors import GroundswellError, Unavailable
from groundswell_core.settings import RpcSettings, TlsSettings
from groundswell_core.tokens import Role

pb = source_service_pb2
NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


class Client:
    """Calls the service as somebody."""

    def __init__(self, stub, metadata):
        self._stub = stub
        self._metadata = metadata

    def __getattr__(self, name):
        method = getattr(self._stub, name)

        async def call(request, timeout=5.0):
            with rpc.translated():
                return await method(request, metadata=self._metadata, timeout=timeout)

        return call


@pytest.fixture
def changes():
    return Changes()


@pytest.fixture
async def call_as(collector, kinds, keys, changes, clock):
    """Returns a client for a role and department."""
    settings = RpcSettings(port=0)
    checker = Checker(kinds, collector.reader._open_host, timeout=20.0, clock=clock)
    service = SourceService(
        collector.stores,
        kinds,
        checker=checker,
        timing=collector.timing,
        changes=changes,
        clock=clock,
    )
    add = source_service_pb2_grpc.add_SourceServiceServicer_to_server
    async with (
        rpc.serve(
            settings,
            [(add, service, SERVICE)],
            verifier=keys.verifier("collector"),
            tls=TlsSettings(),
        ) as server,
        grpc.aio.insecure_channel(f"127.0.0.1:{server.port}") as channel,
    ):
        stub = source_service_pb2_grpc.SourceServiceStub(channel)

        def as_(role=Role.LEAD, department=""):
            return Client(stub, keys.metadata("collector", role, department=department))

        yield as_


def message(identifier="one", **given):
    config = Struct()
    config.update(given.pop("config", {"url": "https://one.example/"}))
    values = {"display_name": f"The {identifier}", "kind": "script", "config": config}
    return source_pb2.Source(name=f"sources/{identifier}", **(values | given))


async def created(client, *identifiers, **given):
    for identifier in identifiers:
        await client.CreateSource(pb.CreateSourceRequest(source=message(identifier, **given)))


@asynccontextmanager
async def refused(code, *words):
    with pytest.raises(GroundswellError) as caught:
        yield
    assert type(caught.value).__name__ == code
    for word in words:
        assert word in f"{caught.value.reason} {caught.value}"


async def test_a_created_source_is_answered_with_its_health_and_wakes_the_schedule(
    call_as, changes, eventually
):
    source = message(interval=Duration(seconds=90), weight=0.7, language="zh", region="CN")
    made = (await call_as().CreateSource(pb.CreateSourceRequest(source=source))).source
    assert made.state == source_pb2.SOURCE_STATE_ACTIVE
    assert made.health.state == source_pb2.HEALTH_STATE_PENDING
    assert made.create_time.ToDatetime(tzinfo=UTC) == NOW
    assert (made.interval.seconds, made.weight, made.config["url"]) == (
        90,
        0.7,
        "https://one.example/",
    )
    await changes.wait()
    got = await call_as(Role.VIEWER).GetSource(pb.GetSourceRequest(name="sources/one"))
    assert got.source == made


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"kind": "rss"}, ("kind", "rss", "script")),
        ({"config": {}}, ("config.url", "missing")),
        ({"config": {"url": "x", "lmit": 1}}, ("config.lmit", "known: url, limit")),
        ({"config": {"url": "x", "limit": 0}}, ("config.limit",)),
        ({"interval": Duration(nanos=5)}, ("interval", "30s")),
        ({"interval": Duration(seconds=10**9)}, ("interval",)),
        ({"weight": 7.0}, ("weight",)),
        ({"language": "<script>"}, ("language", "BCP 47")),
        ({"region": "Mars"}, ("region", "ISO 3166")),
        ({"department": "health"}, ("department", "departments/")),
        ({"display_name": "x" * 201}, ("display_name",)),
    ],
    ids=lambda value: str(value)[:30],
)
async def test_a_bad_source_is_refused_with_field_and_cure(call_as, given, words):
    for name in ("CreateSource", "CheckSource"):
        request = getattr(pb, f"{name}Request")(source=message(**given))
        async with refused("InvalidInput", "BAD_SOURCE", *words):
            await getattr(call_as(), name)(request)


@pytest.mark.parametrize("name", ["one", "sources/One", "sources/", "sources/a/b", "", "x" * 500])
async def test_a_bad_name_is_refused(call_as, name):
    for method in ("GetSource", "DeleteSource", "PauseSource", "ResumeSource"):
        async with refused("InvalidInput", "BAD_NAME"):
            await getattr(call_as(), method)(getattr(pb, f"{method}Request")(name=name))


async def test_a_name_is_taken_once(call_as):
    await created(call_as(), "one")
    async with refused("AlreadyExists", "sources/one"):
        await created(call_as(), "one")


async def test_a_missing_source_is_not_found(call_as):
    for method in ("GetSource", "DeleteSource", "PauseSource", "ResumeSource"):
        async with refused("NotFound", "SOURCE_NOT_FOUND", "sources/one"):
            await getattr(call_as(), method)(getattr(pb, f"{method}Request")(name="sources/one"))
    async with refused("NotFound", "sources/one"):
        await call_as().UpdateSource(pb.UpdateSourceRequest(source=message()))


async def test_an_update_replaces_settings_and_leaves_state_and_health(call_as, collector, clock):
    await created(call_as(), "one", weight=0.9)
    await call_as().PauseSource(pb.PauseSourceRequest(name="sources/one"))
    await clock.move(60)
    changed = message(display_name="Other", state=source_pb2.SOURCE_STATE_ACTIVE)
    answer = await call_as().UpdateSource(pb.UpdateSourceRequest(source=changed))
    source = answer.source
    assert (source.display_name, source.HasField("weight")) == ("Other", False)
    assert source.state == source_pb2.SOURCE_STATE_PAUSED
    assert source.create_time.ToDatetime(tzinfo=UTC) == NOW
    assert source.update_time.ToDatetime(tzinfo=UTC) == NOW + timedelta(seconds=60)


async def test_a_deleted_source_is_gone_and_its_name_free(call_as):
    await created(call_as(), "one")
    await call_as().DeleteSource(pb.DeleteSourceRequest(name="sources/one"))
    async with refused("NotFound"):
        await call_as().GetSource(pb.GetSourceRequest(name="sources/one"))
    await created(call_as(), "one")
    answer = await call_as().GetSource(pb.GetSourceRequest(name="sources/one"))
    assert answer.source.health.fetched_count == 0


async def test_pausing_and_resuming_are_safe_to_repeat(call_as):
    await created(call_as(), "one")
    client = call_as(Role.DUTY_OFFICER)
    for _ in range(2):
        paused = await client.PauseSource(pb.PauseSourceRequest(name="sources/one"))
        assert paused.source.state == source_pb2.SOURCE_STATE_PAUSED
        assert not paused.source.health.HasField("next_read_time")
    for _ in range(2):
        resumed = await client.ResumeSource(pb.ResumeSourceRequest(name="sources/one"))
        assert resumed.source.state == source_pb2.SOURCE_STATE_ACTIVE


async def test_lists_page_by_name(call_as):
    await created(call_as(), "c", "a", "b")
    first = await call_as().ListSources(pb.ListSourcesRequest(page_size=2))
    assert [source.name for source in first.sources] == ["sources/a", "sources/b"]
    token = first.next_page_token
    last = await call_as().ListSources(pb.ListSourcesRequest(page_size=2, page_token=token))
    assert [source.name for source in last.sources] == ["sources/c"]
    assert last.next_page_token == ""
    async with refused("InvalidInput", "BAD_PAGE_SIZE"):
        await call_as().ListSources(pb.ListSourcesRequest(page_size=-1))
    async with refused("InvalidInput", "BAD_PAGE_TOKEN"):
        other = call_as(department="health")
        await other.ListSources(pb.ListSourcesRequest(page_token=token))


async def test_a_department_sees_its_own_and_shared_sources_only(call_as):
    await created(call_as(), "shared")
    await created(call_as(), "foreign", department="departments/traffic")
    await created(call_as(department="health"), "own")
    health = call_as(department="departments/health")
    listed = await health.ListSources(pb.ListSourcesRequest())
    assert [source.name for source in listed.sources] == ["sources/own", "sources/shared"]
    assert listed.sources[0].department == "departments/health"
    for method in ("GetSource", "DeleteSource", "PauseSource", "ResumeSource"):
        async with refused("NotFound", "SOURCE_NOT_FOUND", "there is no sources/foreign"):
            await getattr(health, method)(getattr(pb, f"{method}Request")(name="sources/foreign"))
    async with refused("NotFound", "there is no sources/foreign"):
        await health.UpdateSource(pb.UpdateSourceRequest(source=message("foreign")))


async def test_a_department_may_not_change_what_all_share_nor_write_for_another(call_as):
    await created(call_as(), "shared")
    health = call_as(department="health")
    await health.GetSource(pb.GetSourceRequest(name="sources/shared"))
    for method in ("DeleteSource", "PauseSource", "ResumeSource"):
        async with refused("PermissionDenied", "SHARED_SOURCE"):
            await getattr(health, method)(getattr(pb, f"{method}Request")(name="sources/shared"))
    async with refused("PermissionDenied", "OTHER_DEPARTMENT"):
        await created(health, "x", department="departments/traffic")
    await created(health, "own")
    async with refused("PermissionDenied", "OTHER_DEPARTMENT"):
        moved = message("own", department="departments/traffic")
        await health.UpdateSource(pb.UpdateSourceRequest(source=moved))


@pytest.mark.parametrize(
    ("method", "role"),
    [
        ("CheckSource", Role.VIEWER),
        ("CreateSource", Role.DUTY_OFFICER),
        ("UpdateSource", Role.DUTY_OFFICER),
        ("DeleteSource", Role.DUTY_OFFICER),
        ("PauseSource", Role.ANALYST),
        ("ResumeSource", Role.ANALYST),
    ],
)
async def test_too_low_a_role_is_refused(call_as, method, role):
    async with refused("PermissionDenied", "ROLE_TOO_LOW"):
        await getattr(call_as(role), method)(getattr(pb, f"{method}Request")())


async def test_kinds_are_listed_with_their_fields(call_as):
    (kind,) = (await call_as(Role.VIEWER).ListSourceKinds(pb.ListSourceKindsRequest())).source_kinds
    assert (kind.kind, kind.plugin, kind.version) == (
        "script",
        "groundswell-source-script",
        "1.2.3",
    )
    url, limit = kind.fields
    assert (url.field, url.type, url.required, url.description) == (
        "url",
        "str",
        True,
        "where it is",
    )
    assert (limit.field, limit.required, limit.default_value) == ("limit", False, "10")


async def test_a_dry_run_shows_what_would_be_collected_and_stores_nothing(
    call_as, script, make_batch, make_document, stores, database
):
    hostile = make_document("h", text="mail a@b.example", labels={"author": "X"})
    many = [f"d{number}" for number in range(30)]
    script.yields("sources/one", [make_batch("1", hostile, *many), make_batch("2", "never")])
    answer = await call_as(Role.ANALYST).CheckSource(pb.CheckSourceRequest(source=message()))
    assert (len(answer.documents), answer.document_count, answer.error) == (20, 31, "")
    assert answer.documents[0].text == "mail [email]"
    assert script.opened == script.closed == 1
    for name in ("sources", "inbox", "cursors", "source_health", "source_counts"):
        assert await database.collection(name).count({}) == 0


@pytest.mark.parametrize(
    ("reading", "words"),
    [
        (Unavailable("no route to host"), "no route to host"),
        (RuntimeError("boom"), "RuntimeError: boom"),
        (["nonsense"], "must yield Batch"),
    ],
    ids=["unreachable", "a bug", "nonsense"],
)
async def test_a_dry_run_that_fails_answers_why(call_as, script, reading, words):
    script.yields("sources/one", reading)
    answer = await call_as().CheckSource(pb.CheckSourceRequest(source=message()))
    assert words in answer.error
    assert answer.document_count == 0


async def test_a_dry_run_tells_what_is_wrong_with_single_documents(call_as, script, make_batch):
    script.yields("sources/one", [make_batch("1", "good", invalid=["entry 2 has no id"])])
    answer = await call_as().CheckSource(pb.CheckSourceRequest(source=message()))
    assert (len(answer.documents), answer.document_count) == (1, 2)
    assert answer.error == "entry 2 has no id"


async def test_a_dry_run_ends_before_its_caller_loses_patience(call_as, script, make_batch, clock):
    async def slow():
        yield make_batch("1", "first")
        await clock.sleep(10_000)

    script.yields("sources/one", slow)
    answer = await call_as().CheckSource(pb.CheckSourceRequest(source=message()), timeout=1.0)
    assert answer.document_count == 1
    assert "did not end within" in answer.error
    assert script.closed == 1


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


async def test_coverage_says_who_reported_and_why_the_others_are_silent(call_as, stores, clock):
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


async def test_coverage_of_an_earlier_window_forgets_later_reads(call_as, stores, clock):
    await created(call_as(), "one")
    await clock.move(7200)
    await stores.counts.succeeded("one", NOW + timedelta(minutes=90))
    for start, end, reported in ((0, 60, 0), (60, 120, 1), (91, 120, 0)):
        window = [NOW + timedelta(minutes=minutes) for minutes in (start, end)]
        coverage = (await call_as().GetCoverage(coverage_request(*window))).coverage
        assert (coverage.reported, coverage.expected) == (reported, 1)
    async with refused("InvalidInput", "BAD_WINDOW"):
        await call_as().GetCoverage(coverage_request(NOW, NOW))


async def test_health_counts_show_in_answers(call_as, collector, stores, make_source, make_batch):
    from groundswell_collector.publish import parts

    await created(call_as(), "one")
    held = await stores.cursors.acquire(make_source())
    books = await stores.healths.open_books("one")
    (part,) = parts(make_batch("1", "a", "b", "b"))
    await collector.publisher.publish_batch(make_source(), part, held, books)
    health = (await call_as().GetSource(pb.GetSourceRequest(name="sources/one"))).source.health
    assert (health.fetched_count, health.stored_count, health.duplicate_count) == (3, 2, 1)
    assert health.documents_last_day == 2
    assert health.last_document_time.ToDatetime(tzinfo=UTC) == NOW
