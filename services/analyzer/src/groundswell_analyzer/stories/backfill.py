"""Matches a new or changed monitor with the documents of its last day, so that it starts with sight."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from groundswell_analyzer.query import CompiledQueries, searchable_analysis
from groundswell_core.analyses import ANALYSES
from groundswell_core.log import get_logger
from groundswell_core.mongo import Collection, Operation, update_op

log = get_logger(__name__)

DAY = timedelta(days=1)
MOST_DOCUMENTS = 20_000
_CHUNK = 500


async def rematch(documents: Collection, queries: CompiledQueries, now: datetime) -> int:
    """Matches the last day's documents anew; returns how many changed and wait for their story."""
    changed = looked = 0
    batch: list[Mapping[str, Any]] = []
    stream = documents.stream({"event_time": {"$gte": now - DAY}}, sort=[("event_time", -1)])
    async for record in stream:
        batch.append(record)
        looked += 1
        if len(batch) >= _CHUNK:
            changed += await _rematch(documents, queries, batch)
            batch = []
        if looked >= MOST_DOCUMENTS:
            break
    changed += await _rematch(documents, queries, batch)
    log.info("documents matched anew", looked=looked, changed=changed)
    return changed


async def _rematch(
    documents: Collection, queries: CompiledQueries, batch: Sequence[Mapping[str, Any]]
) -> int:
    # In a thread: the loop must not wait for so many texts.
    operations = await asyncio.to_thread(_operations, queries, batch)
    return (await documents.bulk(operations)).matched


def _operations(queries: CompiledQueries, batch: Sequence[Mapping[str, Any]]) -> list[Operation]:
    return [operation for record in batch if (operation := _operation(queries, record)) is not None]


def _operation(queries: CompiledQueries, record: Mapping[str, Any]) -> Operation | None:
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
