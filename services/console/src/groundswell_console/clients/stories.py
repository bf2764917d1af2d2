"""Stories and documents, asked of the analyzer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from groundswell.analysis.v1 import document_service_pb2 as document_pb2
from groundswell.analysis.v1 import document_service_pb2_grpc as document_grpc
from groundswell.story.v1 import story_service_pb2 as pb2
from groundswell.story.v1 import story_service_pb2_grpc as pb2_grpc
from groundswell_console.clients.peer import Page, Peer, total_of
from groundswell_console.clients.wanted import Wanted
from groundswell_core.analyses import ANALYSES, Analysis
from groundswell_core.descriptions import DESCRIPTIONS, StoryDescription
from groundswell_core.grades import Level
from groundswell_core.stories import (
    SERIES_POINTS,
    STORIES,
    STORY_EVENTS,
    SeriesPoint,
    Story,
    StoryEvent,
)

ORDERS = {"level": 1, "newest": 2, "growth": 3}
DOCUMENT_ORDERS = {"newest": 1, "oldest": 2}


class Stories:
    """Reads stories."""

    def __init__(self, peer: Peer) -> None:
        """Takes the analyzer."""
        self._peer = peer
        self._stub: Any = pb2_grpc.StoryServiceStub(peer.channel)

    async def get(self, name: str) -> Story:
        """Returns a story."""
        request = pb2.GetStoryRequest(name=name)
        return STORIES.from_proto((await self._peer.ask(self._stub.GetStory, request)).story)

    async def find(
        self,
        *,
        monitor: str = "",
        minimum_level: Level = Level.UNSPECIFIED,
        query: str = "",
        order: str = "level",
        size: int = 30,
        token: str = "",
    ) -> Page[Story]:
        """Returns a page of stories."""
        request = pb2.ListStoriesRequest(
            monitor=monitor,
            minimum_level=int(minimum_level),  # type: ignore[arg-type]
            query=query,
            order=ORDERS.get(order, 1),  # type: ignore[arg-type]
            page_size=size,
            page_token=token,
        )
        answer = await self._peer.ask(self._stub.ListStories, request)
        return Page(tuple(map(STORIES.from_proto, answer.stories)), answer.next_page_token)

    async def search(
        self, wanted: Wanted, *, order: str = "level", size: int = 20, token: str = ""
    ) -> Page[Story]:
        """Returns a page of the stories that match."""
        request = wanted.fill(pb2.SearchStoriesRequest(page_size=size, page_token=token))
        request.order = ORDERS.get(order, 1)
        answer = await self._peer.ask(self._stub.SearchStories, request)
        found = tuple(map(STORIES.from_proto, answer.stories))
        return Page(found, answer.next_page_token, total_of(answer))

    async def describe(self, name: str) -> StoryDescription:
        """Returns a story's claims, spread, path, outlets and forecast."""
        request = pb2.DescribeStoryRequest(name=name)
        answer = await self._peer.ask(self._stub.DescribeStory, request)
        return DESCRIPTIONS.from_proto(answer.description)

    async def series(self, name: str, step: timedelta) -> list[SeriesPoint]:
        """Returns a story's counts, oldest first; a missing step is zero."""
        request = pb2.GetStorySeriesRequest(name=name)
        request.step.FromTimedelta(step)
        answer = await self._peer.ask(self._stub.GetStorySeries, request)
        return [SERIES_POINTS.from_proto(point) for point in answer.points]

    async def timeline(self, name: str) -> list[StoryEvent]:
        """Returns what happened to a story, oldest first."""
        request = pb2.GetStoryTimelineRequest(name=name)
        answer = await self._peer.ask(self._stub.GetStoryTimeline, request)
        return [STORY_EVENTS.from_proto(entry) for entry in answer.entries]


class Documents:
    """Reads analysed documents."""

    def __init__(self, peer: Peer) -> None:
        """Takes the analyzer."""
        self._peer = peer
        self._stub: Any = document_grpc.DocumentServiceStub(peer.channel)

    async def get(self, name: str) -> Analysis:
        """Returns a document with what was learned of it."""
        request = document_pb2.GetDocumentRequest(name=name)
        return ANALYSES.from_proto((await self._peer.ask(self._stub.GetDocument, request)).analysis)

    async def search(
        self,
        wanted: Wanted | None = None,
        *,
        story: str = "",
        order: str = "newest",
        size: int = 20,
        token: str = "",
    ) -> Page[Analysis]:
        """Returns a page of the documents that match, newest first unless asked otherwise."""
        request = (wanted or Wanted()).fill(
            document_pb2.SearchDocumentsRequest(story=story, page_size=size, page_token=token)
        )
        request.order = DOCUMENT_ORDERS.get(order, 1)
        answer = await self._peer.ask(self._stub.SearchDocuments, request)
        found = tuple(map(ANALYSES.from_proto, answer.analyses))
        return Page(found, answer.next_page_token, total_of(answer))
