"""What a story keeps of each of its documents: compact, replaced whole when it changes."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from groundswell_analyzer.telling import Said, SourceWeights
from groundswell_core.analyses import ClaimQualifier
from groundswell_core.documents import DocumentState

# Read of a stored document: all but its text, which only searches need.
MEMBER_FIELDS = {"analysis.document.text": 0, "analysis.document.labels": 0, "grams": 0}
TERMS_USED = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place as documents of a story name it."""

    code: str
    display_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One document of a story."""

    id: str
    change: int
    revision: str
    time: datetime  # of the happening
    near_copy: bool = False
    order: int = 0  # of assignment; earlier documents first
    title: str = ""
    url: str = ""
    outlet: str = ""
    speaker: str = ""  # the group that the outlet belongs to, or the outlet itself
    source: str = ""
    source_kind: str = ""
    source_weight: int = 500  # thousandths: whole numbers add up the same in any order
    terms: tuple[str, ...] = ()
    fingerprint: array[int] | None = None
    places: tuple[tuple[Place, int], ...] = ()
    organisations: tuple[str, ...] = ()
    claims: tuple[Said, ...] = ()
    category: str = ""
    topics: tuple[str, ...] = ()
    stance: int = 0  # thousandths, weighed by confidence
    confidence: int = 0  # thousandths
    negative: int | None = None  # thousandths of a probability; None: nothing was decided
    monitors: tuple[str, ...] = ()
    edits: int = 0
    withdrawn: bool = False
    heats: tuple[tuple[int, float | None, int | None], ...] = ()  # minute, heat, rank
    collect_time: datetime | None = None
    analyze_time: datetime | None = None
    story_time: datetime | None = None

    @property
    def minute(self) -> int:
        """Returns the minute it counts in."""
        return minute_of(self.time)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One stored document as the stories role reads it."""

    member: Member
    language: str
    exercise: bool
    story: str  # id; empty: not yet given to one
    pending: bool
    assigned: int


def minute_of(moment: datetime) -> int:
    """Returns the minutes since 1970."""
    return int(moment.timestamp() // 60)


def minute_time(minute: int) -> datetime:
    """Returns the start of a minute."""
    return datetime.fromtimestamp(minute * 60, UTC)


def piece_of(record: Mapping[str, Any], weights: SourceWeights | None = None) -> Piece:
    """Returns a stored document as a piece; weights: what is known of outlets."""
    analysis = record["analysis"]
    return Piece(
        member=member_of(record, weights or _no_weights()),
        language=analysis["language"] or "und",
        exercise=bool(record.get("exercise")),
        story=record["story"],
        pending=record["pending"],
        assigned=record.get("assigned", 0),
    )


@cache
def _no_weights() -> SourceWeights:
    return SourceWeights()


def member_of(record: Mapping[str, Any], weights: SourceWeights) -> Member:
    """Returns what a story keeps of a stored document."""
    analysis = record["analysis"]
    document = analysis["document"]
    outlet = sys.intern(document["outlet"] or document["source"])
    standing = weights.standing(
        outlet, document["url"], document["source"], document["source_kind"]
    )
    weight = document.get("source_weight", 0.5) if standing.weight is None else standing.weight
    stance, confidence = _sentiment(analysis.get("sentiment"))
    return Member(
        id=record["_id"],
        change=record["change"],
        revision=record["revision"],
        time=record["event_time"],
        near_copy=bool(record.get("near_copy")),
        order=record.get("story_order", 0),
        title=document["title"],
        url=document["url"],
        outlet=outlet,
        speaker=sys.intern(standing.speaker) or outlet,
        source=sys.intern(document["source"]),
        source_kind=sys.intern(document["source_kind"]),
        source_weight=round(1000 * weight),
        terms=tuple(map(sys.intern, analysis["terms"][:TERMS_USED])),
        fingerprint=array("I", analysis["fingerprint"]) if analysis["fingerprint"] else None,
        places=tuple(map(_place, analysis["places"])),
        organisations=tuple(map(sys.intern, analysis.get("organisations", ()))),
        claims=tuple(map(_said, analysis.get("claims", ()))),
        category=sys.intern(analysis["category"]),
        topics=tuple(map(sys.intern, analysis.get("topics", ()))),
        stance=stance,
        confidence=confidence,
        negative=_negative(analysis.get("sentiment")),
        monitors=tuple(map(sys.intern, analysis["monitors"])),
        edits=len(record.get("edits", ())),
        withdrawn=document["state"] == DocumentState.WITHDRAWN.name,
        heats=tuple(map(_heat, record.get("observations", ()))),
        collect_time=document["collect_time"],
        analyze_time=analysis["analyze_time"],
        story_time=record.get("story_time"),
    )


def _place(record: Mapping[str, Any]) -> tuple[Place, int]:
    place = Place(code=sys.intern(record["code"]), display_name=sys.intern(record["display_name"]))
    return place, record["mentions"]


def _said(record: Mapping[str, Any]) -> Said:
    return Said(
        sys.intern(record["kind"]),
        record["value"],
        ClaimQualifier[record["qualifier"]],
        sys.intern(record["unit"]),
        record.get("time"),
    )


def _sentiment(record: Mapping[str, Any] | None) -> tuple[int, int]:
    if not record:
        return 0, 0
    return round(1000 * record["score"] * record["confidence"]), round(1000 * record["confidence"])


def _negative(record: Mapping[str, Any] | None) -> int | None:
    if not record or not record["confidence"]:
        return None
    if any(record.get(name) for name in ("negative", "neutral", "positive")):
        return round(1000 * float(record["negative"]))
    # A method without classes: how surely it is how negative.
    return round(1000 * float(record["confidence"]) * max(-float(record["score"]), 0.0))


def _heat(record: Mapping[str, Any]) -> tuple[int, float | None, int | None]:
    return minute_of(record["time"]), record.get("heat"), record.get("rank")
