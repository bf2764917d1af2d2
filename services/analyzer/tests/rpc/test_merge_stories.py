"""MergeStories: people join what the machine kept apart."""

from __future__ import annotations

import pytest

from groundswell.story.v1 import story_pb2
from groundswell.story.v1 import story_service_pb2 as stories_pb
from groundswell_core.tokens import Role

TITLES = ("四川宜宾发生5.0级地震", "云南昆明一小区停水三天", "上海地铁一号线信号故障")


async def merge(api, name: str, *others: str):
    request = stories_pb.MergeStoriesRequest(name=name, others=others)
    return (await api.call(api.stories.MergeStories, request)).story


async def refused(api, name: str, *others: str) -> tuple[str, str]:
    request = stories_pb.MergeStoriesRequest(name=name, others=others)
    return (await api.refused(api.stories.MergeStories, request))[:2]


@pytest.fixture
def three(api, write, clock):
    """Gives the names of three stories of one document each."""

    async def make() -> list[str]:
        for index, title in enumerate(TITLES):
            await api.analyzer.send(write(title, source=f"s{index}"))
            await clock.move(60)
        return [story["name"] for story in await api.analyzer.stories()]

    return make


async def test_merged_stories_are_one_with_all_documents_and_tell_so(api, three):
    kept, *others = await three()
    story = await merge(api, kept, *others)
    assert (story.name, story.document_count, story.outlet_count) == (kept, 3, 3)
    for other in others:
        request = stories_pb.GetStoryRequest(name=other)
        joined = (await api.call(api.stories.GetStory, request)).story
        assert joined.state == story_pb2.STORY_STATE_MERGED
        assert joined.merged_into == kept
    request = stories_pb.GetStoryTimelineRequest(name=kept)
    entries = (await api.call(api.stories.GetStoryTimeline, request)).entries
    assert [entry.event for entry in entries].count("merged") == 2
    held = {record["story"] for record in await api.analyzer.documents()}
    assert held == {kept.removeprefix("stories/")}


async def test_a_merge_outlives_a_restart(api, three):
    kept, other, _ = await three()
    await merge(api, kept, other)
    keeper = await api.analyzer.start()
    story = keeper.desk.stories[kept.removeprefix("stories/")]
    assert len(story.members) == 2
    assert other.removeprefix("stories/") not in keeper.desk.stories


async def test_what_cannot_be_one_story_is_refused(api, three, write):
    kept, other, _ = await three()
    assert await refused(api, kept) == ("INVALID_ARGUMENT", "BAD_OTHERS")
    assert await refused(api, kept, *[other] * 21) == ("INVALID_ARGUMENT", "BAD_OTHERS")
    assert await refused(api, kept, "nonsense") == ("INVALID_ARGUMENT", "BAD_NAME")
    assert await refused(api, kept, "stories/none") == ("NOT_FOUND", "STORY_NOT_FOUND")
    assert await refused(api, kept, kept) == ("FAILED_PRECONDITION", "ONE_STORY")
    await api.analyzer.send(write("Ransomware attack shuts down Oslo hospitals", source="en"))
    english = next(one for one in await api.analyzer.stories() if one["language"] == "en")
    assert await refused(api, kept, english["name"]) == (
        "FAILED_PRECONDITION",
        "STORIES_STAY_APART",
    )


async def test_a_reader_may_not_merge(api, three):
    kept, other, _ = await three()
    reader = api.of("", Role.VIEWER)
    assert (await refused(reader, kept, other))[0] == "PERMISSION_DENIED"
