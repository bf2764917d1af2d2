"""Sends what the notification log holds, until it is accepted or given up."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime, timedelta

from groundswell_core.alerts import NotificationState
from groundswell_core.clock import Clock
from groundswell_core.errors import FailedPrecondition, GroundswellError, Unavailable
from groundswell_core.log import get_logger, redact
from groundswell_core.retry import RetryPolicy
from groundswell_notifier.book import AlertBook
from groundswell_notifier.metrics import EXHAUSTED, NOTIFY_SECONDS, SETTLED, TRIES
from groundswell_notifier.notification_log import NotificationLog, Sending
from groundswell_notifier.routes import Routes
from groundswell_notifier.settings import NotifierSettings

log = get_logger(__name__)

RETRY = RetryPolicy(initial_interval=1.0, maximum_interval=300.0)
_SENDS_A_TURN = 200  # then the heartbeat has its turn
_ROOM_SECONDS = 0.25  # that a turn waits for a try to end, so that quick receivers get the next


class Delivery:
    """Tries notifications, a few at once and fewer to one receiver: a slow one delays no other."""

    def __init__(
        self,
        *,
        notifications: NotificationLog,
        book: AlertBook,
        routes: Routes,
        settings: NotifierSettings,
        clock: Clock,
        policy: RetryPolicy = RETRY,
    ) -> None:
        """Takes the log, the book, and how receivers are reached."""
        self._notifications = notifications
        self._book = book
        self._routes = routes
        self._settings = settings
        self._clock = clock
        self._policy = policy
        self._under_way: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        # Long enough that a try has surely ended when the next may begin.
        self._lease = timedelta(seconds=3 * settings.send_timeout)

    async def turn(self) -> int:
        """Begins to send what is due, as far as there is or soon will be room; returns how many."""
        begun = 0
        self._raise_failures()
        while begun < _SENDS_A_TURN:
            if sending := await self._next():
                self._begin(sending)
                begun += 1
            elif not await self._has_room_soon():
                break
        return begun

    async def _next(self) -> Sending | None:
        """Claims what is due, if there is room for it."""
        if len(self._tasks) >= self._settings.sends:
            return None
        return await self._notifications.claim(self._lease, self._busy())

    async def _has_room_soon(self) -> bool:
        """Waits a moment for a try to end, when only that keeps the next from beginning."""
        if not self._busy() and len(self._tasks) < self._settings.sends:
            return False
        done, _ = await asyncio.wait(
            self._tasks, timeout=_ROOM_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
        self._raise_failures()
        return bool(done)

    async def drain(self) -> None:
        """Waits for the tries that are under way."""
        while self._tasks:
            await asyncio.wait(self._tasks)
            self._raise_failures()

    def _busy(self) -> list[str]:
        most = self._settings.sends_per_receiver
        return [name for name, count in self._under_way.items() if count >= most]

    def _begin(self, sending: Sending) -> None:
        self._under_way[sending.notification.receiver] += 1
        self._tasks.add(asyncio.create_task(self._try(sending)))

    def _raise_failures(self) -> None:
        """Lets a bug in a try end the process; a bad moment leaves the try to its lease."""
        for task in [task for task in self._tasks if task.done()]:
            self._tasks.discard(task)
            try:
                task.result()
            except Unavailable as error:
                log.warning("outcome not written; tried again after the lease", why=str(error))

    async def _try(self, sending: Sending) -> None:
        try:
            await self._send(sending)
        except GroundswellError as error:
            await self._failed(sending, error)
        else:
            await self._delivered(sending)
        finally:
            self._under_way[sending.notification.receiver] -= 1

    async def _send(self, sending: Sending) -> None:
        integrations = self._routes.receiver(sending.notification.receiver).integrations
        if sending.position >= len(integrations):
            raise FailedPrecondition("the routing tree no longer has this receiver")
        await integrations[sending.position].send(sending)

    async def _delivered(self, sending: Sending) -> None:
        now = self._clock.now()
        names = [name.removeprefix("alerts/") for name in sending.notification.alerts]
        # The alerts first: once the notification is finished nobody would come back for them.
        await self._book.notified(names, now)
        await self._notifications.finish(sending, NotificationState.DELIVERED)
        self._count(sending, "delivered")
        SETTLED.labels(sending.notification.receiver, "delivered").inc()
        for alert in sending.contents:
            if alert.notify_time is None and alert.grade_time is not None:
                NOTIFY_SECONDS.observe(max((now - alert.grade_time).total_seconds(), 0.0))
        log.info(
            "notification delivered",
            notification=sending.notification.name,
            receiver=sending.notification.receiver,
            attempts=sending.notification.attempts,
        )

    async def _failed(self, sending: Sending, error: GroundswellError) -> None:
        why = redact(error.message)[:500]
        now = self._clock.now()
        if not error.retryable or now >= self._deadline(sending, now):
            await self._give_up(sending, why)
            return
        wait = self._policy.wait(sending.notification.attempts, error)
        await self._notifications.postpone(sending, now + timedelta(seconds=wait), why)
        self._count(sending, "retried")

    def _deadline(self, sending: Sending, now: datetime) -> datetime:
        begun = sending.notification.create_time or now
        return begun + self._settings.patience(urgent=sending.is_urgent)

    async def _give_up(self, sending: Sending, why: str) -> None:
        notification = sending.notification
        await self._notifications.finish(sending, NotificationState.EXHAUSTED, why)
        self._count(sending, "exhausted")
        SETTLED.labels(notification.receiver, "exhausted").inc()
        EXHAUSTED.labels(notification.receiver).inc()
        log.error(
            "notification given up: nobody was told this way",
            notification=notification.name,
            receiver=notification.receiver,
            attempts=notification.attempts,
            why=why,
        )

    def _count(self, sending: Sending, outcome: str) -> None:
        notification = sending.notification
        TRIES.labels(notification.receiver, notification.integration, outcome).inc()
