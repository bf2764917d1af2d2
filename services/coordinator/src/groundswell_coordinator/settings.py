"""The coordinator's settings."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from groundswell_core.settings import Seconds, Section, ServiceSettings


class CoordinatorSettings(Section):
    """Which alerts open incidents, and who leads."""

    rules_file: Path | None = Field(
        None, description="rules that open incidents (YAML); unset: levels I and II do"
    )
    departments_file: Path | None = Field(
        None, description="departments made at start where they are missing (YAML); unset: none"
    )
    publish_interval: Seconds = Field(
        1.0, description="seconds between looks for incidents that are not published yet"
    )


class Settings(ServiceSettings):
    """All settings of the coordinator."""

    coordinator: CoordinatorSettings = CoordinatorSettings()
