"""What the analyzer's server of stories answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from groundswell.grade.v1 import grade_pb2
from groundswell.story.v1 import description_pb2, story_pb2, story_service_pb2_grpc
from groundswell.story.v1 import story_service_pb2 as pb
from groundswell_core.errors import NotFound

STORY = "stories/0123456789abcdef0123"


class Stories(story_service_pb2_grpc.StoryServiceServicer):
    """Serves one story."""

    def __init__(self, backend: Any) -> None:
        self.backend = backend
        self.story = story_pb2.Story(
            name=STORY,
            headline="缅甸7.9级地震",
            level=grade_pb2.LEVEL_II,
            document_count=12,
            heat=1.5e6,
            is_unconfirmed=True,
            confirmation="Only blog, whose word weighs 0.40 of 1, tells of it.",
        )
        grade = grade_pb2.Grade(level=grade_pb2.LEVEL_II, score=63.2)
        self.story.grades.add(monitor="monitors/disasters", grade=grade)
        self.story.summary.add(text="震中附近房屋倒塌。", document="documents/d1")
        self.story.update_time.FromDatetime(datetime.now(UTC) - timedelta(minutes=3))

    async def ListStories(self, request: Any, context: Any) -> Any:
        self.backend.requests.append(request)
        return pb.ListStoriesResponse(stories=[self.story])

    async def SearchStories(self, request: Any, context: Any) -> Any:
        self.backend.requests.append(request)
        return pb.SearchStoriesResponse(stories=[self.story])

    async def GetStory(self, request: Any, context: Any) -> Any:
        if request.name != STORY:
            raise NotFound(f"there is no {request.name}")
        return pb.GetStoryResponse(story=self.story)

    async def DescribeStory(self, request: Any, context: Any) -> Any:
        found = description_pb2.StoryDescription(story=request.name)
        found.claims.add(kind="dead", reason="The number grew from 3 dead to 8 dead.")
        return pb.DescribeStoryResponse(description=found)

    async def MergeStories(self, request: Any, context: Any) -> Any:
        self.backend.requests.append(request)
        return pb.MergeStoriesResponse(story=self.story)

    async def SplitStory(self, request: Any, context: Any) -> Any:
        self.backend.requests.append(request)
        return pb.SplitStoryResponse(story=self.story)

    async def GetStorySeries(self, request: Any, context: Any) -> Any:
        points = [story_pb2.SeriesPoint(documents=count) for count in (1, 8)]
        return pb.GetStorySeriesResponse(points=points)

    async def GetStoryTimeline(self, request: Any, context: Any) -> Any:
        entry = story_pb2.TimelineEntry(event="level", text="rose to II")
        return pb.GetStoryTimelineResponse(entries=[entry])

    async def WatchStories(self, request: Any, context: Any) -> Any:
        yield pb.WatchStoriesResponse(story=self.story)
        yield pb.WatchStoriesResponse(snapshot_end=True)
        yield pb.WatchStoriesResponse(story=self.story)
