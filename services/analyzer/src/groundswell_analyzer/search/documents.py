"""Searching stored documents: what a request asks for as a condition, an order and a place in it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from groundswell.analysis.v1 import document_service_pb2 as pb
from groundswell_analyzer.query import Node, matches, searchable_analysis
from groundswell_analyzer.search.conditions import Fields, Where, category, is_exact, place, where
from groundswell_core.analyses import ANALYSES, Analysis
from groundswell_core.errors import InvalidInput
from groundswell_core.mongo import Collection
from groundswell_core.names import parse_name

COUNTED = 10_000  # matches that are counted at most
FIELDS = Fields(source="analysis.document.source", language="analysis.language")
_CHUNK = 500
_SECONDS = 3.0  # of looking in one call; a page may then be short, and its token goes on
_SAME = 10_000  # documents of one millisecond that a token can count
_EPOCH = datetime.fromtimestamp(0, UTC)
_DIRECTIONS = {
    pb.DOCUMENT_ORDER_UNSPECIFIED: -1,
    pb.DOCUMENT_ORDER_NEWEST: -1,
    pb.DOCUMENT_ORDER_OLDEST: 1,
}


def direction(request: Any) -> int:
    """Returns -1 for newest first, 1 for oldest first; raises InvalidInput for another order."""
    if request.order not in _DIRECTIONS:
        raise InvalidInput(f"order {request.order} is not known", reason="BAD_ORDER")
    return _DIRECTIONS[request.order]


def asked(request: Any, tree: Node | None) -> Where:
    """Returns the condition of a request, levels apart."""
    parts: list[Where] = [where(tree, FIELDS)] if tree is not None else []
    if request.story:
        parts.append({"story": parse_name(request.story, "stories")})
    if request.source:
        parse_name(request.source, "sources")
        parts.append({FIELDS.source: request.source})
    if request.place:
        parts.append(place(request.place, FIELDS))
    if request.category:
        parts.append(category(request.category, FIELDS))
    if request.language:
        parts.append({FIELDS.language: request.language})
    if not request.include_exercises:
        parts.append({"exercise": False})
    parts.append(_published(request))
    some = [part for part in parts if part]
    return {"$and": some} if some else {}


def _published(request: Any) -> Where:
    bounds = {}
    if request.HasField("start_time"):
        bounds["$gte"] = request.start_time.ToDatetime(tzinfo=UTC)
    if request.HasField("end_time"):
        bounds["$lt"] = request.end_time.ToDatetime(tzinfo=UTC)
    return {"event_time": bounds} if bounds else {}


@dataclass(slots=True, kw_only=True)
class DocumentSearch:
    """Walks the documents that a condition lets through until a page is full or its time is over."""

    documents: Collection
    where: Where
    tree: Node | None
    size: int
    direction: int = -1
    found: list[Analysis] = field(default_factory=list)

    async def run(self, position: int) -> int:
        """Fills found from a position on; returns the position to go on from, 0 at the end."""
        deadline = time.monotonic() + _SECONDS
        chunk = min(_CHUNK, 2 * self.size + 1)
        while True:
            batch = await self._batch(position, chunk)
            looked = await asyncio.to_thread(self._look, batch)
            position = _after(position, batch[:looked])
            if looked < len(batch):
                return position
            if len(batch) < chunk:
                return 0
            if len(self.found) >= self.size or time.monotonic() > deadline:
                return position
            chunk = _CHUNK

    async def count(self) -> int | None:
        """Returns how many match, up to COUNTED; None when only reading all of them could tell."""
        if not is_exact(self.tree):
            return None
        return await self.documents.count(self.where, limit=COUNTED)

    async def _batch(self, position: int, chunk: int) -> list[dict[str, Any]]:
        condition, skip = self.where, 0
        if position:
            milliseconds, skip = divmod(position, _SAME)
            moment = _EPOCH + timedelta(milliseconds=milliseconds)
            further = {"event_time": {"$lte" if self.direction < 0 else "$gte": moment}}
            condition = {"$and": [condition, further]} if condition else further
        order = [("event_time", self.direction), ("_id", -self.direction)]
        return await self.documents.find(
            condition, sort=order, skip=skip, limit=chunk, fields={"grams": 0}
        )

    def _look(self, batch: Sequence[dict[str, Any]]) -> int:
        """Keeps what matches until the page is full; returns how many were looked at."""
        for index, record in enumerate(batch):
            if len(self.found) >= self.size:
                return index
            analysis = analysis_of(record)
            if self.tree is None or matches(self.tree, searchable_analysis(analysis)):
                self.found.append(analysis)
        return len(batch)


def _after(position: int, looked: Sequence[dict[str, Any]]) -> int:
    """Returns the position after documents: their last millisecond, and how many of it were seen."""
    if not looked:
        return position
    last = _milliseconds(looked[-1])
    same = sum(_milliseconds(record) == last for record in looked)
    before, seen = divmod(position, _SAME)
    return last * _SAME + same + (seen if before == last else 0)


def _milliseconds(record: Mapping[str, Any]) -> int:
    moment: datetime = record["event_time"]
    return round((moment - _EPOCH) / timedelta(milliseconds=1))


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
