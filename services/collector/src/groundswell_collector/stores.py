"""The collector's collections, opened together: nobody else reads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from groundswell_collector.coverage import SOURCE_COUNTS, Counts
from groundswell_collector.cursors import CURSORS, Cursors
from groundswell_collector.health import SOURCE_HEALTHS, Healths
from groundswell_collector.inbox import Inbox, inbox_spec
from groundswell_collector.settings import CollectorSettings
from groundswell_collector.store import SOURCE_SPEC, Sources
from groundswell_core.mongo import Collection, CollectionSpec, Database

OFFSETS = CollectionSpec(
    name="collector_offsets",
    schema={
        "bsonType": "object",
        "required": ["_id", "offset", "identity"],
        "properties": {
            "offset": {"bsonType": ["int", "long"]},
            "identity": {"bsonType": "string"},
        },
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """Every collection of the collector, by its verbs."""

    sources: Sources
    inbox: Inbox
    healths: Healths
    counts: Counts
    cursors: Cursors
    offsets: Collection


async def open_stores(database: Database, settings: CollectorSettings, *, owner: str) -> Stores:
    """Makes what is missing and returns the stores of the collector named owner."""
    retention = timedelta(days=settings.retention)
    await database.ensure(
        SOURCE_SPEC, CURSORS, SOURCE_HEALTHS, SOURCE_COUNTS, OFFSETS, inbox_spec(retention)
    )
    inbox = Inbox(database.collection("inbox"))
    return Stores(
        sources=Sources(database.collection("sources")),
        inbox=inbox,
        healths=Healths(database.collection("source_health"), inbox),
        counts=Counts(database.collection("source_counts")),
        cursors=Cursors(database.collection("cursors"), owner=owner, lease=settings.lease),
        offsets=database.collection("collector_offsets"),
    )
