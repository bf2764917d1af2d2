"""Links stories across languages: embeds headlines that are new, and relates what means the same."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import numpy as np

from groundswell_analyzer.query import primary_language
from groundswell_analyzer.stories.desk import Desk
from groundswell_analyzer.stories.embedder import Embedder, Vectors
from groundswell_analyzer.stories.linking import (
    WORTH_A_LOOK,
    Link,
    card_of,
    is_worth_linking,
    link,
    part,
    relate,
)
from groundswell_analyzer.stories.open_story import OpenStory
from groundswell_analyzer.telling.told import Size

MOST_VECTORS = 5000
MOST_AT_ONCE = 200  # stories a look: a fifth of a second; the others wait for the next


class Linker:
    """Keeps one vector a story, of its headline; what follows from them is kept by the stories."""

    def __init__(self, embedder: Embedder, *, most: int = MOST_VECTORS) -> None:
        """Starts without vectors: after a restart headlines are embedded anew."""
        self._embedder = embedder
        self._most = most
        self._seen: dict[str, tuple[str, Size]] = {}  # story → what it told when it was linked
        self._vectors: dict[str, Vectors] = {}  # story → of its headline, the newest last

    async def link(self, desk: Desk) -> list[OpenStory]:
        """Links the stories that changed; returns those whose related stories changed."""
        before = {story.id: story.related for story in desk.stories.values() if story.related}
        _part_from_merged(desk)
        self._forget(desk.stories)
        if due := self._due(desk.stories):
            await self._embed(due)
            # Some may have been joined or read anew meanwhile.
            still = [story for story in due if desk.stories.get(story.id) is story]
            self._relate_all(still, desk.stories)
        return [
            story for story in desk.stories.values() if story.related != before.get(story.id, ())
        ]

    def _forget(self, stories: Mapping[str, OpenStory]) -> None:
        for gone in self._seen.keys() - stories.keys():
            del self._seen[gone]
            self._vectors.pop(gone, None)

    def _due(self, stories: Mapping[str, OpenStory]) -> list[OpenStory]:
        """Returns stories that tell something else than when they were linked, the newest first."""
        due = [story for story in stories.values() if self._is_due(story)]
        due.sort(key=_newest_first)
        return due[:MOST_AT_ONCE]

    def _is_due(self, story: OpenStory) -> bool:
        told = story.told
        return (
            told is not None
            and bool(told.headline)
            and self._seen.get(story.id) != (told.headline, told.size)
            and is_worth_linking(story)
            and primary_language(story.language) in self._embedder.languages
        )

    async def _embed(self, due: Sequence[OpenStory]) -> None:
        """Embeds headlines that are new; the vectors that nobody asked for longest make room."""
        told = {story.id: (story.told.headline, story.told.size) for story in due if story.told}
        fresh = {
            story: headline
            for story, (headline, _) in told.items()
            if self._is_fresh(story, headline)
        }
        made = await asyncio.to_thread(self._embedder.embed, list(fresh.values())) if fresh else ()
        found = self._vectors | dict(zip(fresh, made, strict=True))
        used = {story: found.pop(story) for story in reversed(told)}
        self._vectors = dict(list((found | used).items())[-self._most :])
        self._seen |= told

    def _is_fresh(self, story: str, headline: str) -> bool:
        return story not in self._vectors or self._seen[story][0] != headline

    def _relate_all(self, due: Sequence[OpenStory], stories: Mapping[str, OpenStory]) -> None:
        others = [stories[known] for known in self._vectors if known in stories]
        matrix = np.array([self._vectors[other.id] for other in others])
        for story in (one for one in due if one.id in self._vectors):
            cosines = matrix @ self._vectors[story.id]
            near = np.flatnonzero(cosines >= WORTH_A_LOOK)
            self._relate(story, {others[at].id: float(cosines[at]) for at in near}, stories)

    def _relate(
        self, story: OpenStory, cosines: Mapping[str, float], stories: Mapping[str, OpenStory]
    ) -> None:
        """Decides anew to which of the stories that have vectors a story is related."""
        for known in story.related:
            if known.story.removeprefix("stories/") in self._vectors:
                part(story, known.story, stories)
        found = {
            other: made
            for other, cosine in cosines.items()
            if (made := _link(story, stories[other], cosine)) is not None
        }
        for other in sorted(found, key=lambda one: (-found[one].likeness, one)):
            relate(story, stories[other], found[other], stories)


def _newest_first(story: OpenStory) -> float:
    return -story.update_time.timestamp() if story.update_time else 0.0


def _link(one: OpenStory, other: OpenStory, cosine: float) -> Link | None:
    card, other_card = card_of(one), card_of(other)
    return link(card, other_card, cosine) if card and other_card else None


def _part_from_merged(desk: Desk) -> None:
    """Takes off stories what was joined into others: those are linked anew, for they grew."""
    for story in desk.stories.values():
        for known in story.related:
            identifier = known.story.removeprefix("stories/")
            if desk.resolve(identifier) != identifier:
                part(story, known.story, desk.stories)
