"""The grading rules: a readable file, checked whole, frozen."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from groundswell_core.grades import Level
from groundswell_core.yaml_files import parse_yaml

METHOD = 2  # of the formulas that this code knows
GRADED = (Level.I, Level.II, Level.III, Level.IV)
WEIGHED = ("burst", "spread", "sentiment", "source_weight", "category")
HARMS = ("dead", "missing", "injured")


def _level_name(name: str) -> str:
    if name not in {level.name for level in GRADED}:
        raise ValueError("a level is I, II, III or IV")
    return name


def _harm_name(name: str) -> str:
    if name not in HARMS:
        raise ValueError("harm is dead, missing or injured")
    return name


LevelName = Annotated[str, AfterValidator(_level_name)]
HarmName = Annotated[str, AfterValidator(_harm_name)]
Share = Annotated[float, Field(ge=0, le=1)]
Amount = Annotated[float, Field(ge=0)]
Positive = Annotated[float, Field(gt=0)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Weights(_Part):
    """The share of the score that each component can add."""

    burst: Share
    spread: Share
    sentiment: Share
    source_weight: Share
    category: Share

    @model_validator(mode="after")
    def _whole(self) -> Weights:
        total = sum(getattr(self, component) for component in WEIGHED)
        if abs(total - 1.0) > 1e-9:
            raise ValueError(f"the weights add up to {total:g}, not 1")
        return self


class Hysteresis(_Part):
    """How long and how far below a level the score must stay before the level is left."""

    margin: Amount  # points
    minutes: Amount


class Board(_Part):
    """How entries of ranked boards count."""

    usual_heat: Positive
    spread: Positive
    present: Amount
    heat: Amount
    first_place: Amount
    warning_times: Positive
    warning: Amount


class Burst(_Part):
    """How a burst is scaled."""

    full: Positive
    least_threshold: Positive
    usual_hour: Positive
    ten_minutes: float = Field(ge=1, le=6)
    board: Board


class Spread(_Part):
    """How spread is scaled."""

    full: float = Field(gt=1)
    copying_outlet: Amount
    further_kind: Amount
    further_place: Amount
    further_language: Amount


class SentimentScale(_Part):
    """How sentiment is scaled."""

    full: float = Field(gt=0, le=1)


class Harm(_Part):
    """Which harm to people calls for which level."""

    categories: tuple[str, ...]
    voices: int = Field(ge=1)
    trusted_weight: Share
    classes: dict[LevelName, dict[HarmName, int]]

    @model_validator(mode="after")
    def _ordered(self) -> Harm:
        for kind in HARMS:
            found = [self.least(level, kind) for level in GRADED]
            bounds = [bound for bound in found if bound is not None]
            if sorted(set(bounds), reverse=True) != bounds or min(bounds, default=1) < 1:
                raise ValueError(f"harm: the numbers of {kind} must grow from IV to I, from 1 on")
        return self

    def least(self, level: Level, kind: str) -> int | None:
        """Returns the smallest number of a kind that calls for a level; None: none does."""
        return self.classes.get(level.name, {}).get(kind)


class Limits(_Part):
    """What holds a level down, whatever the score."""

    voices: dict[LevelName, Annotated[int, Field(ge=0)]]
    board_voices: dict[int, int]
    support_rank: int = Field(ge=0)
    unconfirmed: LevelName

    @model_validator(mode="after")
    def _ordered(self) -> Limits:
        needed = [self.needed_voices(level) for level in reversed(GRADED)]
        if sorted(needed) != needed:
            raise ValueError("the voices that a level needs must grow from IV to I")
        return self

    def needed_voices(self, level: Level) -> int:
        """Returns the independent voices that a level needs."""
        return self.voices.get(level.name, 0)

    def voices_of(self, rank: int | None) -> int:
        """Returns for how many voices a place on a board speaks."""
        if rank is None:
            return 0
        return max(
            (voices for last, voices in self.board_voices.items() if rank <= last), default=0
        )


class Rules(_Part):
    """Everything that turns a snapshot into a level."""

    version: str = Field(min_length=1, max_length=100)
    method: int
    weights: Weights
    levels: dict[LevelName, Positive]
    hysteresis: Hysteresis
    quiet_minutes: Positive
    burst: Burst
    spread: Spread
    sentiment: SentimentScale
    categories: dict[str, Share]
    harm: Harm
    limits: Limits

    @model_validator(mode="after")
    def _whole(self) -> Rules:
        if self.method != METHOD:
            raise ValueError(f"method {self.method} is not known; this version knows {METHOD}")
        bounds = [self.threshold(level) for level in reversed(GRADED)]
        if len(self.levels) != len(GRADED) or sorted(set(bounds)) != bounds or bounds[-1] > 100:
            raise ValueError("levels must name IV < III < II < I with growing scores up to 100")
        if not {"other", "none"} <= set(self.categories):
            raise ValueError("categories must name other and none")
        return self

    def threshold(self, level: Level) -> float:
        """Returns the lowest score of a level; 0 for none."""
        return self.levels.get(level.name, 0.0)

    def level_of(self, score: float) -> Level:
        """Returns the level that a score alone gives."""
        return next((level for level in GRADED if score >= self.threshold(level)), Level.NONE)

    def weight(self, component: str) -> float:
        """Returns the share of a component."""
        return float(getattr(self.weights, component))

    def category_weight(self, category: str, topic: str = "") -> float:
        """Returns how serious a sub-topic is by nature, or else its category."""
        own = self.categories.get(topic)
        if own is not None:
            return own
        return self.categories.get(category or "none", self.categories["other"])


def parse_rules(text: str, where: str) -> Rules:
    """Returns the rules in a YAML text; raises InvalidInput naming file, line, key and cure."""
    return parse_yaml(text.encode(), Path(where), Rules)
