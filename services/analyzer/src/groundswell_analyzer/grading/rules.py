"""The grading rules: read from rules.yaml, validated whole, frozen."""

from __future__ import annotations

import math
from functools import cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from groundswell_core.errors import InvalidInput
from groundswell_core.grades import Level

COMPONENTS = ("burst", "spread", "sentiment", "source_weight", "category")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Weights(_Part):
    """The share of the score that each component can add."""

    burst: float = Field(ge=0, le=1)
    spread: float = Field(ge=0, le=1)
    sentiment: float = Field(ge=0, le=1)
    source_weight: float = Field(ge=0, le=1)
    category: float = Field(ge=0, le=1)


class Hysteresis(_Part):
    """How long and how far below a level the score must stay before the level is left."""

    margin: float = Field(ge=0)  # points
    minutes: float = Field(ge=0)


class Board(_Part):
    """How entries of ranked boards count."""

    usual_heat: float = Field(gt=0)
    spread: float = Field(gt=0)
    present: float = Field(ge=0)
    first_place: float = Field(ge=0)
    doubling: float = Field(ge=0)
    support_rank: int = Field(ge=0)


class Burst(_Part):
    """How a burst is scaled."""

    full: float = Field(gt=0)
    usual_hour: float = Field(gt=0)
    ten_minutes: float = Field(ge=1, le=6)
    board: Board


class Spread(_Part):
    """How spread is scaled."""

    full: float = Field(gt=1)
    further_kind: float = Field(ge=0)
    further_place: float = Field(ge=0)


class SentimentScale(_Part):
    """How sentiment is scaled."""

    full: float = Field(lt=0, ge=-1)


class Rules(_Part):
    """Everything that turns a snapshot into a level."""

    version: str = Field(min_length=1)
    weights: Weights
    levels: dict[str, float]
    hysteresis: Hysteresis
    quiet_minutes: float = Field(gt=0)
    burst: Burst
    spread: Spread
    sentiment: SentimentScale
    categories: dict[str, float]

    def threshold(self, level: Level) -> float:
        """Returns the lowest score of a level; 0 for none."""
        return self.levels.get(level.name, 0.0)

    def level_of(self, score: float) -> Level:
        """Returns the level that a score alone gives."""
        graded = (Level.I, Level.II, Level.III, Level.IV)
        return next((level for level in graded if score >= self.threshold(level)), Level.NONE)

    def weight(self, component: str) -> float:
        """Returns the share of a component."""
        return float(getattr(self.weights, component))

    def scale(self, component: str, value: float) -> float:
        """Returns a component's measured input as 0..1; never falls when the input rises."""
        match component:
            case "burst":
                return _clamp(math.log1p(max(value, 0.0)) / math.log1p(self.burst.full))
            case "spread":
                return _clamp(math.log(max(value, 1.0)) / math.log(self.spread.full))
            case "sentiment":
                return _clamp(value / -self.sentiment.full)
            case _:
                return _clamp(value)

    def unscale(self, component: str, scaled: float) -> float:
        """Returns the input that scales to so much; the inverse of scale between 0 and 1."""
        match component:
            case "burst":
                return math.expm1(scaled * math.log1p(self.burst.full))
            case "spread":
                return math.exp(scaled * math.log(self.spread.full))
            case "sentiment":
                return scaled * -self.sentiment.full
            case _:
                return scaled

    def category_weight(self, category: str) -> float:
        """Returns how serious a category is by nature."""
        return self.categories.get(category or "none", self.categories["other"])


def _clamp(value: float) -> float:
    return min(max(value, 0.0), 1.0)


def parse_rules(text: str, where: str) -> Rules:
    """Returns the rules in a YAML text; raises InvalidInput naming the place and the field."""
    try:
        rules = Rules.model_validate(yaml.safe_load(text))
    except (ValidationError, yaml.YAMLError) as error:
        raise InvalidInput(f"{where} cannot be used: {error}", reason="BAD_RULES") from None
    _check(rules, where)
    return rules


def _check(rules: Rules, where: str) -> None:
    total = sum(rules.weight(component) for component in COMPONENTS)
    if abs(total - 1.0) > 1e-9:
        raise InvalidInput(f"{where}: the weights add up to {total:g}, not 1", reason="BAD_RULES")
    bounds = [rules.levels.get(level.name) for level in (Level.IV, Level.III, Level.II, Level.I)]
    numbers = [bound for bound in bounds if bound is not None]
    if len(numbers) != 4 or sorted(set(numbers)) != numbers or numbers[0] <= 0:
        raise InvalidInput(
            f"{where}: levels must name IV < III < II < I with growing scores above 0",
            reason="BAD_RULES",
        )
    if not {"other", "none"} <= set(rules.categories):
        raise InvalidInput(f"{where}: categories must name other and none", reason="BAD_RULES")


@cache
def load_rules() -> Rules:
    """Returns the rules that ship with the package."""
    file = files("groundswell_analyzer.grading") / "rules.yaml"
    return parse_rules(file.read_text(encoding="utf-8"), "grading/rules.yaml")
