"""Alerts in: stored with their groups, then logged, then their groups woken.

Each step may be repeated: a crash after any of them leaves the alert marked pending, and
`publish` finishes it, in this process or in the next.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from groundswell_core.alerts import ALERTS, Alert
from groundswell_core.clock import Clock
from groundswell_core.log import get_logger
from groundswell_notifier.book import AlertBook
from groundswell_notifier.groups import GroupStore, Touch
from groundswell_notifier.held import Held, check, expired, expiry, fingerprint, merge
from groundswell_notifier.metrics import CHANGES
from groundswell_notifier.revisions import Change, RevisionLog
from groundswell_notifier.routes import Routes

log = get_logger(__name__)


class Dispatcher:
    """Takes alerts in and tells log and groups of every change."""

    def __init__(
        self,
        *,
        book: AlertBook,
        revisions: RevisionLog,
        groups: GroupStore,
        routes: Routes,
        clock: Clock,
        lifetime: timedelta,
    ) -> None:
        """Takes lifetime: how long an alert holds whose end is of another clock."""
        self._book = book
        self._revisions = revisions
        self._groups = groups
        self._routes = routes
        self._clock = clock
        self._lifetime = lifetime
        self._publishing = asyncio.Lock()

    async def dispatch(self, alerts: Sequence[tuple[Alert, datetime]]) -> None:
        """Takes in alerts with the times they were sent; versions that are known say nothing."""
        checked = [(check(alert), sent_time) for alert, sent_time in alerts]
        for wave in waves(checked):
            await self._store(wave)
            await self.publish()

    async def _store(self, wave: Sequence[tuple[Alert, datetime]]) -> None:
        known = await self._book.get_many(fingerprint(alert) for alert, _ in wave)
        changes = []
        for alert, sent_time in wave:
            before = known.get(fingerprint(alert))
            after = merge(before, alert, expiry(alert, sent_time, self._lifetime))
            if after is not None:
                changes.append((before, replace(after, groups=self.groups_of(after.alert))))
        await self._book.store(changes)

    def groups_of(self, alert: Alert) -> tuple[str, ...]:
        """Returns the ids of the groups that an alert belongs to."""
        return tuple(touch.key for touch in self._touches(alert, "", is_urgent=False))

    def _touches(self, alert: Alert, message_id: str, *, is_urgent: bool) -> list[Touch]:
        labels = routing_labels(alert)
        return [
            Touch(route, labels, alert.exercise, message_id, is_urgent)
            for route in self._routes.tree.match(labels)
        ]

    async def publish(self) -> int:
        """Logs every change that is not logged yet, and wakes its groups; returns how many."""
        async with self._publishing:
            return await self._publish()

    async def _publish(self) -> int:
        count = 0
        while pending := await self._book.pending():
            await self._revisions.append([change_of(held) for held in pending])
            await self._groups.touch(
                (
                    touch
                    for held in pending
                    for touch in self._touches(
                        held.alert, message_id(held), is_urgent=held.is_raised
                    )
                ),
                self._clock.now(),
            )
            await self._book.logged(pending)
            count += len(pending)
            for held in pending:
                CHANGES.labels(held.kind).inc()
        return count

    async def expire(self) -> int:
        """Resolves the alerts whose end has passed unsaid; returns how many."""
        overdue = await self._book.overdue(self._clock.now())
        await self._book.store([(held, expired(held)) for held in overdue])
        if overdue:
            log.warning("alerts expired: nobody said that they still hold", alerts=len(overdue))
        return len(overdue)

    async def reroute(self) -> int:
        """Gives firing alerts the groups of the routing tree in force; returns how many moved."""
        moved = 0
        async for held in self._book.firing({}):
            groups = self.groups_of(held.alert)
            if groups != held.groups:
                await self._book.regroup(held, groups)
                touches = self._touches(held.alert, message_id(held), is_urgent=True)
                await self._groups.touch(touches, self._clock.now())
                moved += 1
        return moved


def waves(alerts: Iterable[tuple[Alert, datetime]]) -> list[list[tuple[Alert, datetime]]]:
    """Returns alerts in runs in which each alert stands once, so that no version is skipped."""
    runs: list[dict[str, tuple[Alert, datetime]]] = []
    height: dict[str, int] = {}
    for alert, sent_time in alerts:
        level = height[alert.name] = height.get(alert.name, -1) + 1
        if level == len(runs):
            runs.append({})
        runs[level][alert.name] = (alert, sent_time)
    return [list(run.values()) for run in runs]


def routing_labels(alert: Alert) -> dict[str, str]:
    """Returns what routes match and group by: the labels, and the story."""
    return {**alert.labels, "story": alert.story.removeprefix("stories/")}


def message_id(held: Held) -> str:
    """Returns the id of an alert's last change: the same however often it is logged."""
    return f"{held.id}:{held.alert.version}:{held.change}"


def change_of(held: Held) -> Change:
    """Returns what the log is to say of an alert's last change."""
    differs = held.logged_labels and held.logged_labels != held.alert.labels
    return Change(
        message_id=message_id(held),
        kind=held.kind,
        department=held.department,
        exercise=held.alert.exercise,
        payload=ALERTS.to_bytes(held.alert),
        previous_labels=held.logged_labels if differs else {},
    )
