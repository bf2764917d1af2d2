"""Keeps what is usual: of each hour what an ordinary story got, and how far some of a monitor's went."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from groundswell_analyzer.bursts import baseline_record, hour_of
from groundswell_analyzer.stories.open_story import OpenStory
from groundswell_analyzer.stories.past import typical_hour
from groundswell_analyzer.stories.snapshots import Snapshots
from groundswell_core.mongo import Collection, Operation, replace_op, update_op

_HOUR = timedelta(hours=1)


class UsualKeeper:
    """Counts the present hour and the one before; older ones do not change any more."""

    def __init__(self, collection: Collection, snapshots: Snapshots) -> None:
        """Takes the collection of baselines and the memory to keep in step."""
        self._collection = collection
        self._snapshots = snapshots

    async def load(self) -> None:
        """Reads every stored hour."""
        for record in await self._collection.find({}, sort=[("start_time", 1)]):
            name, hour = record["monitor"], record["start_time"]
            self._snapshots.hours.note(name, hour, record["typical"])
            for series, peak in record.get("peaks", {}).items():
                self._snapshots.learn_peak(name, series, hour, peak)

    async def note(
        self, stories: Mapping[str, OpenStory], event_now: datetime, now: datetime
    ) -> None:
        """Counts two hours anew and stores them; repeats replace."""
        records = []
        for hour in (hour_of(event_now) - _HOUR, hour_of(event_now)):
            for name, typical in typical_hour(stories, hour).items():
                self._snapshots.hours.note(name, hour, typical)
                peaks = self._snapshots.peaks(name, hour)
                records.append({**baseline_record(name, hour, typical, now), "peaks": peaks})
        await self._collection.bulk(
            [replace_op({"_id": record["_id"]}, record, upsert=True) for record in records]
        )

    def knows(self, monitor: str) -> bool:
        """Tells whether any hour of a monitor is on record."""
        return bool(self._snapshots.hours.known(monitor))

    async def learn_past(
        self, monitor: str, hours: Mapping[datetime, float], now: datetime
    ) -> None:
        """Stores past hours of a monitor; repeats replace."""
        await self._collection.bulk(
            [_past_hour(monitor, hour, typical, now) for hour, typical in hours.items()]
        )
        self._snapshots.learn_past(monitor, hours)

    async def forget(self, monitor: str) -> None:
        """Forgets a monitor that is gone, or that asks for something else now."""
        await self._collection.delete_many({"monitor": monitor})
        self._snapshots.forget(monitor)


def _past_hour(monitor: str, hour: datetime, typical: float, now: datetime) -> Operation:
    """Returns the write of an hour; peaks that are stored of it stay."""
    record = baseline_record(monitor, hour, typical, now)
    return update_op({"_id": record.pop("_id")}, {"$set": record}, upsert=True)
