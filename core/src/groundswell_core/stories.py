"""Documents about one happening."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from groundswell.story.v1 import story_pb2
from groundswell_core.analyses import Place
from groundswell_core.codec import codec
from groundswell_core.grades import Grade, Level


class StoryState(IntEnum):
    """Where a story is in its life."""

    UNSPECIFIED = 0
    ACTIVE = 1
    RESTING = 2
    MERGED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorGrade:
    """The newest grade of a story for one monitor."""

    monitor: str
    grade: Grade


@dataclass(frozen=True, slots=True, kw_only=True)
class SummarySentence:
    """A sentence of a story's summary, with the document that says it."""

    text: str
    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedStory:
    """Another story that tells of the same happening."""

    story: str
    likeness: float  # 0..1
    reason: str = ""
    headline: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Documents about one happening; fields as in story.proto."""

    name: str
    headline: str = ""
    language: str = "und"
    terms: tuple[str, ...] = ()
    state: StoryState = StoryState.ACTIVE
    merged_into: str = ""
    document_count: int = 0
    copy_count: int = 0
    revision_count: int = 0
    outlet_count: int = 0
    source_kind_count: int = 0
    heat: float | None = None
    best_rank: int | None = None
    places: tuple[Place, ...] = ()
    category: str = ""
    sentiment: float = 0.0
    grades: tuple[MonitorGrade, ...] = ()
    level: Level = Level.NONE
    start_time: datetime | None = None
    update_time: datetime | None = None
    exercise: bool = False
    wave_count: int = 0
    organisations: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    is_unconfirmed: bool = False
    confirmation: str = ""
    conflicts: tuple[str, ...] = ()
    summary: tuple[SummarySentence, ...] = ()
    related: tuple[RelatedStory, ...] = ()
    split_from: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesPoint:
    """Counts of a story in one step of time."""

    start_time: datetime
    documents: int = 0
    copies: int = 0
    heat: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryEvent:
    """One thing that happened to a story (TimelineEntry on the wire)."""

    time: datetime
    event: str
    text: str = ""
    monitor: str = ""
    level: Level = Level.UNSPECIFIED


MONITOR_GRADES = codec(MonitorGrade, story_pb2.MonitorGrade)
SUMMARY_SENTENCES = codec(SummarySentence, story_pb2.SummarySentence)
RELATED_STORIES = codec(RelatedStory, story_pb2.RelatedStory)
STORIES = codec(Story, story_pb2.Story)
SERIES_POINTS = codec(SeriesPoint, story_pb2.SeriesPoint)
STORY_EVENTS = codec(StoryEvent, story_pb2.TimelineEntry)
