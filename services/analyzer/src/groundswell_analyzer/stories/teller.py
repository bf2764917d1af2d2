"""Keeps what is told of stories up to date: reads texts only when a story grew enough to need it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence

from groundswell_analyzer.query import key
from groundswell_analyzer.stories.open_story import OpenStory
from groundswell_analyzer.telling.sentences import READ
from groundswell_analyzer.telling.summary import to_read
from groundswell_analyzer.telling.told import (
    Size,
    Told,
    Words,
    is_due,
    is_due_again,
    retell,
    summarise,
    tell,
)
from groundswell_core.mongo import Collection as Stored

_SUMMARISED = 2  # documents of its own from which also a story has a summary that nobody asked for
_FIELDS = {"text": {"$substrCP": ["$analysis.document.text", 0, READ + 1]}}
_QUERY_WORD = re.compile(r"[^\s()\"“”|:*]+")

Rarity = Callable[[OpenStory], Callable[[str], float]]


class Teller:
    """Tells stories anew when they changed enough."""

    def __init__(
        self,
        documents: Stored,
        rarity: Rarity,
        *,
        queries: Callable[[Iterable[str]], Iterable[str]] = lambda _: (),
        outlets: Collection[str] = (),
    ) -> None:
        """Takes rarity: how rare terms are beside a story; queries: of monitors; outlets: site names."""
        self._documents = documents
        self._rarity = rarity
        self._queries = queries
        self._outlets = outlets

    async def tell(self, stories: Iterable[OpenStory]) -> None:
        """Tells those stories anew that changed enough; reads what the summaries need at once."""
        retold = [story for story in stories if refresh(story, self._words)]
        await self._summarise([story for story in retold if _is_read(story)])

    def _words(self, story: OpenStory) -> Words:
        return Words(
            weights=story.centroid.weights,
            strongest=story.centroid.strongest(),
            rarity=self._rarity(story),
            asked=asked_words(self._queries(story.tally.monitors)),
            outlets=self._outlets,
        )

    async def _summarise(self, stories: Sequence[OpenStory]) -> None:
        read = {story.id: to_read(list(story.members.values())) for story in stories}
        wanted = [report.id for reports in read.values() for report in reports]
        if not wanted:
            return
        found = await self._documents.find({"_id": {"$in": wanted}}, fields=_FIELDS)
        texts = {record["_id"]: record["text"] for record in found}
        for story in stories:
            if story.told is not None:
                story.told = summarise(story.told, read[story.id], texts)


def _is_read(story: OpenStory) -> bool:
    """Tells whether a summary is worth reading texts: most stories stay with their one document."""
    return story.tally.documents >= _SUMMARISED or bool(story.tally.monitors)


def asked_words(queries: Iterable[str]) -> frozenset[str]:
    """Returns the words of queries as terms are spelled."""
    return frozenset(word for query in queries for word in _QUERY_WORD.findall(key(query)))


def size_of(story: OpenStory) -> Size:
    """Returns what tells whether a story changed."""
    tally = story.tally
    return Size(
        documents=tally.documents + tally.copies + tally.edits,
        withdrawn=tally.withdrawn,
        voices=len(tally.voices),
    )


def refresh(story: OpenStory, words: Callable[[OpenStory], Words]) -> bool:
    """Tells a story anew without its texts when it is due; returns whether its summary is, too."""
    told, size = story.told or Told(), size_of(story)
    if not is_due(told, size):
        return False
    members = list(story.members.values())
    told = tell(told, members, size)
    is_retold = is_due_again(told, size, story.members.get(told.headline_document))
    story.told = retell(told, members, words(story)) if is_retold else told
    return is_retold


def plain_words(story: OpenStory) -> Words:
    """Returns what headline and terms go by where other stories do not matter."""
    return Words(
        weights=story.centroid.weights,
        strongest=story.centroid.strongest(),
        rarity=lambda _: 1.0,
    )


def told_of(story: OpenStory) -> Told:
    """Returns what is told of a story; where nobody told it yet, what needs no texts."""
    if story.told is None:
        refresh(story, plain_words)
    return story.told or Told()
