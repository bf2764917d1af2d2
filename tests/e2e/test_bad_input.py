"""Good input goes through beside bad, and every service refuses who may not call it."""

import grpc
import pytest
from harness.bad_feeds import FEEDS
from harness.surface import Rpc, rpcs

from groundswell.source.v1 import source_pb2, source_service_pb2, source_service_pb2_grpc
from groundswell_core.policy import POLICY
from groundswell_core.tokens import Identity, Role

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]
BAD_FEEDS = FEEDS
FAILED = [source_pb2.HEALTH_STATE_FAILING, source_pb2.HEALTH_STATE_UNREACHABLE]


async def health_of(running, feed):
    """Returns the health of a feed's source as ListSources shows it, once it was read."""
    async with running.channel("collector") as channel:
        stub = source_service_pb2_grpc.SourceServiceStub(channel)
        answer = await stub.ListSources(source_service_pb2.ListSourcesRequest(page_size=500))
    [source] = [one for one in answer.sources if one.name == f"sources/bad-{feed.name}"]
    known = source.health.HasField("last_success_time") or source.health.last_error
    return source.health if known else None


async def titles_of(running, source: str) -> set[str]:
    found = await running.database.collection("documents").find(
        {"analysis.document.source": source}
    )
    return {record["analysis"]["document"]["title"] for record in found}


@pytest.mark.parametrize(
    "feed", [one for one in FEEDS if not one.is_read], ids=lambda one: one.name
)
async def test_a_bad_feed_is_named_with_its_cure(running, eventually, feed):
    health = await eventually(lambda: health_of(running, feed), timeout=60)
    assert health.state in FAILED
    assert feed.error in health.last_error
    assert feed.cure in health.last_error


@pytest.mark.parametrize("feed", [one for one in FEEDS if one.is_read], ids=lambda one: one.name)
async def test_what_is_good_in_an_odd_feed_goes_through(running, eventually, feed):
    health = await eventually(lambda: health_of(running, feed), timeout=60)
    assert (health.state, health.last_error) == (source_pb2.HEALTH_STATE_HEALTHY, "")

    async def arrived():
        titles = await titles_of(running, f"sources/bad-{feed.name}")
        return all(any(wanted in title for title in titles) for wanted in feed.titles)

    await eventually(arrived, timeout=30)


async def test_good_feeds_beside_them_arrive(running, eventually):
    served = running.publish_story("桐楠枫矿山", 24)

    async def arrived():
        wanted = [one.document_id for one in served]
        return await running.database.collection("documents").count({"_id": {"$in": wanted}}) == 24

    await eventually(arrived, timeout=30)


async def test_the_descriptors_and_the_policy_name_the_same_rpcs():
    assert {one.path for one in rpcs()} == set(POLICY)


@pytest.mark.parametrize("one", rpcs(), ids=lambda one: one.path)
async def test_nobody_calls_without_a_token_for_this_very_service(running, one: Rpc):
    address, signer = running.stack.address(one.peer), running.stack.signer()
    elsewhere = signer.token("elsewhere", Identity("e2e", Role.ADMIN))
    for token in (None, "nonsense", elsewhere):
        assert await one.code(address, token) is grpc.StatusCode.UNAUTHENTICATED


@pytest.mark.parametrize(
    "one", [one for one in rpcs() if POLICY[one.path].role > Role.VIEWER], ids=lambda one: one.path
)
async def test_nobody_calls_with_too_low_a_role(running, one: Rpc):
    lower = Role(POLICY[one.path].role - 1)
    token = running.stack.signer().token(one.peer, Identity("e2e", lower))
    code = await one.code(running.stack.address(one.peer), token)
    assert code is grpc.StatusCode.PERMISSION_DENIED
