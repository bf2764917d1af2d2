"""What the analyzer is told from outside."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from groundswell_core.settings import Seconds, Section, ServiceSettings


class AnalyzerSettings(Section):
    """The analyzer's own section."""

    role: Literal["annotate", "stories"] = Field(
        "annotate", description="annotate: learn of documents; stories: gather and grade them"
    )
    clock: Literal["system", "documents"] = Field(
        "system", description="whose time stories and grades go by; documents: for replays"
    )
    monitors_file: Path | None = Field(
        None, description="YAML with monitors to begin with; those known already stay as they are"
    )
    source_weights_file: Path | None = Field(
        None,
        description="YAML with weights of outlets; goes before telling/source_weights.yaml, same form",
    )
    grading_rules_file: Path | None = Field(
        None, description="YAML with grading rules of your own, as grading/rules/2026-2.yaml"
    )
    workers: int = Field(1, ge=1, le=64, description="worker processes of the role annotate")
    stage_plugins: tuple[str, ...] = Field(
        (), description="JSON list of allow-listed plugins that bring further stages"
    )
    sentiment_model: str = Field(
        "news", description="model that judges sentiment: one that ships, or a model's folder"
    )
    shadow_models: tuple[str, ...] = Field(
        (), description="JSON list of models that judge beside it; their answers are only compared"
    )
    linking: Literal["auto", "off"] = Field(
        "auto",
        description="link stories across languages: auto where the extra embedder is installed, or off",
    )
    batch_size: int = Field(400, ge=1, le=5000, description="records handled at once")
    document_days: int = Field(30, ge=1, description="days that documents are kept")
    story_days: int = Field(395, ge=1, description="days that stories and their series are kept")
    rest_after: Seconds = Field(
        21600.0, description="seconds without documents until a story rests"
    )
    forget_after: Seconds = Field(
        259200.0, description="seconds without documents until a story leaves memory for good"
    )
    tick: Seconds = Field(10.0, description="seconds between looks at all open stories")
    sweep: Seconds = Field(60.0, description="seconds between looks for documents without a story")
    alert_interval: Seconds = Field(
        30.0, description="seconds after which a firing alert is resent"
    )
    alert_hold: Seconds = Field(
        300.0, description="seconds that an alert fires without being resent"
    )


class Settings(ServiceSettings):
    """Everything the analyzer is told."""

    analyzer: AnalyzerSettings = AnalyzerSettings()
