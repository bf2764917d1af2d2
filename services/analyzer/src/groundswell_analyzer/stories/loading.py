"""Fills the memory from MongoDB: story records, and the documents that they are derived from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from groundswell_analyzer.stories.desk import Desk, story_id
from groundswell_analyzer.stories.member import Piece
from groundswell_analyzer.stories.open_story import OpenStory
from groundswell_analyzer.stories.records import opened
from groundswell_analyzer.stories.store import StoryStore
from groundswell_core.stories import StoryState


class Loader:
    """Reads stories into memory."""

    def __init__(self, store: StoryStore, desk: Desk) -> None:
        """Takes the desk to fill."""
        self._store = store
        self._desk = desk

    async def load_recent(self, since: datetime) -> list[OpenStory]:
        """Reads the stories that documents reached since a time; finishes merges cut short."""
        records = {record["_id"]: record for record in await self._store.recent(since)}
        for record in records.values():
            self._note_merged(record)
        for identifier in [one for one in records if self._desk.resolve(one) != one]:
            await self._store.move(identifier, self._desk.resolve(identifier))
        return await self._fill(records)

    def joined_unsaid(self) -> list[tuple[OpenStory, OpenStory]]:
        """Returns stories whose documents were moved but whose record does not say so, with where to."""
        empty = {one.id: one for one in self._desk.stories.values() if not one.members}
        if not empty:
            return []
        founders = {
            founded: self._desk.stories[home]
            for document, home in self._desk.homes()
            if (founded := story_id(document)) in empty
        }
        return [(founders[identifier], empty[identifier]) for identifier in sorted(founders)]

    async def reload(self, ids: Sequence[str]) -> list[OpenStory]:
        """Reads stories anew, whatever memory says of them."""
        for identifier in ids:
            known = self._desk.stories.get(identifier)
            if known is not None:
                self._desk.drop(known)
        records = await self._store.story_records(ids)
        for record in records.values():
            self._note_merged(record)
        made = await self._fill(records)
        missing = [identifier for identifier in ids if identifier not in records]
        return made + await self._without_record(missing)

    async def bring(self, ids: Iterable[str]) -> None:
        """Reads the stories that memory does not hold."""
        missing = {self._desk.resolve(one) for one in ids} - set(self._desk.stories)
        if missing:
            await self.reload(sorted(missing))

    async def load_missing(self, pieces: Iterable[Piece]) -> None:
        """Reads the stories that documents already have but memory does not hold."""
        wanted = {
            self._desk.resolve(piece.story)
            for piece in pieces
            if piece.story and self._desk.resolve(piece.story) not in self._desk.stories
        }
        if wanted:
            await self.reload(sorted(wanted))
            # A story that was joined into another while it was out of memory.
            further = {self._desk.resolve(one) for one in wanted} - set(self._desk.stories) - wanted
            if further:
                await self.reload(sorted(further))

    def _note_merged(self, record: Mapping[str, Any]) -> None:
        if record["state"] == StoryState.MERGED.name:
            self._desk.merged[record["_id"]] = record["merged_into"].removeprefix("stories/")

    async def _fill(self, records: Mapping[str, Mapping[str, Any]]) -> list[OpenStory]:
        made = [
            opened(record)
            for record in records.values()
            if record["state"] != StoryState.MERGED.name
        ]
        for story in made:
            self._desk.adopt(story)
        pieces = [piece async for piece in self._store.members([story.id for story in made])]
        # As they came: the index of copies looks at the latest first.
        for piece in sorted(pieces, key=lambda one: one.member.order):
            self._desk.put(self._desk.stories[piece.story], piece.member)
        for story in made:
            if not is_stale(story, records[story.id]):
                story.dirty_minutes.clear()
                story.centroid.length = records[story.id].get("length", story.centroid.length)
        return made

    async def _without_record(self, ids: Sequence[str]) -> list[OpenStory]:
        """Makes stories whose documents were given to them, but whose record was never written."""
        made: dict[str, OpenStory] = {}
        async for piece in self._store.members(ids) if ids else _nothing():
            made[piece.story] = story = self._desk.open(piece.story, piece)
            self._desk.put(story, piece.member)
        return list(made.values())


def is_stale(story: OpenStory, record: Mapping[str, Any]) -> bool:
    """Tells whether a record says otherwise than the documents: it was not written to the end."""
    tally = story.tally
    return (record["document_count"], record["copy_count"], record["revision_count"]) != (
        tally.documents,
        tally.copies,
        tally.edits,
    )


async def _nothing() -> Any:
    return
    yield
