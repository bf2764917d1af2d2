"""What a document that arrives changes in what is stored of it. Pure decisions.

A stored document is changed by a newer revision, or by newer measures of the same one; anything
else has been said before. Newer is what was collected later, whatever order it arrives in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from groundswell_core.documents import SIGNALS, Document, Signals

OBSERVATIONS_KEPT = 300
EDITS_KEPT = 200
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Arrival(Enum):
    """Why a document was sent."""

    NEW = "new"
    REVISION = "revision"
    OBSERVATION = "observation"
    DUPLICATE = "duplicate"
    STALE = "stale"


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """Measures that a board printed at one time."""

    collect_time: datetime
    time: datetime  # of the happening
    rank: int | None = None
    heat: float | None = None

    def to_record(self) -> dict[str, Any]:
        """Returns the observation as MongoDB stores it."""
        return {
            "collect_time": self.collect_time,
            "time": self.time,
            "rank": self.rank,
            "heat": self.heat,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of one document, stored or about to be."""

    document: Document
    change: int = 0  # as stored; 0: not stored yet
    edits: tuple[str, ...] = ()  # revisions after the first, each once
    observations: tuple[Mapping[str, Any], ...] = ()
    event_time: datetime | None = None
    is_changed: bool = False  # something must be written
    is_reread: bool = False  # the content changed: it must be annotated
    analysis: Mapping[str, Any] = field(default_factory=dict)


def arrival(known: Known | None, document: Document) -> Arrival:
    """Returns what a document is to what is known of it."""
    if known is None:
        return Arrival.NEW
    is_newer = _time(document) > _time(known.document)
    if document.revision != known.document.revision:
        return Arrival.REVISION if is_newer else Arrival.STALE
    if is_newer and document.signals is not None and document.signals != known.document.signals:
        return Arrival.OBSERVATION
    return Arrival.DUPLICATE


def learn(
    known: Known | None, document: Document, event_time: datetime, observe_time: datetime
) -> tuple[Known, Arrival]:
    """Returns what is known after a document has arrived, and what it was."""
    kind = arrival(known, document)
    if known is None:
        first = Known(document=document, event_time=event_time, is_changed=True, is_reread=True)
        return observed(first, document, event_time), kind
    if kind is Arrival.REVISION:
        edits = tuple(dict.fromkeys((*known.edits, document.revision)))[-EDITS_KEPT:]
        kept = replace(document, publish_time=known.document.publish_time)
        edited = replace(known, document=kept, edits=edits, is_changed=True, is_reread=True)
        return observed(edited, document, observe_time), kind
    if kind is Arrival.OBSERVATION:
        kept = replace(known.document, signals=document.signals, collect_time=document.collect_time)
        measured = replace(known, document=kept, is_changed=True)
        return observed(measured, document, observe_time), kind
    return known, kind


def observed(known: Known, document: Document, time: datetime) -> Known:
    """Returns known with the document's board measures added once, by when they were collected."""
    signals = document.signals or Signals()
    if signals.heat is None and signals.rank is None:
        return known
    moment = _time(document)
    if any(_aware(entry["collect_time"]) == moment for entry in known.observations):
        return known
    entry = Observation(
        collect_time=moment, time=time, rank=signals.rank, heat=signals.heat
    ).to_record()
    return replace(known, observations=(*known.observations, entry)[-OBSERVATIONS_KEPT:])


def signals_record(document: Document) -> dict[str, Any] | None:
    """Returns the signals of a document as they are stored."""
    return SIGNALS.to_record(document.signals) if document.signals else None


def _time(document: Document) -> datetime:
    return _to_milliseconds(document.collect_time or _LONG_AGO)


def _to_milliseconds(moment: datetime) -> datetime:
    """Cuts a time to what MongoDB keeps of it, so that stored and received times compare."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
