"""What is known of a story beside its counts: claims, spread, path, forecast."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from groundswell.story.v1 import description_pb2
from groundswell_core.analyses import Claim
from groundswell_core.codec import codec
from groundswell_core.grades import Level


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimSource:
    """A document that claims something."""

    document: str
    outlet: str = ""
    source_weight: float = 0.0  # 0..1
    publish_time: datetime | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimValue:
    """One value that is claimed, with everybody who claims it."""

    claim: Claim
    sources: tuple[ClaimSource, ...] = ()
    source_count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimGroup:
    """All that is claimed of one kind."""

    kind: str
    values: tuple[ClaimValue, ...] = ()
    is_conflict: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpreadPoint:
    """How far a story had spread at a moment: all counts so far."""

    end_time: datetime
    outlets: int = 0
    first_hand: int = 0
    copies: int = 0
    source_kinds: int = 0
    places: int = 0
    languages: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SpreadShare:
    """What one outlet, kind of source, place or language has of a story."""

    name: str
    first_hand: int = 0
    copies: int = 0
    start_time: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How a story spread."""

    points: tuple[SpreadPoint, ...] = ()
    outlets: tuple[SpreadShare, ...] = ()
    source_kinds: tuple[SpreadShare, ...] = ()
    places: tuple[SpreadShare, ...] = ()
    languages: tuple[SpreadShare, ...] = ()


class PathRole(IntEnum):
    """How a document came to a story."""

    UNSPECIFIED = 0
    FIRST = 1
    FIRST_HAND = 2
    COPY = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class PathStep:
    """One step on a story's path."""

    document: str
    title: str = ""
    outlet: str = ""
    source_kind: str = ""
    publish_time: datetime | None = None
    role: PathRole = PathRole.FIRST_HAND
    copied_from: str = ""
    likeness: float = 0.0  # 0..1
    delay: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletRecord:
    """How an outlet has done so far, over all stories on record."""

    outlet: str
    source_weight: float = 0.0
    story_count: int = 0
    first_count: int = 0
    withdrawn_count: int = 0
    measured_weight: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastPoint:
    """Documents expected in one hour to come, with an 80 % interval."""

    start_time: datetime
    expected: float = 0.0
    low: float = 0.0
    high: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastTotal:
    """Documents expected within a time, with an 80 % interval."""

    horizon: timedelta
    expected: float = 0.0
    low: float = 0.0
    high: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelChance:
    """The chance that a story reaches a level within a time."""

    monitor: str
    level: Level
    horizon: timedelta
    chance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What is expected of a story."""

    forecast_time: datetime
    points: tuple[ForecastPoint, ...] = ()
    totals: tuple[ForecastTotal, ...] = ()
    chances: tuple[LevelChance, ...] = ()
    method: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryDescription:
    """What is known of a story beside its counts; fields as in description.proto."""

    story: str
    claims: tuple[ClaimGroup, ...] = ()
    spread: Spread | None = None
    path: tuple[PathStep, ...] = ()
    outlets: tuple[OutletRecord, ...] = ()
    forecast: Forecast | None = None


CLAIM_SOURCES = codec(ClaimSource, description_pb2.ClaimSource)
CLAIM_VALUES = codec(ClaimValue, description_pb2.ClaimValue)
CLAIM_GROUPS = codec(ClaimGroup, description_pb2.ClaimGroup)
SPREAD_POINTS = codec(SpreadPoint, description_pb2.SpreadPoint)
SPREAD_SHARES = codec(SpreadShare, description_pb2.SpreadShare)
SPREADS = codec(Spread, description_pb2.Spread)
PATH_STEPS = codec(PathStep, description_pb2.PathStep)
OUTLET_RECORDS = codec(OutletRecord, description_pb2.OutletRecord)
FORECAST_POINTS = codec(ForecastPoint, description_pb2.ForecastPoint)
FORECAST_TOTALS = codec(ForecastTotal, description_pb2.ForecastTotal)
LEVEL_CHANCES = codec(LevelChance, description_pb2.LevelChance)
FORECASTS = codec(Forecast, description_pb2.Forecast)
DESCRIPTIONS = codec(StoryDescription, description_pb2.StoryDescription)
