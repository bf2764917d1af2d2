"""Real hours of a hot-search board, from a Parquet file of hourly snapshots, as tracks.

Between two snapshots nothing was recorded. A topic that is new in a snapshot came up as long
before it as its reads, at the pace of the hour after, take to come together; its heat is taken to
grow and fade evenly.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from groundswell_cli.demo.tracks import Track
from groundswell_core.errors import InvalidInput

ZONE = ZoneInfo("Asia/Shanghai")
_COLUMNS = (
    *("date", "hour", "title", "category", "description"),
    *("hot", "ads", "readCount", "display_time"),
)
_YOUNGEST = timedelta(minutes=2)
_BEFORE = timedelta(hours=4)  # recorded time before the start, so that its topics have an age


@dataclass(frozen=True, slots=True)
class _Sample:
    time: datetime
    row: Mapping[str, Any]

    @property
    def heat(self) -> float:
        return float(self.row["hot"])

    @property
    def reads(self) -> float:
        return float(self.row["readCount"] or 0.0)


def read_recording(file: Path, start: datetime, hours: float) -> list[Track]:
    """Returns the topics of so many hours from start; raises InvalidInput when there are none."""
    first, last = start - _BEFORE, start + timedelta(hours=hours)
    samples: dict[str, list[_Sample]] = defaultdict(list)
    for row in _rows(file, first, last):
        time = _time(row)
        if first <= time <= last and row["hot"] and not row["ads"] and row["title"]:
            samples[row["title"]].append(_Sample(time, row))
    moments = sorted({sample.time for those in samples.values() for sample in those})
    if len(moments) < 2:
        raise InvalidInput(
            f"{file.name} has no two snapshots from {start:%Y-%m-%d %H:%M %Z}; choose another "
            "--start, or leave it out",
            reason="NO_RECORDING",
        )
    return [track for those in samples.values() for track in _tracks(those, moments)]


def _rows(file: Path, first: datetime, last: datetime) -> list[dict[str, Any]]:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        raise InvalidInput(
            "reading a recording needs pyarrow; install groundswell-cli[demo], "
            "or use the written scenario with --scenario",
            reason="NO_PYARROW",
        ) from None
    days = (last.astimezone(ZONE).date() - first.astimezone(ZONE).date()).days
    dates = [str(first.astimezone(ZONE).date() + timedelta(days=day)) for day in range(days + 1)]
    try:
        table = parquet.read_table(file, columns=list(_COLUMNS), filters=[("date", "in", dates)])
    except (OSError, pa.ArrowException) as error:
        raise InvalidInput(f"{file} cannot be read: {error}", reason="BAD_RECORDING") from None
    return list(table.to_pylist())


def _time(row: Mapping[str, Any]) -> datetime:
    """Returns when a row's snapshot was taken; without that, the middle of its hour."""
    if row["display_time"]:
        return datetime.fromtimestamp(row["display_time"], UTC)
    moment = datetime.fromisoformat(row["date"]).replace(hour=row["hour"], minute=30, tzinfo=ZONE)
    return moment.astimezone(UTC)


def _tracks(samples: list[_Sample], moments: Sequence[datetime]) -> Iterator[Track]:
    """Yields one track for each uninterrupted stay on the board."""
    by_time = {sample.time: sample for sample in samples}
    stay: list[_Sample] = []
    for index, moment in enumerate(moments):
        if sample := by_time.get(moment):
            stay.append(sample)
        if stay and (sample is None or index == len(moments) - 1):
            yield _track(stay, moments)
            stay = []


def _track(stay: list[_Sample], moments: Sequence[datetime]) -> Track:
    first, last = stay[0], stay[-1]
    row = max(stay, key=lambda sample: sample.heat).row
    points = [(sample.time, sample.heat) for sample in stay]
    before = [moment for moment in moments if moment < first.time]
    if before:
        age = _age(stay, first.time - before[-1])
        points.insert(0, (first.time - age, max(first.heat / 6, 1.0)))
    after = [moment for moment in moments if moment > last.time]
    gone = (after[0] - last.time) * (0.2 + 0.6 * _share(row["title"])) if after else _YOUNGEST
    points.append((last.time + gone, max(last.heat / 2, 1.0)))
    return Track(
        title=row["title"],
        category=row["category"] or "",
        text=(row["description"] or "").strip(),
        points=tuple(points),
    )


def _age(stay: list[_Sample], gap: timedelta) -> timedelta:
    """Returns how long before its first snapshot a topic came up."""
    longest = gap * 0.9
    if len(stay) > 1 and stay[1].reads > stay[0].reads:
        pace = (stay[1].reads - stay[0].reads) / (stay[1].time - stay[0].time).total_seconds()
        guess = timedelta(seconds=stay[0].reads / pace)
    else:
        guess = gap * (0.05 + 0.2 * _share(stay[0].row["title"]))
    return min(max(guess, _YOUNGEST), longest)


def _share(text: str) -> float:
    """Returns a number from 0 to 1 that is always the same for a text."""
    return hashlib.sha256(text.encode()).digest()[0] / 256
