"""When a group is told, and why: pure decisions over what it was told before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from groundswell_core.alerts import AlertState
from groundswell_notifier.groups import Group
from groundswell_notifier.held import Held


class Reason(StrEnum):
    """Why a group is told."""

    FIRST = "first"
    NEW_ALERTS = "new_alerts"
    REGRADED = "regraded"
    RESOLVED = "resolved"
    REPEAT = "repeat"


def firing(members: Sequence[Held]) -> list[Held]:
    """Returns the members that fire."""
    return [held for held in members if held.alert.state is AlertState.FIRING]


def difference(group: Group, members: Sequence[Held]) -> Reason | None:
    """Returns what has changed since the group was told last, the weightiest first."""
    alive = firing(members)
    if group.told_time is None:
        return Reason.FIRST if alive else None
    if any(held.id not in group.told for held in alive):
        return Reason.NEW_ALERTS
    if any(held.level != group.told[held.id] for held in alive):
        return Reason.REGRADED
    if len(alive) < len(group.told):
        return Reason.RESOLVED
    return None


def due(group: Group, members: Sequence[Held], now: datetime) -> Reason | None:
    """Returns why the group is to be told now; None to stay quiet."""
    reason = difference(group, members)
    if group.told_time is None:
        return reason
    if reason is not None:
        settled = now >= group.told_time + group.group_interval
        return reason if settled or is_urgent(group, members) else None
    waits = any(held.alert.acknowledge_time is None for held in firing(members))
    return Reason.REPEAT if waits and now >= group.told_time + group.repeat_interval else None


def is_urgent(group: Group, members: Sequence[Held]) -> bool:
    """Tells whether a level went up, or something serious is new: that waits for nobody."""
    highest = max(group.told.values(), default=0)
    return any(held.level > group.told.get(held.id, highest) for held in firing(members))


def after(
    group: Group, members: Sequence[Held], now: datetime, reason: Reason | None
) -> Group | None:
    """Returns the group as it is after the decision; None when nothing of it is left to tell."""
    alive = firing(members)
    if reason is not None:
        group = replace(
            group,
            told={held.id: held.level for held in alive},
            told_time=now,
            told_count=group.told_count + 1,
        )
    elif group.told_time is None:
        return None  # ended before it was ever told
    if not alive and not group.told:
        return None
    return replace(group, next_time=_next_time(group, members, now))


def _next_time(group: Group, members: Sequence[Held], now: datetime) -> datetime:
    told_time = group.told_time or now
    if difference(group, members) is not None:
        return max(told_time + group.group_interval, now)
    repeat_time = told_time + group.repeat_interval
    return repeat_time if repeat_time > now else now + group.repeat_interval
