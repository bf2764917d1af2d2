"""The alert book: the present state of every alert, stored with compare-and-set."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from groundswell_core.clock import Clock
from groundswell_core.errors import Aborted, NotFound
from groundswell_core.mongo import Collection, Operation, Sort, insert_op, update_op
from groundswell_notifier.held import FIRING_RANK, Held, from_record, to_record

LISTED: Sort = (("rank", 1), ("level", -1), ("start_time", -1), ("_id", 1))
_PUBLISH_BATCH = 500


class AlertBook:
    """Reads and writes alerts; any replica may."""

    def __init__(self, collection: Collection, clock: Clock) -> None:
        """Takes the collection `alerts`."""
        self._collection = collection
        self._clock = clock

    async def firing_count(self) -> int:
        """Returns how many alerts hold now."""
        return await self._collection.count({"rank": FIRING_RANK})

    async def get(self, identifier: str) -> Held:
        """Returns one alert; raises NotFound."""
        record = await self._collection.find_one({"_id": identifier})
        if record is None:
            raise NotFound(f"there is no alert alerts/{identifier}", name=f"alerts/{identifier}")
        return from_record(record)

    async def get_many(self, identifiers: Iterable[str]) -> dict[str, Held]:
        """Returns those of the alerts that are there, by id."""
        records = await self._collection.find({"_id": {"$in": list(identifiers)}})
        return {record["_id"]: from_record(record) for record in records}

    async def find(
        self, where: Mapping[str, Any], *, sort: Sort = LISTED, limit: int = 0, skip: int = 0
    ) -> list[Held]:
        """Returns matching alerts, firing first, then highest level, then newest."""
        records = await self._collection.find(where, sort=sort, limit=limit, skip=skip)
        return [from_record(record) for record in records]

    async def firing(self, where: Mapping[str, Any]) -> AsyncIterator[Held]:
        """Yields the alerts that fire, without holding them all."""
        async for record in self._collection.stream({**where, "rank": FIRING_RANK}):
            yield from_record(record)

    async def pending(self) -> list[Held]:
        """Returns alerts with a change that is not logged yet, oldest change first."""
        return await self.find(
            {"pending": True},
            sort=(("change_time", 1), ("change_order", 1)),
            limit=_PUBLISH_BATCH,
        )

    async def overdue(self, now: datetime) -> list[Held]:
        """Returns alerts that fire past their end."""
        where = {"rank": FIRING_RANK, "expire_time": {"$lt": now}}
        return await self.find(where, sort=(("expire_time", 1),), limit=_PUBLISH_BATCH)

    async def store(self, changes: Sequence[tuple[Held | None, Held]]) -> None:
        """Stores (before, after) pairs; Aborted when one of them changed in between.

        What was stored all the same stays: a repeat finds it and says nothing new.
        """
        now = self._clock.now()
        result = await self._collection.bulk(
            [
                _operation(before, to_record(after, now, order))
                for order, (before, after) in enumerate(changes)
            ]
        )
        if result.failed or result.inserted + result.matched < len(changes):
            raise Aborted(f"one of {len(changes)} alerts changed while it was being stored")

    async def logged(self, alerts: Sequence[Held]) -> None:
        """Takes the pending mark away, unless the alert changed again meanwhile."""
        await self._collection.bulk(
            [
                update_op(
                    {"_id": held.id, "change": held.change},
                    {
                        "$set": {
                            "pending": False,
                            "raised": False,
                            "logged_labels": sorted(map(list, held.alert.labels.items())),
                        }
                    },
                )
                for held in alerts
            ]
        )

    async def acknowledge(self, identifier: str, by: str, comment: str) -> Held:
        """Records who took note first; a repeat changes nothing."""
        now = self._clock.now()
        await self._collection.find_and_update(
            {"_id": identifier, "acknowledge_time": None},
            [
                _next_change("acknowledged", now),
                {
                    "$set": {
                        "acknowledge_time": now,
                        # Literal: what people write may begin with a dollar.
                        "acknowledged_by": {"$literal": by},
                        "acknowledge_comment": {"$literal": comment},
                    }
                },
            ],
        )
        return await self.get(identifier)

    async def notified(self, identifiers: Sequence[str], moment: datetime) -> None:
        """Records when the first receiver heard of alerts; later ones change nothing."""
        await self._collection.update_many(
            {"_id": {"$in": list(identifiers)}, "notify_time": None},
            [_next_change("notified", self._clock.now()), {"$set": {"notify_time": moment}}],
        )

    async def regroup(self, held: Held, groups: tuple[str, ...]) -> None:
        """Gives an alert the groups of another routing tree."""
        await self._collection.update(
            {"_id": held.id, "change": held.change}, {"$set": {"groups": list(groups)}}
        )


def _operation(before: Held | None, record: dict[str, Any]) -> Operation:
    if before is None:
        return insert_op(record)
    identifier = record.pop("_id")
    return update_op({"_id": identifier, "change": before.change}, {"$set": record})


def _next_change(kind: str, now: datetime) -> dict[str, Any]:
    return {
        "$set": {
            "change": {"$add": ["$change", 1]},
            "kind": kind,
            "pending": True,
            "change_time": now,
        }
    }
