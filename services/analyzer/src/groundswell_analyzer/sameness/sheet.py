"""A score sheet: what each feature of two texts adds to, or takes from, their being of one event."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict, Field


class Sheet(BaseModel):
    """Points for features, added up and read as the logarithm of odds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: str
    start: float = Field(description="points before anything is compared")
    points: dict[str, float] = Field(description="points for one unit of each feature")
    same_from: float = Field(ge=0, le=1, description="probability from which it is one event")

    def contributions(self, features: Mapping[str, float]) -> dict[str, float]:
        """Returns the points that each feature brings."""
        return {name: points * features[name] for name, points in self.points.items()}

    def probability(self, features: Mapping[str, float]) -> float:
        """Returns the probability that two texts with these features tell of the same event."""
        total = self.start + sum(self.contributions(features).values())
        return 1.0 / (1.0 + math.exp(-total))

    def is_same(self, features: Mapping[str, float]) -> bool:
        """Tells whether two texts with these features tell of the same event."""
        return self.probability(features) >= self.same_from


@cache
def load_sheet() -> Sheet:
    """Returns the sheet of this package."""
    text = (files(__package__) / "sheet.yaml").read_text(encoding="utf-8")
    return Sheet.model_validate(yaml.safe_load(text))
