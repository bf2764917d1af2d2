"""Searching stored stories: what a request asks for as a condition, and a walk over what it lets through."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

from groundswell_analyzer.query import Node, Searchable, key, matches
from groundswell_analyzer.query.searchable import BORDER
from groundswell_analyzer.query.tree import And, Literal
from groundswell_analyzer.search.conditions import Fields, Where, category, is_exact, place, where
from groundswell_analyzer.search.documents import COUNTED
from groundswell_analyzer.search.grams import story_texts
from groundswell_core.grades import Level
from groundswell_core.mongo import Collection
from groundswell_core.stories import STORIES, Story, StoryState

FIELDS = Fields(language="language")
PRESENT = [StoryState.ACTIVE.name, StoryState.RESTING.name]
HIDDEN = dict.fromkeys(
    ("grades.snapshot", "alerts", "timeline", "told_outlets", "told", "outlets", "grams"), 0
)
NOTHING: Where = {"_id": {"$in": []}}  # what signs alone find
_CHUNK = 200
_LOOKED_AT = 5_000  # stories in one call; a page may then be short, and its token goes on
_SOURCE_STORIES = 20_000  # newest documents of a source whose stories are looked at


def words(text: str) -> Node | None:
    """Returns the query of somebody who types words: all of them, operators taken as words."""
    literals = tuple(Literal(text=word, key=word) for word in dict.fromkeys(key(text).split()))
    return And(literals) if literals else None


def of_grades(names: Iterable[str], level: Level) -> Where:
    """Returns the condition that a story has a grade of one of these monitors, of a level at least."""
    wanted: dict[str, Any] = {"monitor": {"$in": sorted(names)}}
    if level > Level.NONE:
        wanted["grade.level"] = {"$in": [one.name for one in Level if one >= level]}
    return {"grades": {"$elemMatch": wanted}}


def present(*, include_exercises: bool) -> Where:
    """Returns the condition of stories that are not merged away."""
    drills = {} if include_exercises else {"exercise": False}
    return {"state": {"$in": PRESENT}, **drills}


def asked(request: Any, tree: Node | None) -> list[Where]:
    """Returns the conditions of a SearchStoriesRequest, monitors and sources apart."""
    parts = [present(include_exercises=request.include_exercises)]
    if tree is not None:
        parts.append(where(tree, FIELDS))
    if request.place:
        parts.append(place(request.place, FIELDS))
    if request.category:
        parts.append(category(request.category, FIELDS))
    if request.language:
        parts.append({"language": request.language})
    if request.HasField("start_time"):
        parts.append({"update_time": {"$gte": request.start_time.ToDatetime(tzinfo=UTC)}})
    if request.HasField("end_time"):
        parts.append({"start_time": {"$lt": request.end_time.ToDatetime(tzinfo=UTC)}})
    return parts


async def of_source(documents: Collection, source: str) -> Where:
    """Returns the condition of stories with one of the newest documents of a source."""
    found = await documents.find(
        {"analysis.document.source": source},
        sort=[("event_time", -1)],
        limit=_SOURCE_STORIES,
        fields={"story": 1, "_id": 0},
    )
    return {"_id": {"$in": list({record["story"] for record in found} - {""})}}


@dataclass(slots=True, kw_only=True)
class StorySearch:
    """Walks the stories that a condition lets through, in an order, until a page is full."""

    stories: Collection
    where: Where
    tree: Node | None
    order: Sequence[tuple[str, int]]
    size: int
    found: list[Story] = field(default_factory=list)

    async def run(self, skip: int) -> int:
        """Fills found; returns how many to skip for the next page, 0 at the end."""
        first = skip
        while True:
            batch = await self.stories.find(
                self.where, sort=self.order, skip=skip, limit=_CHUNK, fields=HIDDEN
            )
            looked = self._look(batch)
            skip += looked
            if looked == len(batch) < _CHUNK:
                return 0
            if looked < len(batch) or skip - first >= _LOOKED_AT:
                return skip

    async def count(self) -> int | None:
        """Returns how many match, up to COUNTED; None when only reading all of them could tell."""
        if not is_exact(self.tree):
            return None
        return await self.stories.count(self.where, limit=COUNTED)

    def _look(self, batch: Sequence[Mapping[str, Any]]) -> int:
        for index, record in enumerate(batch):
            if len(self.found) >= self.size:
                return index
            story = STORIES.from_record(record)
            if self.tree is None or matches(self.tree, searchable_story(story)):
                self.found.append(story)
        return len(batch)


def searchable_story(story: Story) -> Searchable:
    """Returns a story as queries see it: its headline as title, all else that it says as text."""
    title = key(story.headline)
    return Searchable(
        content=title + BORDER + BORDER.join(map(key, story_texts(story))),
        title_length=len(title),
        language=story.language,
        category=story.category,
        places=tuple(name for one in story.places for name in (one.code, key(one.display_name))),
        exercise=story.exercise,
    )
