"""StoryService: lists, series, timelines, followers."""

from __future__ import annotations

import asyncio

import grpc
from google.protobuf.duration_pb2 import Duration

from groundswell.grade.v1 import grade_pb2
from groundswell.story.v1 import story_service_pb2 as stories_pb

TITLES = ("四川宜宾发生5.0级地震", "宜宾5.0级地震暂无人员伤亡", "宜宾地震救援人员抵达现场")


async def test_a_story_is_answered_whole(api, quake):
    request = stories_pb.GetStoryRequest(name=quake["name"])
    story = (await api.call(api.stories.GetStory, request)).story
    assert story.document_count == 3
    assert story.level >= grade_pb2.LEVEL_IV
    assert [one.monitor for one in story.grades] == ["monitors/quakes"]
    assert story.headline in TITLES


async def test_a_missing_story_is_not_found(api):
    request = stories_pb.GetStoryRequest(name="stories/none")
    assert (await api.refused(api.stories.GetStory, request))[:2] == (
        "NOT_FOUND",
        "STORY_NOT_FOUND",
    )
    bad = stories_pb.GetStoryRequest(name="nonsense")
    assert (await api.refused(api.stories.GetStory, bad))[0] == "INVALID_ARGUMENT"


async def test_stories_are_listed_by_level_by_time_and_by_growth(api, quake, listed):
    by_level = await listed()
    assert [story.language for story in by_level] == ["zh", "en"]
    newest = await listed(order=stories_pb.STORY_ORDER_NEWEST)
    assert [story.language for story in newest] == ["en", "zh"]
    growing = await listed(order=stories_pb.STORY_ORDER_GROWTH)
    assert [story.language for story in growing] == ["zh", "en"]


async def test_stories_are_filtered_by_monitor_level_and_words(api, quake, listed):
    assert len(await listed(monitor="monitors/quakes")) == 1
    assert len(await listed(minimum_level=grade_pb2.LEVEL_IV)) == 1
    assert len(await listed(minimum_level=grade_pb2.LEVEL_I)) == 0
    assert len(await listed(query="oslo HOSPITALS")) == 1
    assert len(await listed(query="(.*")) == 0


async def test_stories_come_in_pages_bound_to_their_filter(api, quake):
    request = stories_pb.ListStoriesRequest(page_size=1)
    first = await api.call(api.stories.ListStories, request)
    assert first.next_page_token
    request.page_token = first.next_page_token
    second = await api.call(api.stories.ListStories, request)
    assert not second.next_page_token
    assert first.stories[0].name != second.stories[0].name
    request.order = stories_pb.STORY_ORDER_NEWEST
    refused = await api.refused(api.stories.ListStories, request)
    assert refused[:2] == ("INVALID_ARGUMENT", "BAD_PAGE_TOKEN")


async def test_drills_are_listed_only_when_asked_for(api, write, listed):
    await api.analyzer.send(write(TITLES[0], exercise=True))
    assert await listed() == []
    assert len(await listed(include_exercises=True)) == 1


async def test_a_series_adds_up_in_any_step(api, quake):
    request = stories_pb.GetStorySeriesRequest(name=quake["name"])
    minutes = (await api.call(api.stories.GetStorySeries, request)).points
    assert [point.documents for point in minutes] == [1, 1, 1]
    request.step.CopyFrom(Duration(seconds=3600))
    (hour,) = (await api.call(api.stories.GetStorySeries, request)).points
    assert hour.documents == 3
    request.step.CopyFrom(Duration(seconds=90))
    assert (await api.refused(api.stories.GetStorySeries, request))[1] == "BAD_STEP"


async def test_a_timeline_tells_what_happened_oldest_first(api, quake):
    request = stories_pb.GetStoryTimelineRequest(name=quake["name"])
    entries = (await api.call(api.stories.GetStoryTimeline, request)).entries
    assert entries[0].event == "first_document"
    assert {"outlet", "level"} <= {entry.event for entry in entries}
    times = [entry.time.ToDatetime() for entry in entries]
    assert times == sorted(times)


async def test_a_follower_sees_the_present_a_marker_and_each_change(api, quake, write):
    request = stories_pb.WatchStoriesRequest(monitor="monitors/quakes")
    call = api.stories.WatchStories(request, metadata=api.who)
    assert (await call.read()).story.document_count == 3
    assert (await call.read()).snapshot_end
    await api.analyzer.send(write("宜宾地震余震不断", source="late"))
    assert (await call.read()).story.document_count == 4
    call.cancel()


async def test_a_stream_ends_when_the_service_stops(api, quake):
    call = api.stories.WatchStories(stories_pb.WatchStoriesRequest(), metadata=api.who)
    responses = [await call.read() for _ in range(3)]
    assert responses[-1].snapshot_end
    api.stopping.set()
    assert await call.read() is grpc.aio.EOF


async def test_a_quiet_stream_gets_bookmarks(api):
    call = api.stories.WatchStories(stories_pb.WatchStoriesRequest(), metadata=api.who)
    assert (await call.read()).snapshot_end
    async with asyncio.timeout(6):
        bookmark = await call.read()
    assert not bookmark.snapshot_end
    assert not bookmark.HasField("story")
    call.cancel()
