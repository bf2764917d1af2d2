"""The life of stories: they rest, wake as a second wave, join others, and leave memory. Pure decisions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from groundswell_analyzer.stories.cluster.clusterer import JOINED
from groundswell_analyzer.stories.desk import Desk
from groundswell_analyzer.stories.open_story import OUTLETS_TOLD, OpenStory
from groundswell_core.grades import Level
from groundswell_core.stories import StoryEvent, StoryState

_GRADED_WITHIN = timedelta(hours=3)


class Life:
    """Decides when stories rest, wake, join and leave."""

    def __init__(self, *, rest_after: float, forget_after: float) -> None:
        """Takes both in seconds without documents."""
        self.rest_after = rest_after
        self.forget_after = forget_after

    def settle(self, desk: Desk, now: datetime) -> list[OpenStory]:
        """Lets stories rest that were quiet for long; returns those that changed."""
        quiet = [
            story
            for story in desk.stories.values()
            if story.state is StoryState.ACTIVE and self._quiet(story, now) > self.rest_after
        ]
        for story in quiet:
            story.state = StoryState.RESTING
        return quiet

    def wake(self, story: OpenStory, now: datetime) -> None:
        """Tells the timeline what is new in a story; one that rested and has documents again wakes."""
        if story.state is StoryState.RESTING and self._quiet(story, now) <= self.rest_after:
            story.state = StoryState.ACTIVE
            story.wave_count += 1
            story.tell(
                StoryEvent(
                    time=story.update_time or now,
                    event="second_wave",
                    text=f"It swells again: wave {story.wave_count + 1}.",
                )
            )
        self._tell_outlets(story)

    def _tell_outlets(self, story: OpenStory) -> None:
        if len(story.told_outlets) >= min(OUTLETS_TOLD, len(story.tally.outlets)):
            return
        for member in story.members.values():
            if member.outlet in story.told_outlets or len(story.told_outlets) >= OUTLETS_TOLD:
                continue
            first = not story.told_outlets
            story.told_outlets[member.outlet] = None
            story.tell(
                StoryEvent(
                    time=member.time,
                    event="first_document" if first else "outlet",
                    text=f"{member.outlet}: {member.title[:200]}",
                )
            )

    def _quiet(self, story: OpenStory, now: datetime) -> float:
        return (now - story.update_time).total_seconds() if story.update_time else 0.0

    def worth_grading(self, desk: Desk, now: datetime) -> list[OpenStory]:
        """Returns stories whose grade may change with time alone."""
        return [
            story
            for story in desk.stories.values()
            if _has_level(story)
            or (
                story.tally.monitors
                and story.update_time is not None
                and now - story.update_time < _GRADED_WITHIN
            )
        ]

    def to_forget(self, desk: Desk, now: datetime) -> list[OpenStory]:
        """Returns stories that were quiet for so long that no document joins them any more."""
        return [
            story
            for story in desk.stories.values()
            if self._quiet(story, now) > self.forget_after and not _has_level(story)
        ]

    def pairs_to_merge(self, desk: Desk) -> Iterator[tuple[OpenStory, OpenStory]]:
        """Yields (kept, joined) stories that came to tell the same: the older is kept."""
        for story in desk.take_due():
            other, likeness = next(desk.alike(story), (None, 0.0))
            if other is not None and likeness >= JOINED:
                yield (story, other) if _age(story) <= _age(other) else (other, story)

    def join(self, desk: Desk, kept: OpenStory, joined: OpenStory, now: datetime) -> None:
        """Moves all documents of one story to another, in memory."""
        members = list(joined.members.values())
        desk.join(kept, joined)
        joined.state = StoryState.MERGED
        joined.merged_into = kept.id
        kept.tell(
            StoryEvent(
                time=now,
                event="merged",
                text=f"{joined.name} with {len(members)} documents joined it.",
            )
        )
        joined.tell(StoryEvent(time=now, event="merged", text=f"It was joined into {kept.name}."))


def _age(story: OpenStory) -> tuple[float, str]:
    return (story.start_time.timestamp() if story.start_time else 0.0, story.id)


def _has_level(story: OpenStory) -> bool:
    return any(graded.grade.level > Level.NONE for graded in story.grades.values())
