"""What one flush of the books has to write."""

from __future__ import annotations

from dataclasses import dataclass, field

from groundswell_analyzer.stories.desk import Placement
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
