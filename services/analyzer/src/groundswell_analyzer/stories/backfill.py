"""Gives a new or changed monitor sight: its last day's documents anew, and what was usual before."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from groundswell_analyzer.bursts import hour_of, typical_of
from groundswell_analyzer.query import CompiledQueries, parse, searchable_analysis
from groundswell_analyzer.search import where
from groundswell_analyzer.search.documents import FIELDS
from groundswell_core.analyses import ANALYSES
from groundswell_core.documents import DocumentState
from groundswell_core.log import get_logger
from groundswell_core.mongo import Collection, Operation, update_op
from groundswell_core.monitors import Monitor

log = get_logger(__name__)

DAY = timedelta(days=1)
PAST = timedelta(days=14)
MOST_DOCUMENTS = 20_000
_CHUNK = 500
_HOUR = timedelta(hours=1)
_FIELDS = {"grams": 0, "observations": 0, "edits": 0}

Record = Mapping[str, Any]


async def rematch(documents: Collection, queries: CompiledQueries, now: datetime) -> int:
    """Matches the last day's documents anew; returns how many changed and wait for their story."""
    changed = looked = 0
    condition = {"event_time": {"$gte": now - DAY}}
    async for batch in _newest(documents, condition, MOST_DOCUMENTS):
        changed += await _rematch(documents, queries, batch)
        looked += len(batch)
    log.info("documents matched anew", looked=looked, changed=changed)
    return changed


async def past_hours(
    documents: Collection, monitor: Monitor, now: datetime, *, most: int = MOST_DOCUMENTS
) -> dict[datetime, float]:
    """Returns what an ordinary story of a monitor got in past hours, as far as documents tell.

    These are the last 14 days, or fewer where more documents match than are read.
    """
    until, since = hour_of(now), hour_of(now - PAST)
    queries, looked = CompiledQueries([monitor]), 0
    stories: dict[str, None] = {}
    condition = _condition(monitor, since, until)
    async for batch in _newest(documents, condition, most if len(queries) else 0):
        # In a thread: the loop must not wait for so many texts.
        stories |= await asyncio.to_thread(_stories, queries, batch)
        looked += len(batch)
        if looked >= most:
            since = hour_of(batch[-1]["event_time"]) + _HOUR  # that hour was read in part
    hours = await _hours(documents, list(stories), since, until)
    log.info("past hours read", monitor=monitor.name, stories=len(stories), hours=len(hours))
    return hours


async def _newest(
    documents: Collection, condition: Mapping[str, Any], most: int
) -> AsyncIterator[list[Record]]:
    """Yields the newest documents, some hundred at a time and at most so many."""
    batch: list[Record] = []
    left = most
    async for record in documents.stream(condition, sort=[("event_time", -1)], fields=_FIELDS):
        if not left:
            break
        batch.append(record)
        left -= 1
        if len(batch) >= _CHUNK:
            yield batch
            batch = []
    if batch:
        yield batch


async def _rematch(documents: Collection, queries: CompiledQueries, batch: Sequence[Record]) -> int:
    # In a thread: the loop must not wait for so many texts.
    operations = await asyncio.to_thread(_operations, queries, batch)
    return (await documents.bulk(operations)).matched


def _operations(queries: CompiledQueries, batch: Sequence[Record]) -> list[Operation]:
    return [operation for record in batch if (operation := _operation(queries, record)) is not None]


def _operation(queries: CompiledQueries, record: Record) -> Operation | None:
    analysis = ANALYSES.from_record(record["analysis"])
    monitors = queries.matches(searchable_analysis(analysis))
    if set(monitors) == set(analysis.monitors):
        return None
    return update_op(
        {"_id": record["_id"], "change": record["change"]},
        {
            "$set": {
                "analysis.monitors": list(monitors),
                "change": record["change"] + 1,
                "pending": True,
            }
        },
    )


def _condition(monitor: Monitor, since: datetime, until: datetime) -> dict[str, Any]:
    """Returns the condition of the originals of stories that a monitor may match."""
    tree = parse(monitor.query).tree
    return {
        "$and": [
            {"event_time": {"$gte": since, "$lt": until}},
            {"story": {"$ne": ""}, "near_copy": {"$ne": True}},
            {"analysis.document.state": {"$ne": DocumentState.WITHDRAWN.name}},
            where(tree, FIELDS) if tree else {},
        ]
    }


def _stories(queries: CompiledQueries, batch: Iterable[Record]) -> dict[str, None]:
    return {
        record["story"]: None
        for record in batch
        if queries.matches(searchable_analysis(ANALYSES.from_record(record["analysis"])))
    }


async def _hours(
    documents: Collection, stories: Sequence[str], since: datetime, until: datetime
) -> dict[datetime, float]:
    """Returns what an ordinary one of stories got in each hour in which any got something."""
    counts: dict[datetime, list[int]] = {}
    for start in range(0, len(stories), _CHUNK):
        chunk = {"$in": stories[start : start + _CHUNK]}
        hour = {"$dateTrunc": {"date": "$event_time", "unit": "hour"}}
        for found in await documents.aggregate(
            [
                {"$match": {"story": chunk, "event_time": {"$gte": since, "$lt": until}}},
                {"$group": {"_id": {"story": "$story", "hour": hour}, "count": {"$sum": 1}}},
            ]
        ):
            counts.setdefault(found["_id"]["hour"], []).append(found["count"])
    typical = {hour: typical_of(of_stories) for hour, of_stories in counts.items()}
    return {hour: one for hour, one in typical.items() if one is not None}
