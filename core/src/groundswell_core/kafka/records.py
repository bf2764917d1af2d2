"""What the library hands out, as records of ours."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from groundswell_core.identity import digest
from groundswell_core.topics import Record


def record_of(raw: Any) -> Record:
    """Returns the library's record as ours."""
    return Record(
        raw.topic,
        raw.partition,
        raw.offset,
        (raw.key or b"").decode("utf-8", "replace"),
        raw.value or b"",
        {name: value or b"" for name, value in raw.headers},
        datetime.fromtimestamp(raw.timestamp / 1000, UTC),
    )


def identity_of_raw(raw: Any) -> str:
    """Returns what tells the record at an offset from another that took its place."""
    return _identity(raw.timestamp, (raw.key or b"").decode("utf-8", "replace"))


def identity_of(record: Record) -> str:
    """Returns the same of a record of ours."""
    return _identity(round(record.timestamp.timestamp() * 1000), record.key)


def _identity(milliseconds: int, key: str) -> str:
    return digest(str(milliseconds), key, length=16)
