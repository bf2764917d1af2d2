"""Sources are managed over gRPC, by those who may."""

from datetime import UTC, datetime, timedelta

import pytest
from google.protobuf.duration_pb2 import Duration

from groundswell.source.v1 import source_pb2, source_service_pb2
from groundswell_core.tokens import Role

pb = source_service_pb2
NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


async def test_a_created_source_is_answered_with_its_health_and_wakes_the_schedule(
    call_as, changes, eventually, message
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
async def test_a_bad_source_is_refused_with_field_and_cure(call_as, given, words, refused, message):
    for name in ("CreateSource", "CheckSource"):
        request = getattr(pb, f"{name}Request")(source=message(**given))
        async with refused("InvalidInput", "BAD_SOURCE", *words):
            await getattr(call_as(), name)(request)


@pytest.mark.parametrize("name", ["one", "sources/One", "sources/", "sources/a/b", "", "x" * 500])
async def test_a_bad_name_is_refused(call_as, name, refused):
    for method in ("GetSource", "DeleteSource", "PauseSource", "ResumeSource"):
        async with refused("InvalidInput", "BAD_NAME"):
            await getattr(call_as(), method)(getattr(pb, f"{method}Request")(name=name))


async def test_a_name_is_taken_once(call_as, created, refused):
    await created(call_as(), "one")
    async with refused("AlreadyExists", "sources/one"):
        await created(call_as(), "one")


async def test_a_missing_source_is_not_found(call_as, refused, message):
    for method in ("GetSource", "DeleteSource", "PauseSource", "ResumeSource"):
        async with refused("NotFound", "SOURCE_NOT_FOUND", "sources/one"):
            await getattr(call_as(), method)(getattr(pb, f"{method}Request")(name="sources/one"))
    async with refused("NotFound", "sources/one"):
        await call_as().UpdateSource(pb.UpdateSourceRequest(source=message()))


async def test_an_update_replaces_settings_and_leaves_state_and_health(
    call_as, collector, clock, created, message
):
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


async def test_a_deleted_source_is_gone_and_its_name_free(call_as, created, refused):
    await created(call_as(), "one")
    await call_as().DeleteSource(pb.DeleteSourceRequest(name="sources/one"))
    async with refused("NotFound"):
        await call_as().GetSource(pb.GetSourceRequest(name="sources/one"))
    await created(call_as(), "one")
    answer = await call_as().GetSource(pb.GetSourceRequest(name="sources/one"))
    assert answer.source.health.fetched_count == 0


async def test_pausing_and_resuming_are_safe_to_repeat(call_as, created):
    await created(call_as(), "one")
    client = call_as(Role.DUTY_OFFICER)
    for _ in range(2):
        paused = await client.PauseSource(pb.PauseSourceRequest(name="sources/one"))
        assert paused.source.state == source_pb2.SOURCE_STATE_PAUSED
        assert not paused.source.health.HasField("next_read_time")
    for _ in range(2):
        resumed = await client.ResumeSource(pb.ResumeSourceRequest(name="sources/one"))
        assert resumed.source.state == source_pb2.SOURCE_STATE_ACTIVE


async def test_lists_page_by_name(call_as, created, refused):
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


async def test_a_department_sees_its_own_and_shared_sources_only(
    call_as, created, refused, message
):
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


async def test_a_department_may_not_change_what_all_share_nor_write_for_another(
    call_as, created, refused, message
):
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
async def test_too_low_a_role_is_refused(call_as, method, role, refused):
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


async def test_health_counts_show_in_answers(
    call_as, collector, stores, make_source, make_batch, created
):
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
