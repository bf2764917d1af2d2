"""What an alert says of its story: plain values, taken at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryFacts:
    """One story as an alert tells of it."""

    name: str
    headline: str
    language: str
    exercise: bool = False
    merged_into: str = ""
    document_count: int = 0
    copy_count: int = 0
    outlet_count: int = 0
    edits: int = 0  # of all its documents
    withdrawals: int = 0
    place_code: str = ""  # the place named most
    place_names: tuple[str, ...] = ()
    category: str = ""
    sentiment: float = 0.0
    conflicts: tuple[str, ...] = ()  # kinds of claim on which its documents contradict each other
    url: str = ""
    publish_time: datetime | None = None
    collect_time: datetime | None = None
    analyze_time: datetime | None = None
    story_time: datetime | None = None
