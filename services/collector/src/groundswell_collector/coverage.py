"""Which sources were read in a window: quiet because calm, or quiet because blind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from groundswell_core.mongo import Collection, CollectionSpec, Index
from groundswell_core.source_records import (
    Coverage,
    HealthState,
    Source,
    SourceCoverage,
    SourceHealth,
    SourceState,
)

SOURCE_COUNTS = CollectionSpec(
    name="source_counts",
    schema={
        "bsonType": "object",
        "required": ["_id", "source", "time"],
        "properties": {
            "source": {"bsonType": "string"},
            "time": {"bsonType": "date"},
            "succeeded": {"bsonType": "bool"},
            "failure": {"bsonType": "string"},
        },
    },
    indexes=(
        Index(name="window", keys=(("time", 1), ("source", 1))),
        Index(name="expire", keys=(("time", 1),), expire_after=timedelta(days=35)),
    ),
)
MAXIMUM_SILENT = 50


@dataclass(frozen=True, slots=True)
class Attempts:
    """What the reads of one source came to in a window."""

    succeeded: bool = False
    failure: str = ""


class Counts:
    """The collection of read attempts: one record a source and minute."""

    def __init__(self, collection: Collection) -> None:
        """Takes the collection of SOURCE_COUNTS."""
        self._collection = collection
        # The minute of each source's last noted success: a second one needs no write.
        self._noted: dict[str, datetime] = {}

    async def succeeded(self, source: str, now: datetime) -> None:
        """Notes that a read succeeded."""
        minute = _minute(now)
        if self._noted.get(source) != minute:
            await self._note(source, minute, {"succeeded": True})
            self._noted[source] = minute

    async def failed(self, source: str, now: datetime, why: str) -> None:
        """Notes that a read failed."""
        await self._note(source, _minute(now), {"failure": why[:500]})

    async def _note(self, source: str, minute: datetime, change: Mapping[str, object]) -> None:
        identifier = f"{source}/{minute:%Y-%m-%dT%H:%M}"
        await self._collection.update(
            {"_id": identifier},
            {"$set": {"source": source, "time": minute} | dict(change)},
            upsert=True,
        )

    async def attempts(
        self, sources: Iterable[str], start: datetime, end: datetime
    ) -> dict[str, Attempts]:
        """Returns what each source's reads came to in a window; those without any are not in it."""
        where = {"time": {"$gte": _minute(start), "$lt": end}, "source": {"$in": list(sources)}}
        total = {
            "_id": "$source",
            "succeeded": {"$max": {"$ifNull": ["$succeeded", False]}},
            "failure": {"$last": "$failure"},
        }
        rows = await self._collection.aggregate(
            [{"$match": where}, {"$sort": {"time": 1}}, {"$group": total}]
        )
        return {
            row["_id"]: Attempts(bool(row["succeeded"]), row.get("failure") or "") for row in rows
        }


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def is_expected(source: Source, start: datetime, end: datetime, interval: timedelta) -> bool:
    """Tells whether a source should have reported in a window."""
    is_there = source.create_time is None or source.create_time < end
    return source.state is SourceState.ACTIVE and is_there and interval <= end - start


def coverage_of(
    sources: Sequence[Source],
    attempts: Mapping[str, Attempts],
    healths: Mapping[str, SourceHealth],
    *,
    start: datetime,
    end: datetime,
) -> Coverage:
    """Returns the coverage of the expected sources in a window."""
    silent = []
    for source in sources:
        identifier = source.name.removeprefix("sources/")
        seen = attempts.get(identifier, Attempts())
        if not seen.succeeded:
            health = healths.get(identifier, SourceHealth())
            silent.append(
                SourceCoverage(
                    source=source.name,
                    display_name=source.display_name,
                    reason=_why_silent(source, seen, health),
                )
            )
    return Coverage(
        start_time=start,
        end_time=end,
        expected=len(sources),
        reported=len(sources) - len(silent),
        silent_sources=tuple(silent[:MAXIMUM_SILENT]),
    )


def _why_silent(source: Source, seen: Attempts, health: SourceHealth) -> str:
    if source.state is SourceState.UNSPECIFIED:
        return "there is no such source"
    if source.state is SourceState.PAUSED:
        return "it is paused"
    if seen.failure:
        return seen.failure
    if health.state is HealthState.PENDING:
        return "it was not read yet"
    return "no read of it was tried in the window" + (
        f"; the last error was: {health.last_error}" if health.last_error else ""
    )
