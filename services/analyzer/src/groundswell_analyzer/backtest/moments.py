"""Stored documents as they came one after the other: first the document, then each newer measure."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from groundswell_analyzer.query import CompiledQueries, searchable_analysis
from groundswell_analyzer.stories.member import Piece, minute_of, minute_time, piece_of
from groundswell_core.analyses import ANALYSES


@dataclass(frozen=True, slots=True)
class Moment:
    """A document as it was at a time of the replay."""

    time: datetime
    piece: Piece
    matches: tuple[str, ...]  # names of the queries that it matches


class Moments:
    """Puts documents, and the measures that boards took of them later, into the order of time."""

    def __init__(self, queries: CompiledQueries, monitor: str) -> None:
        """Takes the monitor's query and those of expected alarms; monitor: its name."""
        self._queries = queries
        self._monitor = monitor
        self._waiting: list[tuple[datetime, int, Moment]] = []
        self._number = 0

    def add(self, record: Mapping[str, Any]) -> None:
        """Takes in a stored document; they come by their event_time."""
        matched = self._queries.matches(
            searchable_analysis(ANALYSES.from_record(record["analysis"]))
        )
        piece = piece_of(record)
        monitors = (self._monitor,) if self._monitor in matched else ()
        others = tuple(name for name in matched if name != self._monitor)
        heats = piece.member.heats
        times = sorted({piece.member.time, *(minute_time(minute) for minute, _, _ in heats)})
        for change, time in enumerate(times, 1):
            if time < piece.member.time:
                continue
            seen = tuple(heat for heat in heats if heat[0] <= minute_of(time))
            member = replace(
                piece.member,
                heats=seen,
                change=change,
                monitors=monitors,
                near_copy=False,
                order=0,
                story_time=None,
            )
            self._push(Moment(time, replace(piece, member=member, story="", assigned=0), others))

    def until(self, time: datetime | None) -> Iterator[Moment]:
        """Yields what happened before a time, oldest first; None: all that is left."""
        while self._waiting and (time is None or self._waiting[0][0] < time):
            yield heapq.heappop(self._waiting)[2]

    def _push(self, moment: Moment) -> None:
        self._number += 1
        heapq.heappush(self._waiting, (moment.time, self._number, moment))
