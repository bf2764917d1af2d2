"""What one flush of the books has to write."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from groundswell_analyzer.metrics import ASSIGNED, STORY_DELAY, observe
from groundswell_analyzer.stories.desk import Desk, Placement
from groundswell_analyzer.stories.open_story import OpenStory


@dataclass(slots=True)
class Work:
    """What one flush has to write."""

    placements: dict[str, tuple[Placement, int]] = field(default_factory=dict)  # with their order
    stories: dict[str, OpenStory] = field(default_factory=dict)
    moved: dict[str, None] = field(default_factory=dict)  # documents whose story was joined
    graded: set[str] = field(default_factory=set)  # stories that were graded at this moment

    def touch(self, story: OpenStory) -> None:
        """Notes that a story must be written."""
        self.stories[story.id] = story

    def follow_joins(self, desk: Desk) -> None:
        """Gives documents to the stories that theirs were joined into since they were placed."""
        for identifier, (placement, order) in self.placements.items():
            home = desk.resolve(placement.story)
            self.placements[identifier] = (replace(placement, story=home), order)

    def mark_stored(self, desk: Desk, now: datetime) -> None:
        """Notes that the documents' stories are written, and how long that took."""
        for placement, order in self.placements.values():
            ASSIGNED.labels(placement.how).inc()
            story = desk.stories.get(placement.story)
            if story is not None and placement.document in story.members:
                _mark_stored(story, placement, order, now)

    def forget_gone(self, desk: Desk) -> None:
        """Leaves out stories that left memory meanwhile."""
        self.stories = {one: story for one, story in self.stories.items() if one in desk.stories}


def _mark_stored(story: OpenStory, placement: Placement, order: int, now: datetime) -> None:
    member = story.members[placement.document]
    if placement.needs_time:
        observe(STORY_DELAY, member.analyze_time, now)
    moment = now if placement.needs_time else member.story_time or now
    story.mark_stored(placement.document, moment, member.order or order)
