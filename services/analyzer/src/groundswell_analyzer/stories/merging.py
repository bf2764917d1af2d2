"""Which stories people can make one."""

from __future__ import annotations

from collections.abc import Iterable

from groundswell_analyzer.stories.desk import Desk
from groundswell_analyzer.stories.open_story import OpenStory
from groundswell_core.errors import FailedPrecondition, NotFound


def together(desk: Desk, ids: Iterable[str]) -> list[OpenStory]:
    """Returns stories that can be one, each once; raises NotFound or FailedPrecondition."""
    found = list({story.id: story for story in (present(desk, one) for one in ids)}.values())
    if len({(story.language, story.exercise) for story in found}) > 1:
        raise FailedPrecondition(
            "stories of different languages, or drills and real ones, stay apart",
            reason="STORIES_STAY_APART",
        )
    if len(found) < 2:
        raise FailedPrecondition("these are one story already", reason="ONE_STORY")
    return found


def present(desk: Desk, identifier: str) -> OpenStory:
    """Returns a story in memory, or the one it was joined into; raises NotFound."""
    story = desk.stories.get(desk.resolve(identifier))
    if story is None:
        name = f"stories/{identifier}"
        raise NotFound(f"there is no {name}", reason="STORY_NOT_FOUND", name=name)
    return story
