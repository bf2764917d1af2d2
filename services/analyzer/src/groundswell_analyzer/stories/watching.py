"""Followers of stories: each sees every story's newest state, never an unbounded queue of old ones."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from groundswell_analyzer.stories.open_story import OpenStory
from groundswell_analyzer.stories.records import story_of
from groundswell_core.errors import Exhausted
from groundswell_core.stories import Story

MOST_WAITING = 5000  # distinct stories that a follower may be behind


class Watcher:
    """One follower: the stories that changed since it looked last, each in its newest state."""

    def __init__(self) -> None:
        """Starts with nothing to tell."""
        self._waiting: dict[str, Story] = {}
        self._woken = asyncio.Event()
        self._is_too_slow = False

    def tell(self, story: Story) -> None:
        """Notes a story's newest state; past the limit the follower is cut off."""
        self._waiting[story.name] = story
        self._is_too_slow = self._is_too_slow or len(self._waiting) > MOST_WAITING
        self._woken.set()

    async def changes(self, timeout: float) -> list[Story]:
        """Returns what changed, empty after timeout seconds; raises Exhausted when it fell behind."""
        try:
            async with asyncio.timeout(timeout):
                await self._woken.wait()
        except TimeoutError:
            return []
        if self._is_too_slow:
            raise Exhausted(
                f"more than {MOST_WAITING} stories changed and were not read; start again",
                reason="WATCHER_TOO_SLOW",
            )
        self._woken.clear()
        taken, self._waiting = list(self._waiting.values()), {}
        return taken


class WatchHub:
    """Tells all followers of stories that were written."""

    def __init__(self) -> None:
        """Starts without followers."""
        self._watchers: set[Watcher] = set()

    @contextmanager
    def join(self) -> Iterator[Watcher]:
        """Registers a follower until the block ends: before it reads the present state."""
        watcher = Watcher()
        self._watchers.add(watcher)
        try:
            yield watcher
        finally:
            self._watchers.discard(watcher)

    def announce(self, stories: Sequence[OpenStory]) -> None:
        """Tells every follower of every story."""
        if not self._watchers:
            return
        for story in map(story_of, stories):
            for watcher in self._watchers:
                watcher.tell(story)
