"""What a grade is computed from: one story as one monitor sees it at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The inputs of a grade; stored beside it, so that it can be computed again."""

    time: datetime  # of the happening: the documents' in a replay
    last_ten_minutes: int = 0  # documents and copies
    last_hour: int = 0
    quiet_minutes: float = 0.0  # since its newest document or board entry
    usual_hour: float = 1.0  # what an ordinary story gets in such an hour
    usual_spread: float = 1.0  # robust deviation of that
    heat: float | None = None  # of its hottest board entry now; None: on no board
    heat_before: float | None = None  # the same an hour ago
    usual_heat: float | None = None  # of an ordinary entry of that board; None: not known yet
    heat_spread: float | None = None  # robust deviation of its natural logarithm
    rank: int | None = None  # best place on a board now
    outlets: int = 0
    source_kinds: int = 0
    places: int = 0
    sentiment: float = 0.0  # mean, -1..1
    source_weight: float = 0.0  # mean over outlets, 0..1
    category: str = ""
    support: int = 0  # documents that the monitor matched, copies not counted
    minimum_support: int = 3

    def to_record(self) -> dict[str, Any]:
        """Returns the snapshot as MongoDB stores it."""
        return asdict(self)

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Snapshot:
        """Returns a stored snapshot; fields of other versions are left out."""
        known = {name: record[name] for name in SNAPSHOT_FIELDS if name in record}
        known["time"] = _aware(known["time"])
        return cls(**known)


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


SNAPSHOT_FIELDS = tuple(field.name for field in fields(Snapshot))
