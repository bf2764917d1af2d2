"""What a grade is computed from: one story as one monitor sees it at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The inputs of a grade; stored beside it, so that it can be computed again."""

    time: datetime
    last_ten_minutes: int = 0
    last_hour: int = 0
    quiet_minutes: float = 0.0
    usual_hour: float = 1.0
    usual_spread: float = 1.0
    alarm_threshold: float = 3.0
    heat: float | None = None
    usual_heat: float | None = None
    heat_spread: float | None = None
    warning_chance: float | None = None
    rank: int | None = None
    best_rank: int | None = None
    voices: int = 0
    outlets: int = 0
    source_kinds: int = 0
    places: int = 0
    languages: int = 1
    negative: float = 0.0
    source_weight: float = 0.0
    category: str = ""
    topic: str = ""
    dead: int | None = None
    missing: int | None = None
    injured: int | None = None
    is_unconfirmed: bool = False
    support: int = 0
    minimum_support: int = 3

    @property
    def top_rank(self) -> int | None:
        """Returns the best place that a board ever gave it."""
        return min((one for one in (self.rank, self.best_rank) if one is not None), default=None)

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

# What each field means, with its unit, in English; the console says them in Chinese.
MEANINGS = {
    "time": "The moment that was looked at; in a replay that of the documents.",
    "last_ten_minutes": "Documents and copies in the last ten minutes.",
    "last_hour": "Documents and copies in the last hour.",
    "quiet_minutes": "Minutes since its newest document or board entry.",
    "usual_hour": "Documents that are usual in such an hour.",
    "usual_spread": "Robust deviation of the documents in such an hour.",
    "alarm_threshold": "Deviations that the monitor's alarm budget allows.",
    "heat": "Heat of its hottest board entry now.",
    "usual_heat": "Heat of an ordinary entry of that board.",
    "heat_spread": "Robust deviation of the natural logarithm of that board's heat.",
    "warning_chance": "Chance that the entry passes the warning heat within a day, 0 to 1.",
    "rank": "Best place on a board now.",
    "best_rank": "Best place on a board so far.",
    "voices": "Outlets that tell it in words of their own, copies and groups collapsed.",
    "outlets": "Distinct outlets, those that only copy included.",
    "source_kinds": "Distinct kinds of source.",
    "places": "Distinct places that it names.",
    "languages": "Languages that it is told in.",
    "negative": "Share of its documents that are negative, 0 to 1.",
    "source_weight": "Mean weight of its sources, 0 to 1.",
    "category": "Its category.",
    "topic": "Its sub-topic.",
    "dead": "Dead, as independent voices agree.",
    "missing": "Missing or trapped, as independent voices agree.",
    "injured": "Injured, as independent voices agree.",
    "is_unconfirmed": "Whether it rests on one source whose word does not count much.",
    "support": "Documents that the monitor matched, copies not counted.",
    "minimum_support": "Documents that the monitor wants before there is a level.",
}


def inputs_of(snapshot: Snapshot) -> list[tuple[str, str, str]]:
    """Returns name, value as text (empty: not known) and meaning of every input."""
    return [(name, _text(getattr(snapshot, name)), MEANINGS[name]) for name in SNAPSHOT_FIELDS]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return f"{value:.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
