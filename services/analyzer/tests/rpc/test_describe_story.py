"""DescribeStory: claims, spread, path, outlets and forecast of a stored story."""

from __future__ import annotations

from groundswell.story.v1 import description_pb2
from groundswell.story.v1 import story_service_pb2 as stories_pb

TEXT = (
    "11月23日上午，清江县东港工业园一化工厂发生爆炸，事故造成5人死亡、12人受伤。"
    "明火已被扑灭，搜救仍在进行。当地已疏散周边群众。事故原因正在调查。"
)


async def describe(api, name: str):
    request = stories_pb.DescribeStoryRequest(name=name)
    return (await api.call(api.stories.DescribeStory, request)).description


async def told(api, write, clock, *documents):
    """Sends documents a minute apart; returns the story of the first."""
    for fields in documents:
        await api.analyzer.send(write(**fields))
        await clock.move(60)
    return await api.analyzer.stories()


async def test_a_story_is_described_from_its_documents(api, write, clock):
    stories = await told(
        api,
        write,
        clock,
        {"title": "江西清江一化工厂爆炸致5人死亡", "text": TEXT, "source": "first"},
        {"title": "江西清江一化工厂爆炸致5人死亡", "text": TEXT, "source": "second"},
    )
    (story,) = stories
    found = await describe(api, story["name"])
    assert found.story == story["name"]
    assert [share.name for share in found.spread.outlets] == ["first", "second"]
    assert found.spread.points[-1].outlets == 2
    assert (found.spread.points[-1].first_hand, found.spread.points[-1].copies) == (1, 1)
    assert [share.name for share in found.spread.languages] == ["zh"]
    first, copy = found.path
    assert first.role == description_pb2.PATH_ROLE_FIRST
    assert (copy.role, copy.copied_from) == (description_pb2.PATH_ROLE_COPY, first.document)
    assert copy.delay.seconds == 60
    assert [record.outlet for record in found.outlets] == ["first", "second"]
    assert [total.horizon.seconds // 3600 for total in found.forecast.totals] == [1, 6, 24]
    assert len(found.forecast.points) == 24
    dead = next(group for group in found.claims if group.kind == "dead")
    assert dead.values[0].claim.value == 5
    assert "5人死亡" in dead.values[0].sources[0].text


async def test_a_missing_story_is_not_described(api):
    request = stories_pb.DescribeStoryRequest(name="stories/none")
    assert (await api.refused(api.stories.DescribeStory, request))[1] == "STORY_NOT_FOUND"
