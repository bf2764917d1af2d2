"""Models of the analyzer: how they are asked, where they lie, which one counts."""

from __future__ import annotations

from groundswell_analyzer.models.folder import load_model
from groundswell_analyzer.models.model import CLASSES, Card, Model, Reading
from groundswell_analyzer.models.registry import CURRENT, Models, load_models, shipped

__all__ = [
    "CLASSES",
    "CURRENT",
    "Card",
    "Model",
    "Models",
    "Reading",
    "load_model",
    "load_models",
    "shipped",
]
