"""Titles of the hourly boards: what was known of each at every look, and what became of it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from groundswell_analyzer.bursts.heat import LEVEL, BoardLook

CHANGE = date(2025, 7, 1)  # tune before, report from here
_SEEN_AGAIN = 7 * 24  # hours of absence after which a title counts as new
_DAY = 24
_FIELDS = ("date", "hour", "title", "hot", "row", "ads", "readCount", "discussCount")


@dataclass(frozen=True, slots=True)
class Title:
    """A title first seen below the level: its looks while still below, within a day of the first."""

    text: str
    day: date  # of the first look, board time
    looks: tuple[BoardLook, ...]
    pass_time: datetime | None  # of the first look at or above the level

    @property
    def is_passed(self) -> bool:
        """Tells whether it reached the level within 24 hours of its first look."""
        return self.pass_time is not None and self.passes(self.looks[0])

    def passes(self, look: BoardLook) -> bool:
        """Tells whether it reached the level within 24 hours of a look."""
        return self.pass_time is not None and self.pass_time - look.time <= timedelta(hours=_DAY)


def read_titles(file: Path) -> list[Title]:
    """Reads the titles that were not paid for and first seen below the level."""
    table = pq.read_table(file, columns=list(_FIELDS))
    values = {name: table.column(name).to_numpy(zero_copy_only=False) for name in _FIELDS[1:]}
    days = np.asarray(table.column("date").to_pylist(), "datetime64[D]").astype(int)
    hours = days * 24 + values["hour"].astype(int)
    titles = table.column("title").combine_chunks()
    codes = titles.indices.to_numpy()
    order = np.lexsort((values["row"], hours, codes))
    order = order[~values["ads"].astype(bool)[order]]
    hours, codes = hours[order], codes[order]
    is_new = np.r_[True, (codes[1:] != codes[:-1]) | (np.diff(hours) > _SEEN_AGAIN), True]
    rows = _looks({name: value[order] for name, value in values.items()}, hours)
    names = titles.dictionary.to_pylist()
    found = (_title(names[codes[a]], rows[a:b]) for a, b in pairwise(np.flatnonzero(is_new)))
    return [title for title in found if title is not None]


def _looks(values: dict[str, Any], hours: NDArray[np.int64]) -> list[BoardLook]:
    start = datetime(1970, 1, 1, tzinfo=UTC) - timedelta(hours=8)  # board time is China's
    numbers = (
        values[name].astype(float).tolist() for name in ("hot", "row", "readCount", "discussCount")
    )
    return [
        BoardLook(
            time=start + timedelta(hours=hour),
            heat=heat,
            rank=int(row) + 1,
            reads=_known(reads),
            discussions=_known(discussions),
        )
        for hour, heat, row, reads, discussions in zip(hours.tolist(), *numbers, strict=True)
    ]


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


def _title(text: str, looks: Sequence[BoardLook]) -> Title | None:
    pass_time = next((look.time for look in looks if look.heat >= LEVEL), None)
    first = looks[0].time
    if pass_time == first:
        return None
    end = min(pass_time or first + timedelta(hours=_DAY), first + timedelta(hours=_DAY))
    day = (first + timedelta(hours=8)).date()
    return Title(text, day, tuple(look for look in looks if look.time < end), pass_time)


def prefixes(title: Title) -> Iterator[Sequence[BoardLook]]:
    """Yields what was known at each look: all looks up to it."""
    for end in range(1, len(title.looks) + 1):
        yield title.looks[:end]
