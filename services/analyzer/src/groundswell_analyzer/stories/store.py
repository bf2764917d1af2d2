"""What the stories role reads and writes: one bulk a collection a batch, every write repeatable."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from groundswell_analyzer.grading.graded import Graded, past_record
from groundswell_analyzer.stories.desk import Placement
from groundswell_analyzer.stories.member import MEMBER_FIELDS, Piece, piece_of
from groundswell_analyzer.stories.open_story import OpenStory
from groundswell_analyzer.stories.records import series_records, story_record
from groundswell_analyzer.telling import SourceWeights
from groundswell_core.errors import InvalidInput
from groundswell_core.mongo import (
    Database,
    Operation,
    delete_op,
    insert_op,
    replace_op,
    update_op,
)
from groundswell_core.stories import StoryState

_CHUNK = 2000
_DUPLICATE = 11000


_STAMP = ("version", "writer", "write_time")


class StoryStore:
    """Documents' stories, story records and series in MongoDB."""

    def __init__(
        self,
        database: Database,
        *,
        keep: timedelta,
        writer: str,
        weights: SourceWeights | None = None,
    ) -> None:
        """Takes keep: how long stories and series are kept; writer: who this process is."""
        self._writer = writer
        self._weights = weights
        self._documents = database.collection("documents")
        self._stories = database.collection("stories")
        self._series = database.collection("story_series")
        self._grades = database.collection("grades")
        self._keep = keep

    async def pieces(self, ids: Iterable[str]) -> list[Piece]:
        """Returns stored documents in the order of ids; those that are gone are left out."""
        wanted = list(dict.fromkeys(ids))
        found = await self._documents.find({"_id": {"$in": wanted}}, fields=MEMBER_FIELDS)
        by_id = {record["_id"]: record for record in found}
        return [piece_of(by_id[one], self._weights) for one in wanted if one in by_id]

    async def pending(self, limit: int) -> list[str]:
        """Returns ids of documents that wait for their story, in the order in which they arrived."""
        found = await self._documents.find(
            {"pending": True},
            sort=[("arrival", 1)],
            limit=limit,
            fields=["_id"],
        )
        return [record["_id"] for record in found]

    async def members(self, stories: Sequence[str]) -> AsyncIterator[Piece]:
        """Yields the documents of stories in the order in which they were given to them."""
        for start in range(0, len(stories), _CHUNK):
            found = self._documents.stream(
                {"story": {"$in": list(stories[start : start + _CHUNK])}},
                sort=[("story", 1), ("story_order", 1)],
                fields=MEMBER_FIELDS,
            )
            async for record in found:
                yield piece_of(record, self._weights)

    async def story_records(self, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Returns stored stories by id."""
        found = await self._stories.find({"_id": {"$in": list(ids)}}) if ids else []
        return {record["_id"]: record for record in found}

    async def recent(self, since: datetime) -> list[dict[str, Any]]:
        """Returns stories that documents reached, or that were joined, since a time or have a level."""
        levelled = {"level_rank": {"$gt": 0}, "state": {"$ne": StoryState.MERGED.name}}
        return await self._stories.find({"$or": [{"update_time": {"$gte": since}}, levelled]})

    async def newest_time(self) -> datetime | None:
        """Returns the time of the newest happening that is stored."""
        record = await self._documents.find_one(
            {}, sort=[("event_time", -1)], fields=["event_time"]
        )
        moment: datetime | None = record["event_time"] if record else None
        return moment

    async def last_order(self) -> int:
        """Returns the place of the document that was given to a story last."""
        record = await self._documents.find_one(
            {}, sort=[("story_order", -1)], fields=["story_order"]
        )
        return int((record or {}).get("story_order") or 0)

    async def written_since(self, moment: datetime) -> list[str]:
        """Returns ids of stories that others wrote since a time."""
        where = {"write_time": {"$gte": moment}, "writer": {"$ne": self._writer}}
        return [record["_id"] for record in await self._stories.find(where, fields=["_id"])]

    async def assign(self, placements: Sequence[tuple[Placement, int]], now: datetime) -> set[str]:
        """Writes which story documents belong to; returns those where somebody was faster."""
        operations = [_assignment(placement, order, now) for placement, order in placements]
        result = await self._documents.bulk(operations)
        if result.matched == len(operations):
            return set()
        return await self._lost([placement for placement, _ in placements])

    async def _lost(self, placements: Sequence[Placement]) -> set[str]:
        found = await self._documents.find(
            {"_id": {"$in": [placement.document for placement in placements]}},
            fields=["story", "assigned"],
        )
        stored = {record["_id"]: (record["story"], record["assigned"]) for record in found}
        return {
            placement.document
            for placement in placements
            if stored.get(placement.document) != (placement.story, placement.change)
        }

    async def write_stories(
        self, stories: Sequence[OpenStory], *, event_now: datetime, now: datetime
    ) -> set[str]:
        """Writes stories whose stored version is still ours; returns ids of the others."""
        records = [
            story_record(story, event_now=event_now, now=now, keep=self._keep)
            | {"writer": self._writer}
            for story in stories
        ]
        operations = [
            _story_operation(story, record) for story, record in zip(stories, records, strict=True)
        ]
        result = await self._stories.bulk(operations)
        _refuse_bad(result.failed)
        lost: set[str] = set()
        if result.inserted + result.matched < len(operations):
            lost = await self._overtaken(records)
        for story in stories:
            if story.id not in lost:
                story.version += 1
        return lost

    async def _overtaken(self, records: Sequence[Mapping[str, Any]]) -> set[str]:
        found = await self._stories.find(
            {"_id": {"$in": [record["_id"] for record in records]}},
            fields=list(_STAMP),
        )
        stored = {record["_id"]: _stamp(record) for record in found}
        return {record["_id"] for record in records if stored.get(record["_id"]) != _stamp(record)}

    async def write_series(self, stories: Sequence[OpenStory], now: datetime) -> None:
        """Writes the minutes that changed, each counted anew."""
        records = [
            record for story in stories for record in series_records(story, now + self._keep)
        ]
        await self._series.bulk(
            [replace_op({"_id": record["_id"]}, record, upsert=True) for record in records]
        )
        for story in stories:
            story.dirty_minutes.clear()

    async def write_grades(self, past: deque[tuple[str, Graded]], now: datetime) -> None:
        """Writes grades of stories to the record of past ones, and takes them out of the queue."""
        records = [past_record(story, one, now + self._keep) for story, one in past]
        await self._grades.bulk(
            [replace_op({"_id": record["_id"]}, record, upsert=True) for record in records]
        )
        for _ in records:
            past.popleft()

    async def drop_series(self, story: OpenStory) -> None:
        """Deletes the series of a story whose documents now belong to another."""
        await self._series.delete_many({"story": story.id})

    async def settle(self, ids: Sequence[str]) -> None:
        """Marks documents as done, unless they changed again in between."""
        if ids:
            await self._documents.update_many(
                {"_id": {"$in": list(ids)}, "pending": True},
                [{"$set": {"pending": {"$ne": ["$change", "$assigned"]}}}],
            )

    async def move(self, source: str, target: str) -> None:
        """Gives all documents of a story to the story it was joined into; repeats are harmless.

        They wait until that story's record and series count them: a crash in between loses none.
        """
        await self._documents.update_many(
            {"story": source}, {"$set": {"story": target, "pending": True}}
        )

    async def part(self, source: str, target: str, documents: Sequence[str], first: str) -> None:
        """Gives documents of a story to a new one; they wait until both are written anew."""
        where = {"story": {"$in": [source, target]}}
        change = {"story": target, "pending": True}
        await self._documents.update_many(
            {"_id": {"$in": list(documents)}, **where}, {"$set": change}
        )
        await self._documents.update({"_id": first, **where}, {"$set": {"near_copy": False}})

    async def delete_empty(self, stories: Sequence[str]) -> None:
        """Deletes records of stories that no document belongs to."""
        await self._stories.bulk([delete_op({"_id": story}) for story in stories])


def _assignment(placement: Placement, order: int, now: datetime) -> Operation:
    fields: dict[str, Any] = {
        "story": placement.story,
        "near_copy": placement.near_copy,
        "assigned": placement.change,
    }
    if not placement.before:
        fields["story_order"] = order
    if placement.needs_time:
        fields["story_time"] = now
    # Insert if absent: whoever gives a document to a story first has given it.
    where = {
        "_id": placement.document,
        "change": placement.change,
        "story": {"$in": ["", placement.story, placement.before]},
    }
    return update_op(where, {"$set": fields})


def _stamp(record: Mapping[str, Any]) -> tuple[Any, ...]:
    """Returns which write made a record; its time comes in MongoDB's milliseconds."""
    return tuple(record[name] for name in _STAMP)


def _story_operation(story: OpenStory, record: Mapping[str, Any]) -> Operation:
    if story.version:
        return replace_op({"_id": story.id, "version": story.version}, record)
    return insert_op(record)


def _refuse_bad(failed: Sequence[tuple[int, int]]) -> None:
    bad = [code for _, code in failed if code != _DUPLICATE]
    if bad:
        raise InvalidInput(f"MongoDB refuses a story: code {bad[0]}", reason="BAD_RECORD")
