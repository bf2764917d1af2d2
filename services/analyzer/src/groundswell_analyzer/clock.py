"""Whose time it is: the machine's in live use, the documents' in a replay."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from groundswell_core.clock import Clock
from groundswell_core.documents import Document

# A source's clock may run ahead a little; what lies further ahead is a wrong date.
TOLERANCE = timedelta(minutes=5)


class EventClock(Protocol):
    """Tells the time that stories, series and grades go by."""

    def now(self) -> datetime:
        """Returns the present time of what happens."""
        ...

    def time_of(self, document: Document) -> datetime:
        """Returns when a document counts as published; moves the clock where documents move it."""
        ...

    def observe_time(self, document: Document) -> datetime:
        """Returns when a newer measure of a known document counts as taken."""
        ...

    def advance(self, moment: datetime) -> None:
        """Says that something of this time was seen."""
        ...


class SystemTime:
    """Live use: the machine's clock."""

    def __init__(self, clock: Clock) -> None:
        """Takes the machine's clock."""
        self._clock = clock

    def now(self) -> datetime:
        """Returns the present time."""
        return self._clock.now()

    def time_of(self, document: Document) -> datetime:
        """Returns when the document was published, at the latest when it was collected."""
        collected = document.collect_time or self._clock.now()
        published = document.publish_time or collected
        return min(published, collected)

    def observe_time(self, document: Document) -> datetime:
        """Returns when the measure was collected."""
        return document.collect_time or self._clock.now()

    def advance(self, moment: datetime) -> None:
        """Changes nothing: the machine's clock moves by itself."""


class DocumentTime:
    """Replay: the newest time that documents carried; never moves back."""

    def __init__(self, clock: Clock) -> None:
        """Takes the machine's clock, which no document may be ahead of."""
        self._clock = clock
        self._newest: datetime | None = None

    def now(self) -> datetime:
        """Returns the newest time seen; the machine's before the first document."""
        return self._newest or self._clock.now()

    def time_of(self, document: Document) -> datetime:
        """Returns when the document was published and moves the clock there."""
        latest = self._clock.now()
        moment = document.publish_time or document.collect_time or latest
        if moment > latest + TOLERANCE:
            moment = document.collect_time or latest
        self.advance(moment)
        return moment

    def observe_time(self, document: Document) -> datetime:
        """Returns the later of the document's time and the newest seen."""
        self.time_of(document)
        return self.now()

    def advance(self, moment: datetime) -> None:
        """Moves the clock forward, never back."""
        if self._newest is None or moment > self._newest:
            self._newest = moment


def event_clock(kind: str, clock: Clock) -> EventClock:
    """Returns the clock of a setting: system or documents."""
    return DocumentTime(clock) if kind == "documents" else SystemTime(clock)
