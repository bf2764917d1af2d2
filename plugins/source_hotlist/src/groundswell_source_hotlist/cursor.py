"""What was told of a board's topics lately, so that only what moved is told again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self

_KEPT_SECONDS = 86_400  # a topic that was away for longer counts as first seen
_MOST = 1000  # topics remembered; the one told longest ago is forgotten first


@dataclass(frozen=True, slots=True)
class Sighting:
    """How a topic looked when it was last told."""

    key: str  # hash of its id
    first_time: float  # epoch seconds when it was first seen
    told_time: float  # epoch seconds when it was last told
    said: str  # hash of title and text
    rank: int | None
    heat: float | None

    @classmethod
    def of(cls, topic: Mapping[str, Any], before: Sighting | None, now: datetime) -> Sighting:
        """Returns how a topic looks now; before is how it looked when it was last told."""
        seconds = now.timestamp()
        return cls(
            key=_digest(topic["id"], 12),
            first_time=before.first_time if before else seconds,
            told_time=seconds,
            said=_digest(f"{topic['title']}\n{topic['text']}", 8),
            rank=topic["rank"],
            heat=topic["heat"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """How much must change before a topic is told again."""

    heat_change: float  # share of the heat told last
    rank_change: int  # places
    repeat: float  # seconds after which it is told regardless

    def moved(self, before: Sighting, now: Sighting) -> bool:
        """Tells whether a topic moved notably since it was last told."""
        return (
            before.said != now.said
            or now.told_time - before.told_time >= self.repeat
            or _rank_moved(before.rank, now.rank, self.rank_change)
            or _heat_moved(before.heat, now.heat, self.heat_change)
        )


@dataclass(frozen=True, slots=True)
class HotlistCursor:
    """The sightings by key, told longest ago first, and the complaints told last."""

    sightings: Mapping[str, Sighting] = field(default_factory=dict)
    invalid: str = ""  # hash of the complaints that were told last

    @classmethod
    def parse(cls, text: str | None) -> Self:
        """Returns a stored cursor; one that cannot be read is a fresh start, which ids absorb."""
        try:
            stored = json.loads(text or "{}")
            rows = (Sighting(*row) for row in stored.get("topics", ()))
            return cls({row.key: row for row in rows}, str(stored.get("invalid", "")))
        except (ValueError, AttributeError, TypeError):
            return cls()

    def dump(self) -> str:
        """Returns the cursor as it is stored."""
        rows = [
            [row.key, row.first_time, row.told_time, row.said, row.rank, row.heat]
            for row in self.sightings.values()
        ]
        return json.dumps({"topics": rows, "invalid": self.invalid}, separators=(",", ":"))

    def sighting(self, topic: str) -> Sighting | None:
        """Returns how the topic with an id looked when it was last told."""
        return self.sightings.get(_digest(topic, 12))

    def after(self, told: Iterable[Sighting], now: datetime) -> Self:
        """Returns the cursor after topics were told; what was told long ago is forgotten."""
        kept = dict(self.sightings)
        for row in told:
            kept.pop(row.key, None)
            kept[row.key] = row
        oldest = now.timestamp() - _KEPT_SECONDS
        rows = [row for row in kept.values() if row.told_time >= oldest][-_MOST:]
        return replace(self, sightings={row.key: row for row in rows})

    def is_news(self, invalid: Sequence[str]) -> bool:
        """Tells whether these complaints were not the ones told last."""
        return bool(invalid) and self.invalid != _digest("\n".join(invalid), 8)

    def with_invalid(self, invalid: Sequence[str]) -> Self:
        """Returns the cursor after complaints were told."""
        return replace(self, invalid=_digest("\n".join(invalid), 8) if invalid else "")


def _rank_moved(before: int | None, now: int | None, places: int) -> bool:
    if before is None or now is None:
        return before is not now
    return abs(now - before) >= places


def _heat_moved(before: float | None, now: float | None, share: float) -> bool:
    if before is None or now is None:
        return before is not now
    return before != now and abs(now - before) >= share * before


def _digest(text: str, length: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:length]
