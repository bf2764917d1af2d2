"""The coordinator's collections: validators, indexes, retention."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from groundswell_core.mongo import CollectionSpec, Index

_NUMBER = ["int", "long"]
INCIDENT_RETENTION = timedelta(days=731)  # as long as the audit trail

_LISTED = (("rank", 1), ("grade", -1), ("create_time", -1), ("_id", 1))


def _schema(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "bsonType": "object",
        "required": ["_id", *properties],
        "properties": {name: {"bsonType": kind} for name, kind in properties.items()},
    }


INCIDENTS = CollectionSpec(
    name="incidents",
    schema=_schema(
        {
            "name": "string",
            "display_name": "string",
            "department": "string",
            "state": "string",
            "version": _NUMBER,
            "exercise": "bool",
            "rank": _NUMBER,
            "grade": _NUMBER,
            "stories": "array",
            "seen": "array",
            "pending": "bool",
            "purge_time": "date",
        }
    ),
    indexes=(
        Index(name="list", keys=(("exercise", 1), *_LISTED)),
        Index(name="list_department", keys=(("department", 1), ("exercise", 1), *_LISTED)),
        Index(name="story", keys=(("stories", 1), ("exercise", 1))),
        Index(name="pending", keys=(("update_time", 1),), partial={"pending": True}),
        Index(name="retention", keys=(("purge_time", 1),), expire_after=timedelta(0)),
    ),
)
DEPARTMENTS = CollectionSpec(
    name="departments",
    schema=_schema({"name": "string", "display_name": "string", "categories": "array"}),
    indexes=(
        Index(name="parent", keys=(("parent", 1),)),
        Index(name="categories", keys=(("categories", 1),)),
    ),
)
OFFSETS = CollectionSpec(
    name="coordinator_offsets", schema=_schema({"offset": _NUMBER, "identity": "string"})
)

COLLECTIONS = (INCIDENTS, DEPARTMENTS, OFFSETS)
