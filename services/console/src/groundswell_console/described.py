"""A story's description in the shape in which its page shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from groundswell_core.descriptions import LevelChance, PathStep, StoryDescription
from groundswell_core.grades import Level

_SHOWN = 8  # steps of a path before the rest is folded away
_HORIZONS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletRow:
    """What an outlet has of a story, and how it has done so far."""

    name: str
    first_hand: int = 0
    copies: int = 0
    start_time: datetime | None = None
    weight: float | None = None
    measured_weight: float | None = None
    stories: int = 0
    firsts: int = 0
    withdrawn: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step on a path, with the outlet that it says again."""

    step: PathStep
    copied_outlet: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chances:
    """The chance of a monitor's next level, by horizon in hours."""

    monitor: str
    level: Level
    by_hours: tuple[tuple[int, float], ...]


def outlet_rows(description: StoryDescription) -> list[OutletRow]:
    """Returns a story's outlets, first to join first."""
    records = {record.outlet: record for record in description.outlets}
    shares = {
        share.name: share for share in (description.spread.outlets if description.spread else ())
    }
    rows = []
    for name in dict.fromkeys((*shares, *records)):
        share, record = shares.get(name), records.get(name)
        known: dict[str, Any] = {}
        if share:
            known |= {key: getattr(share, key) for key in ("first_hand", "copies", "start_time")}
        if record:
            known |= {
                "weight": record.source_weight,
                "measured_weight": record.measured_weight,
                "stories": record.story_count,
                "firsts": record.first_count,
                "withdrawn": record.withdrawn_count,
            }
        rows.append(OutletRow(name=name, **known))
    return rows


def steps(path: Sequence[PathStep]) -> tuple[list[Step], list[Step]]:
    """Returns the first steps of a path, and the rest of it."""
    outlets = {step.document: step.outlet for step in path}
    made = [Step(step=step, copied_outlet=outlets.get(step.copied_from, "")) for step in path]
    # One more would take no more room than the line that hides it.
    cut = _SHOWN if len(made) > _SHOWN + 1 else len(made)
    return made[:cut], made[cut:]


def chances(found: Sequence[LevelChance]) -> list[Chances]:
    """Returns the chances of levels, one line a monitor."""
    grouped: dict[tuple[str, Level], list[tuple[int, float]]] = {}
    for one in found:
        hours = round(one.horizon.total_seconds() / 3600)
        grouped.setdefault((one.monitor, one.level), []).append((hours, one.chance))
    return [
        Chances(monitor=monitor, level=level, by_hours=tuple(sorted(by_hours)[:_HORIZONS]))
        for (monitor, level), by_hours in grouped.items()
    ]


def shown(description: object) -> Mapping[str, Any]:
    """Returns what a story's page shows of its description; empty when it could not be read."""
    if not isinstance(description, StoryDescription):
        return {"route": ([], []), "outlet_rows": [], "chances": [], "outlet_of": {}}
    forecast = description.forecast
    return {
        "route": steps(description.path),
        "outlet_rows": outlet_rows(description),
        "chances": chances(forecast.chances) if forecast else [],
        "outlet_of": {step.document: step.outlet for step in description.path},
    }
