"""Keeps what is usual for monitors: of each hour what an ordinary story got, and how far some went."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from groundswell_analyzer.bursts import (
    baseline_record,
    hour_of,
    typical_of,
)
from groundswell_analyzer.stories.member import minute_of
from groundswell_analyzer.stories.open_story import OpenStory
from groundswell_analyzer.stories.snapshots import Snapshots
from groundswell_core.mongo import Collection, replace_op

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
            monitor, hour = record["monitor"], record["start_time"]
            self._snapshots.hours.note(monitor, hour, record["typical"])
            for series, peak in record.get("peaks", {}).items():
                self._snapshots.learn_peak(monitor, series, hour, peak)

    async def note(
        self, stories: Mapping[str, OpenStory], event_now: datetime, now: datetime
    ) -> None:
        """Counts two hours anew and stores them; repeats replace."""
        records = []
        for hour in (hour_of(event_now) - _HOUR, hour_of(event_now)):
            for monitor, typical in typical_of_monitors(stories, hour).items():
                self._snapshots.hours.note(monitor, hour, typical)
                peaks = self._snapshots.peaks(monitor, hour)
                records.append({**baseline_record(monitor, hour, typical, now), "peaks": peaks})
        await self._collection.bulk(
            [replace_op({"_id": record["_id"]}, record, upsert=True) for record in records]
        )


def typical_of_monitors(stories: Mapping[str, OpenStory], hour: datetime) -> dict[str, float]:
    """Returns for each monitor what an ordinary one of its stories got in an hour."""
    counts: dict[str, dict[str, int]] = {}
    start = minute_of(hour)
    for story in stories.values():
        if not story.tally.monitors or story.update_time is None or story.update_time < hour:
            continue
        count = story.count_since(start) - story.count_since(start + 60)
        for monitor in story.tally.monitors:
            counts.setdefault(monitor, {})[story.id] = count
    found = {monitor: typical_of(of_stories) for monitor, of_stories in counts.items()}
    return {monitor: typical for monitor, typical in found.items() if typical is not None}
