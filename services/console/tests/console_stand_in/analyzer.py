"""The analyzer's services over the world."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from console_stand_in.described import backtest
from console_stand_in.world import World
from groundswell.analysis.v1 import document_service_pb2 as document_pb2
from groundswell.analysis.v1 import document_service_pb2_grpc as document_grpc
from groundswell.grade.v1.grade_pb2 import GradeInput, LevelThreshold
from groundswell.monitor.v1 import monitor_service_pb2 as monitor_pb2
from groundswell.monitor.v1 import monitor_service_pb2_grpc as monitor_grpc
from groundswell.story.v1 import story_service_pb2 as story_pb2
from groundswell.story.v1 import story_service_pb2_grpc as story_grpc
from groundswell_core.analyses import ANALYSES
from groundswell_core.backtests import BACKTESTS, BacktestState
from groundswell_core.descriptions import DESCRIPTIONS, StoryDescription
from groundswell_core.errors import AlreadyExists, InvalidInput, NotFound
from groundswell_core.grades import GRADES
from groundswell_core.monitors import MONITORS
from groundswell_core.pages import decode_token, encode_token, page_size
from groundswell_core.stories import SERIES_POINTS, STORIES, STORY_EVENTS


def found(things: dict[str, Any], name: str) -> Any:
    if name not in things:
        raise NotFound(f"{name} does not exist")
    return things[name]


def cut(items: list[Any], request: Any) -> tuple[list[Any], str]:
    size, skip = page_size(request.page_size), decode_token("", request.page_token)
    token = encode_token("", skip + size) if len(items) > skip + size else ""
    return items[skip : skip + size], token


class Stories(story_grpc.StoryServiceServicer):
    def __init__(self, world: World) -> None:
        self.world = world

    async def GetStory(self, request, context):
        story = found(self.world.stories, request.name)
        return story_pb2.GetStoryResponse(story=STORIES.to_proto(story))

    async def ListStories(self, request, context):
        stories = [
            story
            for story in self.world.stories.values()
            if story.level >= request.minimum_level
            and request.query in story.headline
            and (not request.monitor or any(g.monitor == request.monitor for g in story.grades))
        ]
        stories.sort(key=lambda story: (-story.level, -story.document_count))
        page, token = cut(stories, request)
        return story_pb2.ListStoriesResponse(
            stories=map(STORIES.to_proto, page), next_page_token=token
        )

    async def SearchStories(self, request, context):
        refuse_broken(request.query)
        stories = [
            story
            for story in self.world.stories.values()
            if story.level >= request.minimum_level
            and all(word in story.headline for word in request.query.split())
            and request.place in ("", *(place.code for place in story.places))
            and request.category in ("", story.category, *story.topics)
            and request.language in ("", story.language)
        ]
        page, token = cut(stories, request)
        return story_pb2.SearchStoriesResponse(
            stories=map(STORIES.to_proto, page), next_page_token=token, total_count=len(stories)
        )

    async def DescribeStory(self, request, context):
        found(self.world.stories, request.name)
        known = self.world.descriptions.get(request.name)
        described = known or StoryDescription(story=request.name)
        return story_pb2.DescribeStoryResponse(description=DESCRIPTIONS.to_proto(described))

    async def GetStorySeries(self, request, context):
        found(self.world.stories, request.name)
        step = request.step.ToTimedelta().total_seconds() or 60
        merged: dict[float, Any] = {}
        for point in self.world.series.get(request.name, []):
            key = point.start_time.timestamp() // step * step
            message = merged.setdefault(key, SERIES_POINTS.message())
            message.start_time.FromSeconds(int(key))
            message.documents += point.documents
            message.copies += point.copies
            if point.heat is not None:
                message.heat = max(message.heat, point.heat)
        return story_pb2.GetStorySeriesResponse(points=merged.values())

    async def GetStoryTimeline(self, request, context):
        entries = self.world.timelines.get(request.name, [])
        return story_pb2.GetStoryTimelineResponse(entries=map(STORY_EVENTS.to_proto, entries))


class Documents(document_grpc.DocumentServiceServicer):
    def __init__(self, world: World) -> None:
        self.world = world

    async def GetDocument(self, request, context):
        analyses = {one.document.name: one for one in self.world.analyses}
        return document_pb2.GetDocumentResponse(
            analysis=ANALYSES.to_proto(found(analyses, request.name))
        )

    async def SearchDocuments(self, request, context):
        refuse_broken(request.query)
        analyses = [
            one
            for one in self.world.analyses
            if (not request.story or one.story == request.story)
            and (not request.source or one.document.source == request.source)
            and all(word in one.document.title for word in request.query.split())
        ]
        page, token = cut(analyses, request)
        return document_pb2.SearchDocumentsResponse(
            analyses=map(ANALYSES.to_proto, page), next_page_token=token, total_count=len(analyses)
        )


def refuse_broken(query: str) -> None:
    if query_errors(query):
        raise InvalidInput("the query does not parse at character 1", reason="BAD_QUERY")


def query_errors(query: str) -> list[Any]:
    """Finds what the browser tests write: an open bracket, and an AND with nothing after it."""
    errors = []
    if query.count("(") > query.count(")"):
        message = "this parenthesis is never closed; add ) where the group ends."
        errors.append(monitor_pb2.QueryError(position=query.index("("), length=1, message=message))
    if query.rstrip().endswith("AND"):
        message = "AND needs a word after it; write one or remove it."
        position = query.rindex("AND")
        errors.append(monitor_pb2.QueryError(position=position, length=3, message=message))
    return errors


class Monitors(monitor_grpc.MonitorServiceServicer):
    def __init__(self, world: World) -> None:
        self.world = world

    async def GetMonitor(self, request, context):
        monitor = found(self.world.monitors, request.name)
        return monitor_pb2.GetMonitorResponse(monitor=MONITORS.to_proto(monitor))

    async def ListMonitors(self, request, context):
        page, token = cut(list(self.world.monitors.values()), request)
        return monitor_pb2.ListMonitorsResponse(
            monitors=map(MONITORS.to_proto, page), next_page_token=token
        )

    def _store(self, message):
        monitor = MONITORS.from_proto(message)
        if query_errors(monitor.query):
            raise InvalidInput("the query does not parse: character 1", reason="BAD_QUERY")
        self.world.monitors[monitor.name] = monitor
        return message

    async def CreateMonitor(self, request, context):
        if request.monitor.name in self.world.monitors:
            raise AlreadyExists(f"{request.monitor.name} exists already; choose another id")
        return monitor_pb2.CreateMonitorResponse(monitor=self._store(request.monitor))

    async def UpdateMonitor(self, request, context):
        found(self.world.monitors, request.monitor.name)
        return monitor_pb2.UpdateMonitorResponse(monitor=self._store(request.monitor))

    async def DeleteMonitor(self, request, context):
        found(self.world.monitors, request.name)
        del self.world.monitors[request.name]
        return monitor_pb2.DeleteMonitorResponse()

    async def ParseQuery(self, request, context):
        errors = query_errors(request.query)
        form = "" if errors else f"({request.query})"
        return monitor_pb2.ParseQueryResponse(errors=errors, normal_form=form)

    async def PreviewMonitor(self, request, context):
        if query_errors(request.monitor.query):
            raise InvalidInput("the query does not parse", reason="BAD_QUERY")
        words = [word for word in request.monitor.query.replace("(", " ").split() if len(word) > 1]
        matched = [
            one for one in self.world.analyses if any(word in one.document.title for word in words)
        ]
        return monitor_pb2.PreviewMonitorResponse(
            searched_count=len(self.world.analyses),
            matched_count=len(matched),
            analyses=map(ANALYSES.to_proto, matched[:20]),
        )

    async def ExplainGrade(self, request, context):
        story = found(self.world.stories, request.story)
        grade = GRADES.to_proto(story.grades[0].grade)
        levels = ((5, 80.0), (4, 60.0), (3, 40.0), (2, 25.0))
        return monitor_pb2.ExplainGradeResponse(
            grade=grade,
            recomputed=grade,
            agrees=True,
            moves=[
                "Level I needs 8.9 more points.",
                "61 documents in the last hour instead of 31 would raise it to I.",
                f"Level {story.level.name} ends when the score, now {story.grades[0].grade.score:.1f}, stays below 56.0 for 10 minutes.",
            ],
            inputs=[
                GradeInput(name="last_hour", value="31", meaning="Documents and copies in the last hour."),
                GradeInput(name="heat", value="", meaning="Heat of its hottest board entry now."),
            ],
            thresholds=[LevelThreshold(level=level, minimum_score=score) for level, score in levels],
        )  # fmt: skip

    async def BacktestMonitor(self, request, context):
        """Begins a replay that is half done when it is asked for, and done from then on."""
        name = f"backtests/run{len(self.world.backtests)}"
        monitor = MONITORS.from_proto(request.monitor)
        known = self.world.monitors[monitor.name]
        made = replace(
            backtest(self.world, name),
            monitor=monitor if monitor.query else known,
            state=BacktestState.RUNNING,
            progress=0.5,
        )
        self.world.backtests[name] = made
        return monitor_pb2.BacktestMonitorResponse(backtest=BACKTESTS.to_proto(made))

    async def GetBacktest(self, request, context):
        made = found(self.world.backtests, request.name)
        return monitor_pb2.GetBacktestResponse(backtest=BACKTESTS.to_proto(made))

    async def ListBacktests(self, request, context):
        made = [one for one in self.world.backtests.values() if one.monitor.name == request.monitor]
        return monitor_pb2.ListBacktestsResponse(backtests=map(BACKTESTS.to_proto, made[::-1]))
