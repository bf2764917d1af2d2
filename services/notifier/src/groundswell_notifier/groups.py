"""Alert groups in MongoDB: what each was told, and the durable timer that wakes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from groundswell_core.grades import Level
from groundswell_core.mongo import Collection, update_op
from groundswell_notifier.routing import Route, group_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Alerts that are told together to one receiver."""

    id: str
    receiver: str
    route: str
    labels: Mapping[str, str]
    exercise: bool
    birth: str  # the change that made it: tells its lives apart
    group_wait: timedelta
    group_interval: timedelta
    repeat_interval: timedelta
    touch: str  # the last change that came in: tells whether a decision is of before it
    next_time: datetime
    told: Mapping[str, Level] = field(default_factory=dict)  # alerts told as firing, at which level
    told_time: datetime | None = None  # the last notification
    told_count: int = 0  # how many notifications there were


@dataclass(frozen=True, slots=True)
class Touch:
    """An alert that came into a group."""

    route: Route
    labels: Mapping[str, str]
    exercise: bool
    message_id: str
    is_urgent: bool  # its level went up: it waits for group_wait only

    @property
    def key(self) -> str:
        """Returns the id of the group."""
        return group_key(self.route, self.labels, exercise=self.exercise)


class GroupStore:
    """Reads and writes groups; each step is a compare-and-set."""

    def __init__(self, collection: Collection) -> None:
        """Takes the collection `alert_groups`."""
        self._collection = collection

    async def touch(self, touches: Iterable[Touch], now: datetime) -> None:
        """Makes groups that are missing, and wakes those that have something new in time."""
        by_key: dict[str, list[Touch]] = {}
        for touch in touches:
            by_key.setdefault(touch.key, []).append(touch)
        known = await self._collection.find({"_id": {"$in": list(by_key)}}, fields=["told_time"])
        told = {record["_id"]: record.get("told_time") for record in known}
        await self._collection.bulk(
            [
                update_op({"_id": key}, _woken(members, told.get(key), now), upsert=True)
                for key, members in by_key.items()
            ]
        )

    async def claim(self, now: datetime, lease: timedelta) -> Group | None:
        """Returns one group whose time has come; nobody else gets it before the lease ends."""
        record = await self._collection.find_and_update(
            {"next_time": {"$lte": now}},
            {"$set": {"next_time": now + lease}},
            sort=[("next_time", 1)],
        )
        return None if record is None else _group(record)

    async def settle(self, group: Group, before: Group) -> None:
        """Writes what a claimed group was told and when it wakes; a sooner wake-up stands."""
        woken = {"$min": [group.next_time, "$next_time"]}
        await self._collection.update(
            {"_id": group.id},
            [
                {
                    "$set": {
                        "next_time": {
                            "$cond": [{"$eq": ["$touch", before.touch]}, group.next_time, woken]
                        },
                        "told": {"$literal": _told(group)},
                        "told_time": group.told_time,
                        "told_count": group.told_count,
                    }
                }
            ],
        )

    async def remove(self, group: Group) -> bool:
        """Removes a group of which nothing fires; False when an alert came in since the claim."""
        return bool(await self._collection.delete({"_id": group.id, "touch": group.touch}))


def _told(group: Group) -> list[list[Any]]:
    return [[name, int(level)] for name, level in sorted(group.told.items())]


def _woken(members: Sequence[Touch], told_time: datetime | None, now: datetime) -> dict[str, Any]:
    route = members[0].route
    labels = route.group_labels(members[0].labels)
    wake = now + route.group_wait
    if told_time is not None and not any(touch.is_urgent for touch in members):
        wake = max(now, told_time + route.group_interval)
    return {
        "$set": {
            "touch": members[-1].message_id,
            "receiver": route.receiver,
            "route": route.path,
            "group_wait": route.group_wait.total_seconds(),
            "group_interval": route.group_interval.total_seconds(),
            "repeat_interval": route.repeat_interval.total_seconds(),
        },
        "$setOnInsert": {
            "labels": sorted(map(list, labels.items())),
            "exercise": members[0].exercise,
            "birth": members[0].message_id,
        },
        "$min": {"next_time": wake},
    }


def _group(record: Mapping[str, Any]) -> Group:
    return Group(
        id=record["_id"],
        receiver=record["receiver"],
        route=record["route"],
        labels=dict(record["labels"]),
        exercise=record["exercise"],
        birth=record["birth"],
        group_wait=timedelta(seconds=record["group_wait"]),
        group_interval=timedelta(seconds=record["group_interval"]),
        repeat_interval=timedelta(seconds=record["repeat_interval"]),
        touch=record["touch"],
        next_time=record["next_time"],
        told={name: Level(level) for name, level in record.get("told", ())},
        told_time=record.get("told_time"),
        told_count=int(record.get("told_count", 0)),
    )
