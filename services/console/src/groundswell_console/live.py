"""Live changes: one follower of WatchAlerts a process, fanned out to browsers through bounded queues.

A change's id is the notifier's revision, so that a browser resumes at any replica with Last-Event-ID.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from groundswell_console.clients.alerts import Alerts
from groundswell_console.metrics import STREAMS
from groundswell_console.person import Person, set_person
from groundswell_core.alerts import ALERTS, Alert, AlertState
from groundswell_core.clock import Clock
from groundswell_core.errors import Exhausted, GroundswellError, OutOfRange
from groundswell_core.grades import Level
from groundswell_core.log import get_logger
from groundswell_core.service import Heartbeat
from groundswell_core.tokens import Role

if TYPE_CHECKING:
    from groundswell.alert.v1.alert_service_pb2 import WatchAlertsResponse

log = get_logger(__name__)
CONSOLE = Person(account="console", display_name="console", role=Role.VIEWER)
HISTORY = 2000  # changes kept for browsers that come back
QUEUE = 200  # changes that a browser may be behind before it is cut off
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 15.0  # seconds


@dataclass(frozen=True, slots=True)
class Change:
    """A change of an alert; alert None: everything must be read again."""

    id: int
    alert: Alert | None
    is_news: bool = False  # it began to fire, or its level rose


class Subscription:
    """One browser's bounded queue."""

    def __init__(self, person: Person) -> None:
        """Starts empty."""
        self._person = person
        self._queue: asyncio.Queue[Change] = asyncio.Queue(QUEUE)
        self.is_cut_off = False

    def offer(self, change: Change) -> None:
        """Queues a change that the person may see; cuts the browser off when its queue is full."""
        department = change.alert.labels.get("department", "") if change.alert else ""
        if not self._person.sees(department):
            return
        try:
            self._queue.put_nowait(change)
        except asyncio.QueueFull:
            self.is_cut_off = True

    def end(self) -> None:
        """Wakes and ends the stream."""
        self.is_cut_off = True
        if self._queue.empty():
            self._queue.put_nowait(Change(0, None))

    async def next(self, timeout: float) -> Change | None:
        """Returns the next change, or None after so many seconds without one."""
        try:
            async with asyncio.timeout(timeout):
                return await self._queue.get()
        except TimeoutError:
            return None


class Hub:
    """Follows alerts and tells every browser."""

    def __init__(self, alerts: Alerts, clock: Clock, *, limit: int) -> None:
        """Takes how many browsers may follow at the same time."""
        self._alerts = alerts
        self._clock = clock
        self._limit = limit
        self._history: deque[Change] = deque(maxlen=HISTORY)
        self._subscriptions: set[Subscription] = set()
        self._token = b""
        self._levels: dict[str, Level] = {}  # of each alert that fires
        self._known_from = 0  # every change after this revision is in the history or was dropped
        self.is_connected = False
        self.message_time: datetime | None = None

    def check_room(self) -> None:
        """Raises Exhausted when too many browsers follow already."""
        if len(self._subscriptions) >= self._limit:
            raise Exhausted("too many live streams are open", reason="TOO_MANY_STREAMS")

    @contextmanager
    def subscribe(self, person: Person, last_id: int | None) -> Iterator[Subscription]:
        """Yields a browser's queue, filled with what it missed since last_id."""
        subscription = Subscription(person)
        self._subscriptions.add(subscription)
        STREAMS.inc()
        try:
            for change in self._missed(last_id):
                subscription.offer(change)
            yield subscription
        finally:
            self._subscriptions.discard(subscription)
            STREAMS.dec()

    def _missed(self, last_id: int | None) -> list[Change]:
        if last_id is None:
            return []
        later = [change for change in self._history if change.id > last_id]
        oldest = self._history[0].id - 1 if len(self._history) == HISTORY else self._known_from
        if not self._known_from or last_id < oldest or len(later) >= QUEUE:
            return [Change(max(last_id, self._known_from), None)]
        return later

    async def follow(self, stopping: asyncio.Event, heartbeat: Heartbeat) -> None:
        """Follows until the service stops; comes back with its token and full jitter."""
        set_person(CONSOLE)
        wait = _FIRST_WAIT
        while not stopping.is_set():
            follower = asyncio.create_task(self._follow_once())
            stopped = asyncio.create_task(stopping.wait())
            await _first(follower, stopped, heartbeat)
            if follower.done() and not follower.cancelled() and follower.exception() is None:
                wait = min(_LONGEST_WAIT, wait * 2) if follower.result() == 0 else _FIRST_WAIT
            await _settle(follower, stopped)
            self.is_connected = False
            heartbeat.beat()
            await _pause(stopping, random.uniform(0, wait))  # full jitter
        for subscription in self._subscriptions:
            subscription.end()

    async def _follow_once(self) -> int:
        """Follows until the stream ends; returns how many messages it had."""
        count = 0
        try:
            async for message in self._alerts.watch(self._token):
                self._take(message)
                count += 1
        except OutOfRange:
            self._token = b""
            self._levels.clear()
        except GroundswellError as error:
            log.warning("alerts stream ended", reason=error.reason, error=error.message)
        return count

    def _take(self, message: WatchAlertsResponse) -> None:
        self.is_connected, self.message_time = True, self._clock.now()
        kind = message.WhichOneof("change")
        is_new_list = kind == "snapshot_end"
        if message.resume_token:
            self._token = message.resume_token
        if is_new_list:
            self._relist(message.revision)
        elif kind == "event":
            alert = ALERTS.from_proto(message.event.alert)
            is_news = self._is_news(alert)
            if message.revision:
                self._publish(Change(message.revision, alert, is_news))
        if message.revision and not self._known_from:
            self._known_from = message.revision

    def _is_news(self, alert: Alert) -> bool:
        level = alert.grade.level if alert.grade else Level.NONE
        before = self._levels.pop(alert.name, Level.NONE)
        if alert.state is not AlertState.FIRING:
            return False
        self._levels[alert.name] = level
        return level > before

    def _relist(self, revision: int) -> None:
        self._history.clear()
        self._known_from = revision
        for subscription in self._subscriptions:
            subscription.offer(Change(revision, None))

    def _publish(self, change: Change) -> None:
        if not self._known_from:
            self._known_from = change.id - 1
        self._history.append(change)
        for subscription in self._subscriptions:
            subscription.offer(change)


async def _first(
    follower: asyncio.Task[int], stopped: asyncio.Task[bool], heartbeat: Heartbeat
) -> None:
    while not follower.done() and not stopped.done():
        heartbeat.beat()
        await asyncio.wait((follower, stopped), timeout=5, return_when=asyncio.FIRST_COMPLETED)


async def _settle(*tasks: asyncio.Task[int] | asyncio.Task[bool]) -> None:
    for task in tasks:
        task.cancel()
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(result, Exception):  # a bug: never hidden
            raise result


async def _pause(stopping: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stopping.wait()
    except TimeoutError:
        return
