"""Which documents leave a story when people part it, and what both stories tell of it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from groundswell_analyzer.stories.open_story import OpenStory
from groundswell_analyzer.telling.path import origins
from groundswell_analyzer.telling.report import in_time
from groundswell_core.errors import FailedPrecondition, NotFound
from groundswell_core.identity import digest
from groundswell_core.stories import StoryEvent


def leaving(story: OpenStory, documents: Sequence[str]) -> list[str]:
    """Returns the documents that leave with those named: their near-copies too, the first first."""
    wanted = set(documents)
    for identifier in documents:
        if identifier not in story.members:
            name = f"documents/{identifier}"
            raise NotFound(f"{name} is not in {story.name}", reason="DOCUMENT_NOT_FOUND", name=name)
    members = list(story.members.values())
    wanted.update(copy for copy, origin in origins(members).items() if origin in wanted)
    if len(wanted) == len(members):
        raise FailedPrecondition(
            "all documents of the story would leave it; leave at least one behind",
            reason="ALL_DOCUMENTS",
        )
    return [member.id for member in in_time(members) if member.id in wanted]


def first_of(story: OpenStory, gone: Sequence[str]) -> str:
    """Returns the document that the new story begins with: its first in words of its own."""
    own = (one for one in gone if not story.members[one].near_copy)
    return next(own, gone[0])


def parted_id(story: OpenStory, gone: Sequence[str]) -> str:
    """Returns the id of the new story: the same for the same documents."""
    return digest("split", story.id, *sorted(gone), length=20)


def tell_parting(kept: OpenStory, made: OpenStory, now: datetime) -> None:
    """Notes on both timelines that documents of one became the other."""
    made.split_from = kept.id
    count = len(made.members)
    kept.tell(
        StoryEvent(time=now, event="split", text=f"{made.name} with {count} documents left it.")
    )
    made.tell(StoryEvent(time=now, event="split", text=f"It was split from {kept.name}."))


def were_parted(one: OpenStory, other: OpenStory) -> bool:
    """Tells whether people made one of two stories from the other."""
    return one.split_from == other.id or other.split_from == one.id
