"""From a group whose time has come to notifications in the log, and from there to receivers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from groundswell_core.alerts import Notification, NotificationState
from groundswell_core.clock import Clock
from groundswell_core.grades import Level
from groundswell_core.identity import digest
from groundswell_core.log import get_logger
from groundswell_notifier.book import AlertBook
from groundswell_notifier.grouping import Reason, after, due, firing
from groundswell_notifier.groups import Group, GroupStore
from groundswell_notifier.held import FIRING_RANK, Held
from groundswell_notifier.metrics import RAISED, SETTLED
from groundswell_notifier.notification_log import (
    MAXIMUM_CONTENTS,
    NotificationLog,
    Sending,
    suppressed,
)
from groundswell_notifier.receivers import Integration, Receiver
from groundswell_notifier.routes import Routes

log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One notification on its way through the stages."""

    sending: Sending
    reason: Reason
    receiver: Receiver
    integration: Integration


Stage = Callable[[Plan], str]


def is_for_exercises(plan: Plan) -> str:
    """Keeps drills away from receivers that did not ask for them; what is real always passes."""
    kept = plan.sending.notification.exercise and not plan.receiver.exercises
    return "exercise: the receiver did not ask for drills" if kept else ""


def is_resolution_wanted(plan: Plan) -> str:
    """Keeps the all-clear away from integrations that do not want it."""
    kept = plan.reason is Reason.RESOLVED and not plan.integration.send_resolved
    return "resolved: send_resolved is off" if kept else ""


# The order of work. Each answers why a notification is kept back, or nothing.
STAGES: tuple[Stage, ...] = (is_for_exercises, is_resolution_wanted)


class Pipeline:
    """Decides what a group is told and writes it down; delivery sends it."""

    def __init__(
        self,
        *,
        book: AlertBook,
        groups: GroupStore,
        notifications: NotificationLog,
        routes: Routes,
        clock: Clock,
    ) -> None:
        """Takes the stores, and the routing in force."""
        self._book = book
        self._groups = groups
        self._notifications = notifications
        self._routes = routes
        self._clock = clock

    async def notify(self, group: Group) -> Reason | None:
        """Tells a claimed group what it is due, and writes when it wakes next."""
        now = self._clock.now()
        members = await self._members(group)
        reason = due(group, members, now)
        settled = after(group, members, now, reason)
        if reason is not None:
            await self._write(self._plans(group, members, reason, now))
        # After the intents: a crash in between decides the same again, with the same ids.
        if settled is None and await self._groups.remove(group):
            return reason
        await self._groups.settle(settled or replace(group, next_time=now), group)
        return reason

    async def _members(self, group: Group) -> list[Held]:
        told = {"_id": {"$in": sorted(group.told)}}
        return await self._book.find(
            {"groups": group.id, "$or": [{"rank": FIRING_RANK}, told]},
        )

    def _plans(
        self, group: Group, members: Sequence[Held], reason: Reason, now: datetime
    ) -> list[Plan]:
        receiver = self._routes.receiver(group.receiver)
        return [
            Plan(
                sending=_sending(group, members, reason, receiver.name, index, now),
                reason=reason,
                receiver=receiver,
                integration=integration,
            )
            for index, integration in enumerate(receiver.integrations)
        ]

    async def _write(self, plans: Sequence[Plan]) -> None:
        sendings = [_staged(plan) for plan in plans]
        added = await self._notifications.add(sendings)
        for plan, sending, new in zip(plans, sendings, added, strict=True):
            if new:
                _count(plan, sending)


def _staged(plan: Plan) -> Sending:
    why = next(filter(None, (stage(plan) for stage in STAGES)), "")
    named = replace(plan.sending.notification, integration=plan.integration.kind)
    sending = replace(plan.sending, notification=named)
    return suppressed(sending, why) if why else sending


def _count(plan: Plan, sending: Sending) -> None:
    notification = sending.notification
    RAISED.labels(notification.receiver, plan.reason.value).inc()
    if notification.state is NotificationState.SUPPRESSED:
        SETTLED.labels(notification.receiver, notification.state.name.lower()).inc()
    log.info(
        "notification decided",
        notification=notification.name,
        receiver=notification.receiver,
        reason=plan.reason.value,
        alerts=len(notification.alerts),
        kept_back=notification.last_error,
    )


def _sending(
    group: Group,
    members: Sequence[Held],
    reason: Reason,
    receiver: str,
    position: int,
    now: datetime,
) -> Sending:
    alive = firing(members)
    content = sorted(f"{held.id}:{held.alert.version}:{held.alert.state.name}" for held in members)
    identifier = digest(
        group.id, group.birth, str(group.told_count), receiver, str(position), *content
    )
    return Sending(
        notification=Notification(
            name=f"notifications/{identifier}",
            receiver=receiver,
            group_labels=group.labels,
            alerts=tuple(held.alert.name for held in members),
            reason=reason.value,
            create_time=now,
            next_attempt_time=now,
            exercise=group.exercise,
        ),
        position=position,
        contents=tuple(held.alert for held in members[:MAXIMUM_CONTENTS]),
        firing_count=len(alive),
        resolved_count=len(members) - len(alive),
        is_urgent=any(held.level >= Level.II for held in members),
        departments=tuple(sorted({held.department for held in members})),
    )
