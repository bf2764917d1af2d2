"""The notifier's collections: validators, indexes, retention."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from groundswell_core.mongo import CollectionSpec, Index

_NUMBER = ["int", "long"]
ALERT_RETENTION = timedelta(days=396)  # 13 months
NOTIFICATION_RETENTION = timedelta(days=90)

_LISTED = (("rank", 1), ("level", -1), ("start_time", -1), ("_id", 1))


def _schema(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "bsonType": "object",
        "required": ["_id", *properties],
        "properties": {name: {"bsonType": kind} for name, kind in properties.items()},
    }


ALERTS = CollectionSpec(
    name="alerts",
    schema=_schema(
        {
            "name": "string",
            "version": _NUMBER,
            "state": "string",
            "department": "string",
            "exercise": "bool",
            "rank": _NUMBER,
            "level": _NUMBER,
            "change": _NUMBER,
            "pending": "bool",
            "groups": "array",
            "expire_time": "date",
            "purge_time": "date",
        }
    ),
    indexes=(
        Index(name="list", keys=(("exercise", 1), *_LISTED)),
        Index(name="list_department", keys=(("department", 1), ("exercise", 1), *_LISTED)),
        Index(name="list_monitor", keys=(("monitor", 1), *_LISTED)),
        Index(name="list_story", keys=(("story", 1), *_LISTED)),
        Index(
            name="pending",
            keys=(("change_time", 1), ("change_order", 1)),
            partial={"pending": True},
        ),
        Index(name="group", keys=(("groups", 1), ("rank", 1))),
        Index(name="expiry", keys=(("rank", 1), ("expire_time", 1))),
        Index(name="retention", keys=(("purge_time", 1),), expire_after=timedelta(0)),
    ),
)
ALERT_LOG = CollectionSpec(
    name="alert_log",
    schema=_schema({"rev": _NUMBER, "kind": "string", "writer": "string", "time": "date"}),
    indexes=(
        # The fence: two writers cannot both have a revision.
        Index(name="revision", keys=(("rev", 1),), unique=True),
        Index(name="time", keys=(("time", 1),)),
    ),
)
ALERT_GROUPS = CollectionSpec(
    name="alert_groups",
    schema=_schema(
        {
            "receiver": "string",
            "route": "string",
            "labels": "array",
            "exercise": "bool",
            "touch": "string",
            "next_time": "date",
        }
    ),
    indexes=(Index(name="due", keys=(("next_time", 1),)),),
)
NOTIFICATIONS = CollectionSpec(
    name="notifications",
    schema=_schema(
        {
            "name": "string",
            "receiver": "string",
            "integration": "string",
            "state": "string",
            "attempts": _NUMBER,
            "create_time": "date",
            "alerts": "array",
            "contents": "array",
        }
    ),
    indexes=(
        Index(name="list", keys=(("create_time", -1), ("_id", 1))),
        Index(name="list_alert", keys=(("alerts", 1), ("create_time", -1), ("_id", 1))),
        Index(name="list_receiver", keys=(("receiver", 1), ("create_time", -1), ("_id", 1))),
        Index(name="due", keys=(("next_attempt_time", 1),), partial={"state": "PENDING"}),
        Index(name="retention", keys=(("create_time", 1),), expire_after=NOTIFICATION_RETENTION),
    ),
)
OFFSETS = CollectionSpec(
    name="notifier_offsets", schema=_schema({"offset": _NUMBER, "identity": "string"})
)

COLLECTIONS = (ALERTS, ALERT_LOG, ALERT_GROUPS, NOTIFICATIONS, OFFSETS)
