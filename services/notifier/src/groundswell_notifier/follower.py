"""One follower of the revision log per process, and the bounded queue of each of its watchers."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass

from groundswell_core.alerts import ALERTS, Alert
from groundswell_core.clock import Clock
from groundswell_core.errors import Unavailable
from groundswell_core.labels import Matcher, matches
from groundswell_core.log import get_logger
from groundswell_core.service import Heartbeat, Service
from groundswell_notifier.metrics import WATCHERS
from groundswell_notifier.revisions import Revision, RevisionLog
from groundswell_notifier.settings import WatchSettings

log = get_logger(__name__)

_BATCH = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """A revision made ready for all watchers."""

    rev: int
    alert: Alert | None  # None: a bookmark, nothing new up to rev
    size: int = 0
    previous_labels: dict[str, str] | None = None

    @classmethod
    def of(cls, revision: Revision) -> Entry:
        """Returns a logged revision, decoded once."""
        change = revision.change
        return cls(
            revision.rev,
            ALERTS.from_bytes(change.payload),
            len(change.payload),
            dict(change.previous_labels) or None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a watcher wants to see, and may."""

    matchers: tuple[Matcher, ...] = ()
    include_exercises: bool = False
    department: str = ""  # empty: all

    def wants(self, entry: Entry) -> bool:
        """Tells whether a change is for this watcher.

        One that matched before and does no longer is told too, or it would seem to last for ever.
        """
        alert = entry.alert
        if alert is None or (alert.exercise and not self.include_exercises):
            return False
        if self.department and alert.labels.get("department", "") != self.department:
            return False
        before = entry.previous_labels
        return matches(self.matchers, alert.labels) or (
            before is not None and matches(self.matchers, before)
        )


class Watcher:
    """The queue between the follower and one stream. Full: it falls behind and reads by itself."""

    def __init__(self, wish: Wish, settings: WatchSettings) -> None:
        """Takes the limits of the queue."""
        self.wish = wish
        self.position = 0  # the last revision that this watcher has seen or need not see
        self.is_behind = True
        self._most_messages = settings.queue_messages
        self._most_bytes = settings.queue_bytes
        self._queue: deque[Entry] = deque()
        self._bytes = 0
        self._ready = asyncio.Event()

    def offer(self, entry: Entry) -> bool:
        """Queues an entry; False when there is no room and the watcher fell behind."""
        if entry.rev <= self.position and entry.alert is not None:
            return True
        full = len(self._queue) >= self._most_messages or self._bytes >= self._most_bytes
        if full:
            self.leave()
            return False
        self._queue.append(entry)
        self._bytes += entry.size
        self._ready.set()
        return True

    def leave(self) -> None:
        """Ends the following; what is queued is still to be written."""
        self.is_behind = True
        self._ready.set()

    async def take(self) -> Entry | None:
        """Returns the next entry; None when the queue is empty and the watcher is behind."""
        while not self._queue:
            if self.is_behind:
                return None
            self._ready.clear()
            await self._ready.wait()
        entry = self._queue.popleft()
        self._bytes -= entry.size
        self.position = max(self.position, entry.rev)
        return entry

    @property
    def is_drained(self) -> bool:
        """Tells whether nothing waits."""
        return not self._queue


class Follower:
    """Reads the log once for all watchers of this process."""

    def __init__(self, revisions: RevisionLog, settings: WatchSettings, clock: Clock) -> None:
        """Takes the log; run does the work."""
        self._revisions = revisions
        self._settings = settings
        self._clock = clock
        self._watchers: dict[Watcher, float] = {}  # watcher -> when it got a token last
        self._position = 0
        self.is_closed = False

    def join(self, watcher: Watcher) -> bool:
        """Takes a watcher in that has read up to here; False when it has to read on first."""
        if self.is_closed or (self._watchers and watcher.position < self._position):
            return False
        if not self._watchers:
            self._position = watcher.position
        watcher.is_behind = False
        self._watchers[watcher] = self._clock.monotonic()
        WATCHERS.set(len(self._watchers))
        self._revisions.grown.ring()
        return True

    def part(self, watcher: Watcher) -> None:
        """Lets a watcher go."""
        watcher.leave()
        self._watchers.pop(watcher, None)
        WATCHERS.set(len(self._watchers))

    async def run(self, service: Service, heartbeat: Heartbeat) -> None:
        """Follows the log until the service stops; then ends every stream."""
        stop = asyncio.create_task(self._close_with(service))
        while not service.stopping.is_set():
            heartbeat.beat()
            try:
                full = await self.turn()
            except Unavailable as error:
                log.warning("the log cannot be read now", why=str(error))
                full = False
            if not full:
                await self._revisions.grown.wait(self._pause())
        await stop

    def _pause(self) -> float:
        return self._settings.poll_interval if self._watchers else 1.0

    async def _close_with(self, service: Service) -> None:
        await service.stopping.wait()
        self.is_closed = True
        for watcher in list(self._watchers):
            self.part(watcher)
        self._revisions.grown.ring()

    async def turn(self) -> bool:
        """Hands out what is new, then bookmarks; tells whether there may be more."""
        if not self._watchers:
            return False
        revisions = await self._revisions.read(self._position, _BATCH)
        if revisions and revisions[0].rev != self._position + 1:
            self._part_all()  # history was removed under us: they find out by themselves
            return False
        for revision in revisions:
            self._hand_out(Entry.of(revision))
            self._position = revision.rev
        self._bookmark()
        return len(revisions) == _BATCH

    def _part_all(self) -> None:
        for watcher in list(self._watchers):
            self.part(watcher)

    def _hand_out(self, entry: Entry) -> None:
        for watcher in list(self._watchers):
            if watcher.wish.wants(entry):
                self._offer(watcher, entry)

    def _bookmark(self) -> None:
        """Gives quiet streams a token, through the same queue as changes."""
        now = self._clock.monotonic()
        for watcher, last in list(self._watchers.items()):
            if now - last >= self._settings.bookmark_interval:
                self._offer(watcher, Entry(max(self._position, watcher.position), None))

    def _offer(self, watcher: Watcher, entry: Entry) -> None:
        if watcher.offer(entry):
            self._watchers[watcher] = self._clock.monotonic()
        else:
            self.part(watcher)
