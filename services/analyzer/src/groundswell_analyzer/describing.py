"""Describes a story from its stored documents: claims, spread, path, outlets, forecast."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from groundswell_analyzer.clock import EventClock
from groundswell_analyzer.grading.graded import Graded
from groundswell_analyzer.grading.rules import Rules
from groundswell_analyzer.stories.member import MEMBER_FIELDS, Member, piece_of
from groundswell_analyzer.stories.outlet_book import OutletBook
from groundswell_analyzer.telling import SourceWeights
from groundswell_analyzer.telling.claim_groups import claim_groups
from groundswell_analyzer.telling.outlook import outlook, past_hours
from groundswell_analyzer.telling.path import path_of
from groundswell_analyzer.telling.spread import MOST_OUTLETS, spread_of
from groundswell_core.analyses import CLAIMS, Claim
from groundswell_core.descriptions import Forecast, SpreadShare, StoryDescription
from groundswell_core.mongo import Collection
from groundswell_core.stories import Story, StoryState

_FIELDS = {**MEMBER_FIELDS, "observations": 0, "edits": 0}
_SHARE_FIELDS = ["language", "document_count", "copy_count", "start_time"]


@dataclass(slots=True)
class _Read:
    """The documents of a story, and what those claim that speak for themselves."""

    members: list[Member] = field(default_factory=list)
    claims: dict[str, tuple[Claim, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Describer:
    """Reads what descriptions are made of."""

    documents: Collection
    stories: Collection
    outlets: OutletBook
    weights: SourceWeights
    rules: Rules
    events: EventClock

    async def describe(self, story: Story, graded: Sequence[Graded]) -> StoryDescription:
        """Returns what is known of a story; graded: its grades that the caller may see."""
        read = await self._read(story.name.removeprefix("stories/"))
        languages = await self._languages(story)
        made = await asyncio.to_thread(_described, story.name, read, languages)
        weights = {member.outlet: member.source_weight / 1000 for member in read.members}
        shown = made.spread.outlets[:MOST_OUTLETS] if made.spread else ()
        return StoryDescription(
            story=story.name,
            claims=made.claims,
            spread=made.spread,
            path=made.path,
            outlets=await self.outlets.records({one.name: weights[one.name] for one in shown}),
            forecast=self._forecast(story, graded, read.members),
        )

    async def _read(self, identifier: str) -> _Read:
        read = _Read()
        async for record in self.documents.stream({"story": identifier}, fields=_FIELDS):
            member = piece_of(record, self.weights).member
            read.members.append(member)
            if member.claims and not member.near_copy:
                read.claims[member.id] = tuple(
                    map(CLAIMS.from_record, record["analysis"]["claims"])
                )
        return read

    async def _languages(self, story: Story) -> list[SpreadShare]:
        """Returns the story's own language and those of the stories that tell of the same."""
        others = [related.story.removeprefix("stories/") for related in story.related]
        found = await self.stories.find({"_id": {"$in": others}}, fields=_SHARE_FIELDS)
        own = {
            "language": story.language,
            "document_count": story.document_count,
            "copy_count": story.copy_count,
            "start_time": story.start_time,
        }
        return languages_of([own, *found])

    def _forecast(
        self, story: Story, graded: Sequence[Graded], members: Sequence[Member]
    ) -> Forecast | None:
        if story.state is not StoryState.ACTIVE:
            return None
        now = self.events.now()
        past = past_hours((member.time for member in members), now)
        return outlook(past, graded, self.rules, now)


def _described(name: str, read: _Read, languages: Sequence[SpreadShare]) -> StoryDescription:
    """Returns what follows from documents alone; takes a while for thousands of them."""
    return StoryDescription(
        story=name,
        claims=claim_groups(read.members, read.claims),
        spread=spread_of(read.members, languages),
        path=path_of(read.members),
    )


def languages_of(records: Sequence[Mapping[str, Any]]) -> list[SpreadShare]:
    """Returns what each language has of a happening, the first to join first."""
    found: dict[str, SpreadShare] = {}
    begun = [record for record in records if record["start_time"] is not None]
    for record in sorted(begun, key=lambda one: one["start_time"]):
        before = found.get(record["language"])
        found[record["language"]] = SpreadShare(
            name=record["language"],
            first_hand=record["document_count"] + (before.first_hand if before else 0),
            copies=record["copy_count"] + (before.copies if before else 0),
            start_time=before.start_time if before else record["start_time"],
        )
    return list(found.values())
