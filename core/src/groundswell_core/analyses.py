"""What was learned of documents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from groundswell.analysis.v1 import analysis_pb2
from groundswell_core.codec import codec
from groundswell_core.documents import Document


class SentimentClass(IntEnum):
    """The class of a stance."""

    UNSPECIFIED = 0
    NEGATIVE = 1
    NEUTRAL = 2
    POSITIVE = 3


class ClaimQualifier(IntEnum):
    """How exactly a number is claimed."""

    UNSPECIFIED = 0
    EXACT = 1
    AT_LEAST = 2
    AT_MOST = 3
    ABOUT = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentiment:
    """The stance of a text: score -1..1, confidence 0..1, three calibrated probabilities."""

    score: float = 0.0
    confidence: float = 0.0
    method: str = ""
    label: SentimentClass = SentimentClass.UNSPECIFIED
    negative: float = 0.0
    neutral: float = 0.0
    positive: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A number or date that a text claims of what it reports."""

    kind: str
    value: float = 0.0
    qualifier: ClaimQualifier = ClaimQualifier.EXACT
    unit: str = ""
    text: str = ""
    time: datetime | None = None  # the day of a claim of the kind date


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
    organisations: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()
    topics: tuple[str, ...] = ()
    topic_words: tuple[str, ...] = ()
    shadow_sentiments: tuple[Sentiment, ...] = ()


SENTIMENTS = codec(Sentiment, analysis_pb2.Sentiment)
CLAIMS = codec(Claim, analysis_pb2.Claim)
PLACES = codec(Place, analysis_pb2.Place)
ANALYSES = codec(Analysis, analysis_pb2.Analysis)
