"""What outlets did on each day, derived from the stories of that day: repeats change nothing."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from groundswell_analyzer.telling.outlets import measured_weight
from groundswell_core.descriptions import OutletRecord
from groundswell_core.errors import Unavailable
from groundswell_core.log import get_logger
from groundswell_core.mongo import Collection, replace_op
from groundswell_core.service import Heartbeat, Service

log = get_logger(__name__)

_INTERVAL = 600.0  # seconds between counts
_PAUSE = 10.0
_LOOKED_BACK = timedelta(days=4)  # at a start: stories leave memory after three days
_DAY = timedelta(days=1)


class OutletBook:
    """Counts, for each outlet and day, the stories it told, had first, and took back."""

    def __init__(self, stories: Collection, records: Collection, *, keep: timedelta) -> None:
        """Takes keep: how long a day's counts are kept."""
        self._stories = stories
        self._records = records
        self._keep = keep
        self._since: datetime | None = None

    async def run(self, service: Service, heartbeat: Heartbeat) -> None:
        """Counts every ten minutes until the service stops."""
        due = 0.0
        while not service.stopping.is_set():
            if time.monotonic() >= due:
                due = time.monotonic() + _INTERVAL
                await self._try(service.clock.now())
            heartbeat.beat()
            await service.pause(_PAUSE)

    async def _try(self, now: datetime) -> None:
        try:
            await self.count(now)
        except Unavailable as error:
            log.warning("outlets cannot be counted now; the next time will do", reason=str(error))

    async def count(self, now: datetime) -> None:
        """Counts the days anew whose stories changed since the last count."""
        for day in await self._changed_days(self._since or now - _LOOKED_BACK):
            await self._count_day(day, now)
        self._since = now

    async def _changed_days(self, since: datetime) -> list[datetime]:
        """Returns the days on which stories began that were written since a time."""
        found = await self._stories.aggregate(
            [
                {"$match": {"write_time": {"$gte": since}, "start_time": {"$ne": None}}},
                {"$group": {"_id": {"$dateTrunc": {"date": "$start_time", "unit": "day"}}}},
                {"$sort": {"_id": 1}},
            ]
        )
        return [record["_id"] for record in found]

    async def _count_day(self, day: datetime, now: datetime) -> None:
        counts = await self._stories.aggregate(_counts_of(day))
        records = [
            {
                "_id": f"{day:%Y-%m-%d}/{record['_id']}",
                "outlet": record["_id"],
                "day": day,
                **{name: int(record[name]) for name in _COUNTED},
                "write_time": now,
                "expire_time": day + self._keep,
            }
            for record in counts
        ]
        await self._records.bulk(
            [replace_op({"_id": record["_id"]}, record, upsert=True) for record in records]
        )
        await self._records.delete_many({"day": day, "write_time": {"$lt": now}})

    async def records(self, weights: Mapping[str, float]) -> tuple[OutletRecord, ...]:
        """Returns the records of outlets; weights: those that are configured, by name."""
        found = await self._records.aggregate(
            [
                {"$match": {"outlet": {"$in": list(weights)}}},
                {"$group": {"_id": "$outlet", **{name: _sum(f"${name}") for name in _COUNTED}}},
            ]
        )
        known = {record["_id"]: [int(record[name]) for name in _COUNTED] for record in found}
        nothing = [0] * len(_COUNTED)
        return tuple(
            outlet_record(name, weight, known.get(name, nothing))
            for name, weight in weights.items()
        )


_COUNTED = ("stories", "firsts", "withdrawn")


def outlet_record(outlet: str, weight: float, counts: Sequence[int]) -> OutletRecord:
    """Returns an outlet's record from its counts: stories, firsts, withdrawn documents."""
    stories, firsts, withdrawn = counts
    return OutletRecord(
        outlet=outlet,
        source_weight=weight,
        story_count=stories,
        first_count=firsts,
        withdrawn_count=withdrawn,
        measured_weight=measured_weight(weight, firsts, withdrawn),
    )


def _sum(what: Any) -> dict[str, Any]:
    return {"$sum": what}


def _counts_of(day: datetime) -> list[dict[str, Any]]:
    is_first = {"$eq": ["$outlets.outlet", "$first_outlet"]}
    return [
        {
            "$match": {
                "start_time": {"$gte": day, "$lt": day + _DAY},
                "state": {"$ne": "MERGED"},
                "exercise": False,
            }
        },
        {"$project": {"outlets": 1, "first_outlet": 1}},
        {"$unwind": "$outlets"},
        {
            "$group": {
                "_id": "$outlets.outlet",
                "stories": _sum(1),
                "firsts": _sum({"$cond": [is_first, 1, 0]}),
                "withdrawn": _sum("$outlets.withdrawn"),
            }
        },
    ]
