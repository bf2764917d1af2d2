"""Keeps the books of stories: what is in memory and what MongoDB holds always agree again.

One flush writes, in this order, and every step may be repeated:

1. documents: which story each belongs to: insert if absent. This is the truth.
2. stories:   the record, derived from its documents, by compare-and-set on its version.
3. series:    the minutes that changed, counted anew; grades that go on record.
4. documents: marked as done, unless they changed again meanwhile.
5. alerts:    sent from the story's record, its outbox.

A crash between any two leaves documents that are not marked as done. They are taken up again, the
story is counted anew from its documents, and nothing is counted twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from groundswell_analyzer.clock import EventClock
from groundswell_analyzer.metrics import CONFLICTS, OPEN_STORIES
from groundswell_analyzer.stories.alerting import Outbox
from groundswell_analyzer.stories.desk import Desk
from groundswell_analyzer.stories.grader import Grader
from groundswell_analyzer.stories.life import Life
from groundswell_analyzer.stories.loading import Loader
from groundswell_analyzer.stories.merging import present, together
from groundswell_analyzer.stories.open_story import OpenStory
from groundswell_analyzer.stories.splitting import first_of, leaving, parted_id, tell_parting
from groundswell_analyzer.stories.store import StoryStore
from groundswell_analyzer.stories.work import Work
from groundswell_core.clock import Clock
from groundswell_core.errors import Aborted
from groundswell_core.log import get_logger

log = get_logger(__name__)

Announce = Callable[[Sequence[OpenStory]], None]
Tell = Callable[[Sequence[OpenStory]], Awaitable[None]]
Link = Callable[[Desk], Awaitable[Sequence[OpenStory]]]
SWEEP_BATCH = 500


def _tell_nobody(stories: Sequence[OpenStory]) -> None:
    """Is told of every story that was written, when nobody else is."""


async def _tell_no_more(stories: Sequence[OpenStory]) -> None:
    """Leaves what is told of stories at what needs no texts."""


async def _link_nothing(desk: Desk) -> Sequence[OpenStory]:
    """Leaves stories of different languages apart."""
    return ()


@dataclass(slots=True, kw_only=True, eq=False)
class Keeper:
    """The stories role: takes documents up, keeps them, grades and announces their stories."""

    store: StoryStore
    desk: Desk
    grader: Grader
    outbox: Outbox
    life: Life
    clock: Clock
    events: EventClock
    announce: Announce = _tell_nobody
    tell: Tell = _tell_no_more  # headline, summary, conflicts: before a story is graded and written
    link: Link = _link_nothing  # relates stories of different languages; returns those that changed
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)
    _work: Work = field(default_factory=Work, init=False)
    _joined: dict[str, OpenStory] = field(default_factory=dict, init=False)  # not yet written so

    @property
    def steps(self) -> tuple[Callable[[], Awaitable[None]], ...]:
        """Returns the steps of a flush, in order."""
        return (self.write_documents, self.write_stories, self.write_series, self.settle, self.send)

    @property
    def _loader(self) -> Loader:
        return Loader(self.store, self.desk)

    async def start(self) -> None:
        """Fills the memory from MongoDB, then takes up what was left undone."""
        newest = await self.store.newest_time()
        if newest is not None:
            self.events.advance(newest)
        since = self.events.now() - timedelta(seconds=self.life.forget_after)
        for story in await self._loader.load_recent(since):
            self.outbox.remember(story, self.clock.now())
            self.grader.learn_heats(story, story.members)
            if story.dirty_minutes:
                self._work.touch(story)
        for kept, joined in self._loader.joined_unsaid():
            self._join(kept, joined)
        self.desk.resume(await self.store.last_order())
        await self.sweep()
        await self.look()

    async def take(self, ids: Iterable[str]) -> None:
        """Takes up documents by id, whatever their state: durable and told when it returns."""
        async with self._lock:
            await self._take(list(ids))
            await self._flush()

    async def sweep(self) -> int:
        """Takes up every document that waits for its story; returns how many there were."""
        total = 0
        while ids := await self.store.pending(SWEEP_BATCH):
            await self.take(ids)
            total += len(ids)
            if len(ids) < SWEEP_BATCH:
                break
        return total

    async def look(self) -> None:
        """Looks at all open stories: time alone changes grades, wakes nothing, and ends much."""
        linked = await self.link(self.desk)  # what happens in a thread keeps no document waiting
        async with self._lock:
            now = self.events.now()
            for story in linked:
                if self.desk.stories.get(story.id) is story:
                    self._work.touch(story)
            for story in self.life.settle(self.desk, now):
                self._work.touch(story)
            await self._write_joined()
            for story in self.life.worth_grading(self.desk, now):
                if self.grader.grade(story, now, self._now()):
                    self._work.touch(story)
                    self._work.graded.add(story.id)
            await self._flush()
            for story in self.life.to_forget(self.desk, now):
                self.outbox.forget(story)
                self.desk.drop(story)
            self.desk.prune()
            OPEN_STORIES.set(len(self.desk.stories))

    async def refresh(self, since: datetime) -> None:
        """Reads again what another process wrote since a time: the partitions were its before."""
        async with self._lock:
            stale = await self.store.written_since(since)
            for story in await self._loader.reload(stale):
                self._work.touch(story)

    async def merge(self, kept: str, others: Sequence[str]) -> None:
        """Joins stories into one because a person says so: durable and told when it returns."""
        async with self._lock:
            await self._loader.bring([kept, *others])
            stories = together(self.desk, [kept, *others])
            for joined in stories[1:]:
                self.life.join(self.desk, stories[0], joined, self.events.now())
                self._joined[joined.id] = joined
            await self._write_joined()
            await self._flush()

    async def split(self, story: str, documents: Sequence[str]) -> str:
        """Moves documents of a story into a new one because a person says so; returns its id."""
        async with self._lock:
            await self._loader.bring([story])
            kept = present(self.desk, story)
            gone = leaving(kept, documents)
            made = parted_id(kept, gone)
            await self.store.part(kept.id, made, gone, first_of(kept, gone))
            await self.store.drop_series(kept)
            for one in await self._loader.reload([kept.id, made]):
                self._work.touch(one)
            tell_parting(self.desk.stories[kept.id], self.desk.stories[made], self.events.now())
            await self._flush()
            await self.store.settle(gone)
            return made

    async def _take(self, ids: Sequence[str]) -> None:
        pieces = await self.store.pieces(ids)
        await self._loader.load_missing(pieces)
        for piece in pieces:
            known = self.desk.stories.get(self.desk.home(piece.member.id))
            member = known.members.get(piece.member.id) if known else None
            if not piece.pending and (member is None or member.change == piece.member.change):
                continue  # said before: its effect is stored
            placement = self.desk.place(piece)
            self._work.placements[placement.document] = (placement, placement.order)
            story = self.desk.stories[placement.story]
            self._work.touch(story)
            self._work.graded.discard(story.id)
            self.events.advance(max(piece.member.time, story.heats.latest or piece.member.time))
            self.grader.learn_heats(story, [placement.document])
            # At once, not with time: after a restart the same documents lead to the same stories.
            self._join_alike()

    def _join_alike(self) -> None:
        for kept, joined in self.life.pairs_to_merge(self.desk):
            self._join(kept, joined)

    def _join(self, kept: OpenStory, joined: OpenStory) -> None:
        self.life.join(self.desk, kept, joined, self.events.now())
        self._joined[joined.id] = joined
        self._work.stories.pop(joined.id, None)
        self._work.touch(kept)

    async def _flush(self) -> None:
        for step in self.steps:
            await step()
        self._work = Work()

    async def write_documents(self) -> None:
        """Step 1: writes which story each document belongs to."""
        work, now = self._work, self._now()
        work.follow_joins(self.desk)
        lost = (
            await self.store.assign(list(work.placements.values()), now) if work.placements else ()
        )
        for identifier in lost:
            CONFLICTS.labels("assignment").inc()
            del work.placements[identifier]
        for joined in self._joined.values():
            await self._move(joined)
        if lost:
            await self._read_again(lost)
        work.mark_stored(self.desk, now)

    async def _read_again(self, ids: Iterable[str]) -> None:
        """Reads the stories of documents that somebody else changed or gave away meanwhile."""
        pieces = await self.store.pieces(ids)
        homes = {self.desk.home(identifier) for identifier in ids} - {""}
        homes |= {self.desk.resolve(piece.story) for piece in pieces if piece.story}
        for story in await self._loader.reload(sorted(homes)):
            self._work.touch(story)
        self._work.forget_gone(self.desk)

    async def write_stories(self) -> None:
        """Step 2: grades and writes the stories."""
        await self._write_joined()
        work = self._work
        waiting = [story for story in work.stories.values() if story.members or story.version]
        for _ in range(3):
            if not waiting:
                return
            event_now, now = self.events.now(), self._now()
            await self.tell(waiting)
            for story in waiting:
                self.life.wake(story, event_now)
                if story.id not in work.graded:
                    self.grader.grade(story, event_now, now)
                work.graded.discard(story.id)
            lost = await self.store.write_stories(waiting, event_now=event_now, now=now)
            if not lost:
                return
            CONFLICTS.labels("story").inc(len(lost))
            waiting = await self._loader.reload(sorted(lost))
            for story in waiting:
                work.touch(story)
        raise Aborted("another process writes the same stories; they are read again")

    async def write_series(self) -> None:
        """Step 3: writes the minutes that changed, and grades that go on record."""
        await self.store.write_series(list(self._work.stories.values()), self._now())
        await self.store.write_grades(self.grader.past, self._now())

    async def settle(self) -> None:
        """Step 4: marks the documents as done."""
        await self.store.settle([*self._work.placements, *self._work.moved])

    async def send(self) -> None:
        """Step 5: sends alerts that are new or due, and tells watchers."""
        stories = list(self._work.stories.values())
        await self.outbox.send(stories, self.clock.now())
        self.announce(stories)

    async def _write_joined(self) -> None:
        """Writes what was joined; what fails stays noted and is written the next time."""
        event_now, now = self.events.now(), self._now()
        for joined in list(self._joined.values()):
            log.info("stories merged", story=joined.merged_into, joined=joined.id)
            if joined.version:  # else nobody has heard of it
                self.grader.grade(joined, event_now, now)
                # The record first: whoever starts after a crash here sees it and moves the documents.
                await self.store.write_stories([joined], event_now=event_now, now=now)
            await self._move(joined)
            await self.store.drop_series(joined)
            if joined.version:
                await self.outbox.send([joined], self.clock.now())
                self.announce([joined])
            del self._joined[joined.id]
            kept = self.desk.stories.get(self.desk.resolve(joined.id))
            if kept is not None:
                self._work.touch(kept)

    async def _move(self, joined: OpenStory) -> None:
        if not self._work.moved.keys() >= joined.members.keys():
            await self.store.move(joined.id, self.desk.resolve(joined.id))
            self._work.moved |= dict.fromkeys(joined.members)

    def _now(self) -> datetime:
        moment = self.clock.now()
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
