"""The analyzer's collections: validators, indexes, retention."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from groundswell_core.mongo import CollectionSpec, Index

_NOW = timedelta(0)  # expire at the time that the field holds
_DATE: dict[str, Any] = {"bsonType": "date"}
_TEXT: dict[str, Any] = {"bsonType": "string"}
_NUMBER: dict[str, Any] = {"bsonType": ["int", "long"]}
_OFFSETS = {
    "required": ["_id", "offset", "identity"],
    "properties": {"_id": _TEXT, "offset": _NUMBER, "identity": _TEXT},
}

DOCUMENTS = CollectionSpec(
    name="documents",
    schema={
        "required": ["_id", "analysis", "revision", "change", "pending", "story", "expire_time"],
        "properties": {
            "_id": _TEXT,
            "analysis": {"bsonType": "object"},
            "revision": _TEXT,
            # Grows with each change by the role annotate; `assigned` is the one its story has seen.
            "change": _NUMBER,
            "assigned": _NUMBER,
            "pending": {"bsonType": "bool"},
            "story": _TEXT,
            "story_time": {"bsonType": ["date", "null"]},
            "near_copy": {"bsonType": "bool"},
            "event_time": _DATE,
            "arrival": _NUMBER,
            "observations": {"bsonType": "array", "maxItems": 300},
            "grams": {"bsonType": "array", "maxItems": 1000},
            "expire_time": _DATE,
        },
    },
    indexes=(
        Index(name="expiry", keys=(("expire_time", 1),), expire_after=_NOW),
        Index(name="members", keys=(("story", 1), ("story_order", 1))),
        Index(name="order", keys=(("story_order", -1),)),
        Index(name="story", keys=(("story", 1), ("event_time", -1), ("_id", 1))),
        Index(name="newest", keys=(("event_time", -1), ("_id", 1))),
        Index(
            name="source", keys=(("analysis.document.source", 1), ("event_time", -1), ("_id", 1))
        ),
        Index(name="grams", keys=(("grams", 1), ("event_time", -1), ("_id", 1))),
        Index(name="pending", keys=(("pending", 1), ("arrival", 1)), partial={"pending": True}),
    ),
)
STORIES = CollectionSpec(
    name="stories",
    schema={
        "required": ["_id", "name", "version", "state", "level", "expire_time"],
        "properties": {
            "_id": _TEXT,
            "name": _TEXT,
            "version": _NUMBER,
            "state": {"enum": ["ACTIVE", "RESTING", "MERGED"]},
            "level": {"enum": ["NONE", "IV", "III", "II", "I"]},
            "alerts": {"bsonType": "array"},
            "timeline": {"bsonType": "array", "maxItems": 500},
            "grams": {"bsonType": "array", "maxItems": 1000},
            "expire_time": _DATE,
        },
    },
    indexes=(
        Index(name="expiry", keys=(("expire_time", 1),), expire_after=_NOW),
        Index(name="level", keys=(("level_rank", -1), ("update_time", -1), ("_id", 1))),
        Index(name="newest", keys=(("update_time", -1), ("_id", 1))),
        Index(name="grams", keys=(("grams", 1), ("update_time", -1), ("_id", 1))),
        Index(name="growth", keys=(("growth", -1), ("update_time", -1), ("_id", 1))),
        Index(name="monitor", keys=(("grades.monitor", 1), ("update_time", -1))),
        Index(name="written", keys=(("write_time", 1),)),
        Index(name="started", keys=(("start_time", 1),)),
    ),
)
STORY_SERIES = CollectionSpec(
    name="story_series",
    schema={
        "required": ["_id", "story", "start_time", "documents", "copies", "expire_time"],
        "properties": {
            "_id": _TEXT,
            "story": _TEXT,
            "start_time": _DATE,
            "documents": _NUMBER,
            "copies": _NUMBER,
            "expire_time": _DATE,
        },
    },
    indexes=(
        Index(name="expiry", keys=(("expire_time", 1),), expire_after=_NOW),
        Index(name="story", keys=(("story", 1), ("start_time", 1))),
    ),
)
MONITORS = CollectionSpec(
    name="monitors",
    schema={"required": ["_id", "version"], "properties": {"_id": _TEXT, "version": _NUMBER}},
)
BASELINES = CollectionSpec(
    name="baselines",
    schema={
        "required": ["_id", "monitor", "start_time", "expire_time"],
        "properties": {"_id": _TEXT, "monitor": _TEXT, "start_time": _DATE, "expire_time": _DATE},
    },
    indexes=(
        Index(name="expiry", keys=(("expire_time", 1),), expire_after=_NOW),
        Index(name="monitor", keys=(("monitor", 1), ("start_time", 1))),
    ),
)
GRADES = CollectionSpec(
    name="grades",
    schema={
        "required": ["_id", "story", "monitor", "grade", "snapshot", "grade_time", "expire_time"],
        "properties": {
            "_id": _TEXT,
            "story": _TEXT,
            "monitor": _TEXT,
            "grade": {"bsonType": "object"},
            "snapshot": {"bsonType": "object"},
            "grade_time": _DATE,
            "expire_time": _DATE,
        },
    },
    indexes=(
        Index(name="expiry", keys=(("expire_time", 1),), expire_after=_NOW),
        Index(name="story", keys=(("story", 1), ("monitor", 1), ("grade_time", -1))),
    ),
)
# Kept for ever: a few kilobytes a version, and stored grades are explained by them.
GRADING_RULES = CollectionSpec(
    name="grading_rules",
    schema={
        "required": ["_id", "text", "create_time"],
        "properties": {"_id": _TEXT, "text": _TEXT, "create_time": _DATE},
    },
)
BACKTESTS = CollectionSpec(
    name="backtests",
    schema={
        "required": ["_id", "name", "monitor", "state", "create_time", "write_time", "expire_time"],
        "properties": {
            "_id": _TEXT,
            "name": _TEXT,
            "monitor": {"bsonType": "object"},
            "state": {"enum": ["RUNNING", "DONE", "FAILED"]},
            "alarms": {"bsonType": "array", "maxItems": 500},
            "create_time": _DATE,
            "write_time": _DATE,
            "expire_time": _DATE,
        },
    },
    indexes=(
        Index(name="expiry", keys=(("expire_time", 1),), expire_after=_NOW),
        Index(name="newest", keys=(("create_time", -1), ("_id", 1))),
        Index(name="monitor", keys=(("monitor.name", 1), ("create_time", -1))),
    ),
)
OUTLET_RECORDS = CollectionSpec(
    name="outlet_records",
    schema={
        "required": ["_id", "outlet", "day", "stories", "firsts", "withdrawn", "expire_time"],
        "properties": {
            "_id": _TEXT,
            "outlet": _TEXT,
            "day": _DATE,
            "stories": _NUMBER,
            "firsts": _NUMBER,
            "withdrawn": _NUMBER,
            "expire_time": _DATE,
        },
    },
    indexes=(
        Index(name="expiry", keys=(("expire_time", 1),), expire_after=_NOW),
        Index(name="outlet", keys=(("outlet", 1),)),
        Index(name="day", keys=(("day", 1), ("write_time", 1))),
    ),
)
ANNOTATE_OFFSETS = CollectionSpec(name="annotate_offsets", schema=_OFFSETS)
STORIES_OFFSETS = CollectionSpec(name="stories_offsets", schema=_OFFSETS)

COLLECTIONS = (
    DOCUMENTS,
    STORIES,
    STORY_SERIES,
    MONITORS,
    BASELINES,
    GRADES,
    GRADING_RULES,
    BACKTESTS,
    OUTLET_RECORDS,
    ANNOTATE_OFFSETS,
    STORIES_OFFSETS,
)
