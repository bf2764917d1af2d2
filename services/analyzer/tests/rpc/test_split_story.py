"""SplitStory: people part what the machine joined."""

from __future__ import annotations

import pytest

from groundswell.story.v1 import story_service_pb2 as stories_pb

TITLES = ("四川宜宾发生5.0级地震", "宜宾5.0级地震暂无人员伤亡", "宜宾地震救援人员抵达现场")


async def split(api, name: str, *documents: str):
    request = stories_pb.SplitStoryRequest(name=name, documents=documents)
    return (await api.call(api.stories.SplitStory, request)).story


async def refused(api, name: str, *documents: str) -> tuple[str, str]:
    request = stories_pb.SplitStoryRequest(name=name, documents=documents)
    return (await api.refused(api.stories.SplitStory, request))[:2]


@pytest.fixture
def quakes(api, write, clock):
    """Gives one story of three documents, the last with two copies, and the ids by title."""

    async def make() -> tuple[str, dict[str, str]]:
        for index, title in enumerate((*TITLES, TITLES[2], TITLES[2])):
            await api.analyzer.send(write(title, source=f"s{index}"))
            await clock.move(60)
        (story,) = await api.analyzer.stories()
        documents = await api.analyzer.documents()
        originals = [one for one in documents if not one["near_copy"]]
        return story["name"], {
            one["analysis"]["document"]["title"]: f"documents/{one['_id']}" for one in originals
        }

    return make


async def series_of(api, name: str) -> tuple[int, int]:
    request = stories_pb.GetStorySeriesRequest(name=name)
    points = (await api.call(api.stories.GetStorySeries, request)).points
    return sum(one.documents for one in points), sum(one.copies for one in points)


async def story_of(api, name: str):
    return (await api.call(api.stories.GetStory, stories_pb.GetStoryRequest(name=name))).story


async def test_documents_leave_with_their_copies_and_both_stories_tell_so(api, quakes):
    name, ids = await quakes()
    made = await split(api, name, ids[TITLES[2]])
    kept = await story_of(api, name)
    assert (made.document_count, made.copy_count, made.split_from) == (1, 2, name)
    assert (kept.document_count, kept.copy_count, kept.outlet_count) == (2, 0, 2)
    assert made.headline == TITLES[2]
    assert await series_of(api, name) == (2, 0)
    assert await series_of(api, made.name) == (1, 2)
    for told in (name, made.name):
        request = stories_pb.GetStoryTimelineRequest(name=told)
        entries = (await api.call(api.stories.GetStoryTimeline, request)).entries
        assert "split" in {entry.event for entry in entries}
    assert not any(one["pending"] for one in await api.analyzer.documents())


async def test_what_was_parted_stays_parted(api, quakes):
    name, ids = await quakes()
    made = await split(api, name, ids[TITLES[2]], ids[TITLES[1]])
    await api.analyzer.keeper.look()
    await api.analyzer.start()
    await api.analyzer.keeper.look()
    counts = {one["name"]: one["document_count"] for one in await api.analyzer.stories()}
    assert counts == {name: 1, made.name: 2}
    assert (await story_of(api, made.name)).split_from == name


async def test_a_copy_that_leaves_alone_speaks_for_itself(api, quakes):
    name, _ = await quakes()
    copy = next(one for one in await api.analyzer.documents() if one["near_copy"])
    made = await split(api, name, f"documents/{copy['_id']}")
    assert (made.document_count, made.copy_count) == (1, 0)


async def test_a_crash_after_the_documents_moved_loses_nothing(api, quakes):
    name, ids = await quakes()
    keeper, identifier = api.analyzer.keeper, ids[TITLES[2]].removeprefix("documents/")
    await keeper.store.part(name.removeprefix("stories/"), "parted", [identifier], identifier)
    await api.analyzer.start()
    counts = {one["_id"]: one["document_count"] for one in await api.analyzer.stories()}
    assert counts == {name.removeprefix("stories/"): 2, "parted": 1}
    assert not any(one["pending"] for one in await api.analyzer.documents())


async def test_what_cannot_leave_is_refused(api, quakes):
    name, ids = await quakes()
    assert await refused(api, name) == ("INVALID_ARGUMENT", "BAD_DOCUMENTS")
    assert await refused(api, name, "nonsense") == ("INVALID_ARGUMENT", "BAD_NAME")
    assert await refused(api, name, "documents/none") == ("NOT_FOUND", "DOCUMENT_NOT_FOUND")
    assert await refused(api, "stories/none", *ids.values()) == ("NOT_FOUND", "STORY_NOT_FOUND")
    assert await refused(api, name, *ids.values()) == ("FAILED_PRECONDITION", "ALL_DOCUMENTS")
