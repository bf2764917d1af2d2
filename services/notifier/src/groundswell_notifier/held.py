"""An alert as the notifier holds it: its present state and, in the same record, its outbox.

A change is stored here first, marked pending; then it is logged; then the mark is taken away. A
crash in between leaves the mark, and whoever is active next finishes the work.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from typing import Any

from groundswell_core.alerts import ALERTS, Alert, AlertState
from groundswell_core.clock import milliseconds
from groundswell_core.errors import InvalidInput
from groundswell_core.grades import Level
from groundswell_core.names import parse_name
from groundswell_notifier.stores import ALERT_RETENTION

# Orders lists: what fires comes first.
FIRING_RANK, RESOLVED_RANK = 0, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An alert with what the notifier knows beside it."""

    alert: Alert
    expire_time: datetime  # when it counts as resolved unless it is sent again
    change: int = 1  # grows with every change, whoever made it
    kind: str = "received"  # received, expired, acknowledged, notified
    is_pending: bool = True  # the change is not logged yet
    is_raised: bool = False  # its level went up in a change that is not logged yet
    groups: tuple[str, ...] = ()
    logged_labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Returns the alert's fingerprint."""
        return fingerprint(self.alert)

    @property
    def level(self) -> Level:
        """Returns how serious it is."""
        return level_of(self.alert)

    @property
    def department(self) -> str:
        """Returns whose it is."""
        return self.alert.labels.get("department", "")


def fingerprint(alert: Alert) -> str:
    """Returns the id in an alert's name."""
    return parse_name(alert.name, "alerts")


def level_of(alert: Alert) -> Level:
    """Returns an alert's level; one that ended keeps the level it had."""
    level = alert.grade.level if alert.grade else Level.NONE
    if level > Level.NONE:
        return level
    said = alert.labels.get("level", "")
    return Level[said] if said in Level.__members__ else Level.NONE


def check(alert: Alert) -> Alert:
    """Returns an alert that came in; raises InvalidInput when it cannot be one."""
    fingerprint(alert)
    if not alert.version or alert.state is AlertState.UNSPECIFIED:
        raise InvalidInput(
            f"{alert.name} has no version or no state; its sender must give both",
            reason="BAD_ALERT",
        )
    times: dict[str, Any] = {
        part.name: milliseconds(value)
        for part in fields(alert)
        if isinstance(value := getattr(alert, part.name), datetime)
    }
    # Receivers and streams decide by the mark, so it must not depend on what labels say.
    labels = {**alert.labels, "exercise": str(alert.exercise).lower()}
    return replace(alert, labels=labels, **times)


def expiry(alert: Alert, sent_time: datetime, lifetime: timedelta) -> datetime:
    """Returns when a firing alert ends by itself.

    In replay the sender's clock runs in the past: then it holds for lifetime after it was sent.
    """
    end = alert.end_time
    return end if end is not None and end > sent_time else sent_time + lifetime


def merge(held: Held | None, alert: Alert, expire_time: datetime) -> Held | None:
    """Returns what is held after an alert came in; None when it says nothing new."""
    if held is None:
        return Held(alert=alert, expire_time=expire_time, is_raised=True)
    if alert.version < held.alert.version:
        return None
    if alert.version == held.alert.version:
        return _prolonged(held, alert, expire_time)
    return _changed(held, _carried(held.alert, alert), expire_time)


def _prolonged(held: Held, alert: Alert, expire_time: datetime) -> Held | None:
    if alert.state is not AlertState.FIRING or expire_time <= held.expire_time:
        return None
    if held.alert.state is AlertState.RESOLVED:  # it expired, and its sender lives after all
        return _changed(held, _carried(held.alert, alert), expire_time)
    prolonged = replace(held.alert, end_time=alert.end_time)
    return replace(held, alert=prolonged, expire_time=expire_time)


def _changed(held: Held, alert: Alert, expire_time: datetime) -> Held:
    fires_again = held.alert.state is not AlertState.FIRING and alert.state is AlertState.FIRING
    return replace(
        held,
        alert=alert,
        expire_time=expire_time,
        change=held.change + 1,
        kind="received",
        is_pending=True,
        is_raised=held.is_raised or fires_again or level_of(alert) > held.level,
    )


def _carried(before: Alert, alert: Alert) -> Alert:
    """Keeps what people and receivers did in the same episode."""
    if before.start_time != alert.start_time:
        return alert
    return replace(
        alert,
        notify_time=before.notify_time,
        acknowledge_time=before.acknowledge_time,
        acknowledged_by=before.acknowledged_by,
    )


def expired(held: Held) -> Held:
    """Returns an alert whose end has passed: resolved, though nobody said so."""
    resolved = replace(held.alert, state=AlertState.RESOLVED)
    return replace(held, alert=resolved, change=held.change + 1, kind="expired", is_pending=True)


def to_record(held: Held, now: datetime, order: int = 0) -> dict[str, Any]:
    """Returns how an alert is stored; order tells apart what came in together."""
    return {
        **ALERTS.to_record(held.alert),
        "_id": held.id,
        "department": held.department,
        "rank": RESOLVED_RANK if held.alert.state is AlertState.RESOLVED else FIRING_RANK,
        "level": int(held.level),
        "change": held.change,
        "kind": held.kind,
        "pending": held.is_pending,
        "raised": held.is_raised,
        "groups": list(held.groups),
        "logged_labels": sorted(map(list, held.logged_labels.items())),
        "expire_time": held.expire_time,
        "change_time": now,
        "change_order": order,
        "purge_time": now + ALERT_RETENTION,
    }


def from_record(record: Mapping[str, Any]) -> Held:
    """Returns a stored alert."""
    return Held(
        alert=ALERTS.from_record(record),
        expire_time=record["expire_time"],
        change=int(record["change"]),
        kind=str(record["kind"]),
        is_pending=bool(record["pending"]),
        is_raised=bool(record.get("raised", False)),
        groups=tuple(record["groups"]),
        logged_labels=dict(record.get("logged_labels", ())),
    )
