"""StoryService: reading stories, their series and timelines, and following them."""
# ruff: noqa: N802 - RPCs keep the names of their proto

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from groundswell.story.v1 import story_service_pb2 as pb
from groundswell.story.v1 import story_service_pb2_grpc as grpc_pb
from groundswell_analyzer.describing import Describer
from groundswell_analyzer.grading.graded import Graded
from groundswell_analyzer.monitors import MonitorBook
from groundswell_analyzer.query import parse_or_raise
from groundswell_analyzer.scope import page_bound, visible_names, visible_story
from groundswell_analyzer.search.conditions import Where, where
from groundswell_analyzer.search.stories import (
    FIELDS,
    HIDDEN,
    NOTHING,
    StorySearch,
    asked,
    of_grades,
    of_source,
    present,
    words,
)
from groundswell_analyzer.stories.keeper import Keeper
from groundswell_analyzer.stories.records import public_story
from groundswell_analyzer.stories.series import step_minutes, steps
from groundswell_analyzer.stories.watching import Watcher, WatchHub
from groundswell_core.descriptions import DESCRIPTIONS
from groundswell_core.errors import InvalidInput, NotFound
from groundswell_core.grades import Level
from groundswell_core.mongo import Database
from groundswell_core.names import parse_name
from groundswell_core.pages import decode_token, encode_token, page_size
from groundswell_core.rpc import caller
from groundswell_core.stories import (
    SERIES_POINTS,
    STORIES,
    STORY_EVENTS,
    Story,
)

BOOKMARK_SECONDS = 5.0
MERGED_MOST = 20
_SNAPSHOT = 5000  # stories that a follower gets at first, newest first
_ORDERS = {
    pb.STORY_ORDER_UNSPECIFIED: [("level_rank", -1), ("update_time", -1), ("_id", 1)],
    pb.STORY_ORDER_LEVEL: [("level_rank", -1), ("update_time", -1), ("_id", 1)],
    pb.STORY_ORDER_NEWEST: [("update_time", -1), ("_id", 1)],
    pb.STORY_ORDER_GROWTH: [("growth", -1), ("update_time", -1), ("_id", 1)],
}


class StoryService(grpc_pb.StoryServiceServicer):
    """Answers calls about stories."""

    def __init__(
        self,
        database: Database,
        book: MonitorBook,
        hub: WatchHub,
        *,
        describer: Describer,
        keeper: Keeper,
        stopping: asyncio.Event,
    ) -> None:
        """Takes stopping: streams end when it is set."""
        self._stories = database.collection("stories")
        self._series = database.collection("story_series")
        self._documents = database.collection("documents")
        self._book = book
        self._hub = hub
        self._describer = describer
        self._keeper = keeper
        self._stopping = stopping

    async def GetStory(self, request: Any, context: Any) -> Any:
        """Answers one story."""
        return pb.GetStoryResponse(story=await self._stored(parse_name(request.name, "stories")))

    async def ListStories(self, request: Any, context: Any) -> Any:
        """Lists stories."""
        size = page_size(request.page_size)
        filter_text = page_bound(request)
        skip = decode_token(filter_text, request.page_token)
        found = await self._stories.find(
            self._filter(request), sort=_order(request), skip=skip, limit=size + 1, fields=HIDDEN
        )
        stories = [self._visible(public_story(record)) for record in found[:size]]
        return pb.ListStoriesResponse(
            stories=map(STORIES.to_proto, stories),
            next_page_token=encode_token(filter_text, skip + size) if len(found) > size else "",
        )

    async def SearchStories(self, request: Any, context: Any) -> Any:
        """Searches stories by words, phrases and fields; sorted and paged."""
        tree = parse_or_raise(request.query) if request.query.strip() else None
        conditions = asked(request, tree) + self._graded(request)
        if request.source:
            parse_name(request.source, "sources")
            conditions.append(await of_source(self._documents, request.source))
        search = StorySearch(
            stories=self._stories,
            where={"$and": conditions},
            tree=tree,
            order=_order(request),
            size=page_size(request.page_size),
        )
        bound = page_bound(request)
        total = await search.count() if not request.page_token else None
        skip = await search.run(decode_token(bound, request.page_token))
        return pb.SearchStoriesResponse(
            stories=[STORIES.to_proto(self._visible(story)) for story in search.found],
            next_page_token=encode_token(bound, skip) if skip else "",
            total_count=total,
        )

    async def DescribeStory(self, request: Any, context: Any) -> Any:
        """Answers what is known of a story beside its counts."""
        record = await self._record(request.name, {"alerts": 0, "timeline": 0})
        names = visible_names(caller(), self._book.monitors.values())
        graded = [Graded.from_record(one) for one in record["grades"] if one["monitor"] in names]
        made = await self._describer.describe(public_story(record), graded)
        return pb.DescribeStoryResponse(description=DESCRIPTIONS.to_proto(made))

    async def MergeStories(self, request: Any, context: Any) -> Any:
        """Joins stories into one."""
        if not 1 <= len(request.others) <= MERGED_MOST:
            raise InvalidInput(
                f"others names {len(request.others)} stories; name 1 to {MERGED_MOST}",
                reason="BAD_OTHERS",
            )
        kept, *others = (parse_name(one, "stories") for one in (request.name, *request.others))
        await self._keeper.merge(kept, others)
        return pb.MergeStoriesResponse(story=await self._stored(kept))

    async def SplitStory(self, request: Any, context: Any) -> Any:
        """Moves documents of a story into one of their own."""
        if not request.documents:
            raise InvalidInput("documents names none; name at least one", reason="BAD_DOCUMENTS")
        documents = [parse_name(one, "documents") for one in request.documents]
        made = await self._keeper.split(parse_name(request.name, "stories"), documents)
        return pb.SplitStoryResponse(story=await self._stored(made))

    async def GetStorySeries(self, request: Any, context: Any) -> Any:
        """Answers a story's counts over time."""
        step = step_minutes(request)
        record = await self._record(request.name, ["_id"])
        found = await self._series.find({"story": record["_id"]}, sort=[("start_time", 1)])
        points = [SERIES_POINTS.to_proto(point) for point in steps(found, step)]
        return pb.GetStorySeriesResponse(points=points)

    async def GetStoryTimeline(self, request: Any, context: Any) -> Any:
        """Answers what happened to a story, oldest first."""
        record = await self._record(request.name, ["timeline"])
        names = visible_names(caller(), self._book.monitors.values())
        entries = [STORY_EVENTS.from_record(entry) for entry in record["timeline"]]
        shown = [one for one in entries if not one.monitor or one.monitor in names]
        shown.sort(key=lambda one: one.time)
        return pb.GetStoryTimelineResponse(entries=map(STORY_EVENTS.to_proto, shown))

    async def WatchStories(self, request: Any, context: Any) -> AsyncIterator[Any]:
        """Follows stories: present ones, a marker, then changes; a bookmark when nothing changes."""
        wanted = _Wanted(request)
        with self._hub.join() as watcher:
            for story in await self._present(request):
                yield pb.WatchStoriesResponse(story=STORIES.to_proto(story))
            yield pb.WatchStoriesResponse(snapshot_end=True)
            async for change in self._changes(watcher, wanted):
                yield pb.WatchStoriesResponse(story=STORIES.to_proto(change) if change else None)

    async def _present(self, request: Any) -> list[Story]:
        found = await self._stories.find(
            self._filter(request),
            sort=_ORDERS[pb.STORY_ORDER_NEWEST],
            limit=_SNAPSHOT,
            fields=HIDDEN,
        )
        return [self._visible(public_story(record)) for record in reversed(found)]

    async def _changes(self, watcher: Watcher, wanted: _Wanted) -> AsyncIterator[Story | None]:
        """Yields changes, and None for a bookmark."""
        loop = asyncio.get_running_loop()
        said = loop.time()
        while not self._stopping.is_set():
            for story in await watcher.changes(0.5):
                visible = self._visible(story)
                if wanted.admits(visible):
                    said = loop.time()
                    yield visible
            if loop.time() - said >= BOOKMARK_SECONDS - 0.5:
                said = loop.time()
                yield None

    def _visible(self, story: Story) -> Story:
        return visible_story(story, visible_names(caller(), self._book.monitors.values()))

    async def _stored(self, identifier: str) -> Any:
        """Returns a stored story on the wire, as the caller may see it."""
        story = public_story(await self._record(f"stories/{identifier}", HIDDEN))
        return STORIES.to_proto(self._visible(story))

    async def _record(self, name: str, fields: Any) -> dict[str, Any]:
        record = await self._stories.find_one({"_id": parse_name(name, "stories")}, fields=fields)
        if record is None:
            raise NotFound(f"there is no {name}", reason="STORY_NOT_FOUND", name=name)
        return record

    def _filter(self, request: Any) -> dict[str, Any]:
        conditions = [present(include_exercises=request.include_exercises), *self._graded(request)]
        tree = words(getattr(request, "query", ""))
        if tree is not None:
            conditions.append(where(tree, FIELDS) or NOTHING)
        return {"$and": [one for one in conditions if one]}

    def _graded(self, request: Any) -> list[Where]:
        """Returns the condition of the monitor and level that are asked for; none when neither is."""
        names = visible_names(caller(), self._book.monitors.values())
        level = Level(request.minimum_level)
        if request.monitor:
            self._check_monitor(request.monitor, names)
            return [of_grades({request.monitor}, level)]
        return [of_grades(names, level)] if level > Level.NONE else []

    def _check_monitor(self, name: str, names: set[str]) -> None:
        parse_name(name, "monitors")
        if name not in names:
            raise NotFound(f"there is no {name}", reason="MONITOR_NOT_FOUND", name=name)


class _Wanted:
    """Which changes a follower asked for."""

    def __init__(self, request: Any) -> None:
        self._monitor = request.monitor
        self._level = Level(request.minimum_level)
        self._exercises = request.include_exercises
        self._told: set[str] = set()

    def admits(self, story: Story) -> bool:
        """Tells whether to tell of a story; one that was told of is told of to its end."""
        is_wanted = (self._exercises or not story.exercise) and self._is_graded(story)
        if is_wanted:
            self._told.add(story.name)
        return is_wanted or story.name in self._told

    def _is_graded(self, story: Story) -> bool:
        if not self._monitor and self._level <= Level.NONE:
            return True
        return any(
            one.grade.level >= self._level and self._monitor in ("", one.monitor)
            for one in story.grades
        )


def _order(request: Any) -> list[tuple[str, int]]:
    order = _ORDERS.get(request.order)
    if order is None:
        raise InvalidInput(f"order {request.order} is not known", reason="BAD_ORDER")
    return order
