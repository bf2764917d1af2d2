"""DocumentService: reading documents with what was learned of them."""
# ruff: noqa: N802 - RPCs keep the names of their proto

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from groundswell.analysis.v1 import document_service_pb2 as pb
from groundswell.analysis.v1 import document_service_pb2_grpc as grpc_pb
from groundswell_analyzer.query import Node, matches, parse_or_raise, searchable_analysis
from groundswell_analyzer.scope import visible_names
from groundswell_core.analyses import ANALYSES, Analysis
from groundswell_core.errors import NotFound
from groundswell_core.mongo import Collection
from groundswell_core.names import parse_name
from groundswell_core.pages import decode_token, encode_token, page_size
from groundswell_core.rpc import caller

_CHUNK = 500
_SECONDS = 3.5  # of searching in one call; a page may then be short, and its token goes on
_SAME = 10_000  # documents of one millisecond that a token can count


class DocumentService(grpc_pb.DocumentServiceServicer):
    """Answers calls about documents."""

    def __init__(self, documents: Collection, book: Any) -> None:
        """Takes the monitors, of which a caller may not see all."""
        self._documents = documents
        self._book = book

    async def GetDocument(self, request: Any, context: Any) -> Any:
        """Answers one document with its analysis."""
        identifier = parse_name(request.name, "documents")
        record = await self._documents.find_one({"_id": identifier})
        if record is None:
            raise NotFound(
                f"there is no {request.name}", reason="DOCUMENT_NOT_FOUND", name=request.name
            )
        return pb.GetDocumentResponse(analysis=self._public(analysis_of(record)))

    async def SearchDocuments(self, request: Any, context: Any) -> Any:
        """Searches documents, newest first."""
        tree = parse_or_raise(request.query) if request.query.strip() else None
        search = _Search(self._documents, _filter(request), tree, page_size(request.page_size))
        bound = repr((request.query, request.story, request.source, request.include_exercises))
        token = await search.run(decode_token(bound, request.page_token))
        return pb.SearchDocumentsResponse(
            analyses=map(self._public, search.found),
            next_page_token=encode_token(bound, token) if token else "",
        )

    def _public(self, analysis: Analysis) -> Any:
        names = visible_names(caller(), self._book.monitors.values())
        message = ANALYSES.to_proto(analysis)
        message.ClearField("monitors")
        message.monitors.extend(name for name in analysis.monitors if name in names)
        return message


class _Search:
    """Walks documents newest first until a page is full or its time is over."""

    def __init__(
        self, documents: Collection, where: dict[str, Any], tree: Node | None, size: int
    ) -> None:
        self._documents = documents
        self._where = where
        self._tree = tree
        self._size = size
        self.found: list[Analysis] = []

    async def run(self, position: int) -> int:
        """Fills found from a position on; returns the position to go on from, 0 at the end."""
        deadline = time.monotonic() + _SECONDS
        while True:
            batch = await self._batch(position)
            looked = await asyncio.to_thread(self._look, batch)
            position = _after(position, batch[:looked])
            if looked < len(batch):
                return position
            if len(batch) < _CHUNK:
                return 0
            if len(self.found) >= self._size or time.monotonic() > deadline:
                return position

    async def _batch(self, position: int) -> list[dict[str, Any]]:
        where, skip = dict(self._where), 0
        if position:
            milliseconds, skip = divmod(position, _SAME)
            moment = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=milliseconds)
            where["event_time"] = {"$lte": moment}
        return await self._documents.find(
            where, sort=[("event_time", -1), ("_id", 1)], skip=skip, limit=_CHUNK
        )

    def _look(self, batch: list[dict[str, Any]]) -> int:
        """Keeps what matches until the page is full; returns how many were looked at."""
        for index, record in enumerate(batch):
            if len(self.found) >= self._size:
                return index
            analysis = analysis_of(record)
            if self._tree is None or matches(self._tree, searchable_analysis(analysis)):
                self.found.append(analysis)
        return len(batch)


def _after(position: int, looked: list[dict[str, Any]]) -> int:
    """Returns the position after documents: their last millisecond, and how many of it were seen."""
    if not looked:
        return position
    last = _milliseconds(looked[-1])
    same = sum(_milliseconds(record) == last for record in looked)
    before, seen = divmod(position, _SAME)
    return last * _SAME + same + (seen if before == last else 0)


def _milliseconds(record: Mapping[str, Any]) -> int:
    moment: datetime = record["event_time"]
    return round((moment - datetime.fromtimestamp(0, UTC)) / timedelta(milliseconds=1))


def _filter(request: Any) -> dict[str, Any]:
    where: dict[str, Any] = {}
    if request.story:
        where["story"] = parse_name(request.story, "stories")
    if request.source:
        parse_name(request.source, "sources")
        where["analysis.document.source"] = request.source
    if not request.include_exercises:
        where["exercise"] = False
    return where


def analysis_of(record: Mapping[str, Any]) -> Analysis:
    """Returns the analysis of a stored document with the story it was given to."""
    story = record["story"]
    return ANALYSES.from_record(
        {
            **record["analysis"],
            "story": f"stories/{story}" if story else "",
            "story_time": record.get("story_time"),
            "near_copy": bool(record.get("near_copy")),
        }
    )
