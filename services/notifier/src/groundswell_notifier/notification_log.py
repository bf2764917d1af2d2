"""The notification log: every sending as an intent that outlives a crash, and its outcome."""

from __future__ import annotations

from collections.abc import Collection as Names
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from groundswell_core.alerts import ALERTS, NOTIFICATIONS, Alert, Notification, NotificationState
from groundswell_core.clock import Clock
from groundswell_core.mongo import Collection

MAXIMUM_CONTENTS = 50  # alerts told in full; the rest by number


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """A notification with what it says."""

    notification: Notification
    position: int  # which integration of the receiver
    contents: tuple[Alert, ...]  # the most serious, at most MAXIMUM_CONTENTS
    firing_count: int
    resolved_count: int
    is_urgent: bool  # level I or II: tried for longer
    departments: tuple[str, ...] = ()  # whose alerts it tells of

    @property
    def id(self) -> str:
        """Returns the id that every try carries."""
        return self.notification.name.removeprefix("notifications/")


class NotificationLog:
    """Reads and writes notifications."""

    def __init__(self, collection: Collection, clock: Clock) -> None:
        """Takes the collection `notifications`."""
        self._collection = collection
        self._clock = clock

    async def add(self, sendings: Sequence[Sending]) -> list[bool]:
        """Stores intents; False for each that was there: a crash made us decide again."""
        if not sendings:
            return []
        return await self._collection.insert_new([_record(sending) for sending in sendings])

    async def claim(self, lease: timedelta, busy: Names[str]) -> Sending | None:
        """Returns one notification to try now; another try follows unless its outcome is written."""
        now = self._clock.now()
        record = await self._collection.find_and_update(
            {
                "state": NotificationState.PENDING.name,
                "next_attempt_time": {"$lte": now},
                "receiver": {"$nin": sorted(busy)},
            },
            [
                {
                    "$set": {
                        "next_attempt_time": now + lease,
                        "attempts": {"$add": ["$attempts", 1]},
                    }
                }
            ],
            sort=[("next_attempt_time", 1)],
        )
        return None if record is None else _sending(record)

    async def finish(self, sending: Sending, state: NotificationState, error: str = "") -> None:
        """Writes how a notification ended."""
        delivered = state is NotificationState.DELIVERED
        change: dict[str, Any] = {
            "state": state.name,
            "next_attempt_time": None,
            "last_error": error,
        }
        if delivered:
            change["deliver_time"] = self._clock.now()
        await self._collection.update({"_id": sending.id}, {"$set": change})

    async def postpone(self, sending: Sending, next_time: datetime, error: str) -> None:
        """Writes why a try failed and when the next follows."""
        await self._collection.update(
            {"_id": sending.id, "state": NotificationState.PENDING.name},
            {"$set": {"next_attempt_time": next_time, "last_error": error}},
        )

    async def find(self, where: Mapping[str, Any], *, limit: int, skip: int) -> list[Notification]:
        """Returns matching notifications, newest first."""
        records = await self._collection.find(
            where,
            sort=[("create_time", -1), ("_id", 1)],
            limit=limit,
            skip=skip,
            fields={"contents": 0},
        )
        return [NOTIFICATIONS.from_record(record) for record in records]


def _record(sending: Sending) -> dict[str, Any]:
    return {
        **NOTIFICATIONS.to_record(sending.notification),
        "_id": sending.id,
        "position": sending.position,
        "contents": [ALERTS.to_bytes(alert) for alert in sending.contents[:MAXIMUM_CONTENTS]],
        "firing_count": sending.firing_count,
        "resolved_count": sending.resolved_count,
        "urgent": sending.is_urgent,
        "departments": list(sending.departments),
    }


def _sending(record: Mapping[str, Any]) -> Sending:
    return Sending(
        notification=NOTIFICATIONS.from_record(record),
        position=int(record["position"]),
        contents=tuple(ALERTS.from_bytes(bytes(data)) for data in record["contents"]),
        firing_count=int(record["firing_count"]),
        resolved_count=int(record["resolved_count"]),
        is_urgent=bool(record["urgent"]),
    )


def suppressed(sending: Sending, why: str) -> Sending:
    """Returns a notification that is kept back, with the reason."""
    notification = replace(
        sending.notification,
        state=NotificationState.SUPPRESSED,
        last_error=why,
        next_attempt_time=None,
    )
    return replace(sending, notification=notification)
