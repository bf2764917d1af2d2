"""A story's counts over time, gathered into steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from groundswell_core.errors import InvalidInput
from groundswell_core.stories import SeriesPoint


def step_minutes(request: Any) -> int:
    """Returns the step of a series in minutes."""
    if not request.HasField("step"):
        return 1
    seconds = request.step.ToTimedelta().total_seconds()
    if seconds < 60 or seconds % 60:
        raise InvalidInput(
            f"step is {seconds:g} s; choose whole minutes, at least one", reason="BAD_STEP"
        )
    return int(seconds // 60)


def steps(records: Iterable[Mapping[str, Any]], minutes: int) -> list[SeriesPoint]:
    """Returns minutes gathered into steps: counts added, of heats the greatest."""
    points: dict[datetime, SeriesPoint] = {}
    for record in records:
        if not (record["documents"] or record["copies"] or record.get("heat") is not None):
            continue
        start = _floor(record["start_time"], minutes)
        before = points.get(start, SeriesPoint(start_time=start))
        heats = [heat for heat in (before.heat, record.get("heat")) if heat is not None]
        points[start] = SeriesPoint(
            start_time=start,
            documents=before.documents + record["documents"],
            copies=before.copies + record["copies"],
            heat=max(heats, default=None),
        )
    return list(points.values())


def _floor(moment: datetime, minutes: int) -> datetime:
    width = timedelta(minutes=minutes)
    epoch = datetime.fromtimestamp(0, UTC)
    return epoch + (moment - epoch) // width * width
