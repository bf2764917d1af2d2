"""What was learned of documents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from groundswell.analysis.v1 import analysis_pb2
from groundswell_core.codec import codec
from groundswell_core.documents import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentiment:
    """The stance of a text: score -1..1, confidence 0..1."""

    score: float = 0.0
    confidence: float = 0.0
    method: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place that a text names, by ISO code such as CN-44."""

    code: str
    display_name: str = ""
    mentions: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """What was learned of one document revision; fields as in analysis.proto."""

    name: str
    document: Document
    language: str = "und"
    terms: tuple[str, ...] = ()
    fingerprint: tuple[int, ...] = ()
    places: tuple[Place, ...] = ()
    category: str = ""
    sentiment: Sentiment | None = None
    monitors: tuple[str, ...] = ()
    pipeline_version: str = ""
    analyze_time: datetime | None = None
    exercise: bool = False
    story_time: datetime | None = None
    story: str = ""
    near_copy: bool = False


SENTIMENTS = codec(Sentiment, analysis_pb2.Sentiment)
PLACES = codec(Place, analysis_pb2.Place)
ANALYSES = codec(Analysis, analysis_pb2.Analysis)
