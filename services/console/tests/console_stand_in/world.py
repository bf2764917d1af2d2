"""The data that the stand-ins serve, by name; tests change it freely."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from groundswell_core.alerts import Alert, Notification
from groundswell_core.analyses import Analysis
from groundswell_core.backtests import Backtest
from groundswell_core.departments import Department
from groundswell_core.descriptions import StoryDescription
from groundswell_core.incidents import Incident
from groundswell_core.monitors import Monitor
from groundswell_core.source_records import Coverage, Source
from groundswell_core.stories import SeriesPoint, Story, StoryEvent


@dataclass
class World:
    """Everything by name; tests change it freely."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    sources: dict[str, Source] = field(default_factory=dict)
    monitors: dict[str, Monitor] = field(default_factory=dict)
    stories: dict[str, Story] = field(default_factory=dict)
    series: dict[str, list[SeriesPoint]] = field(default_factory=dict)
    timelines: dict[str, list[StoryEvent]] = field(default_factory=dict)
    descriptions: dict[str, StoryDescription] = field(default_factory=dict)
    backtests: dict[str, Backtest] = field(default_factory=dict)
    analyses: list[Analysis] = field(default_factory=list)
    alerts: dict[str, Alert] = field(default_factory=dict)
    notifications: list[Notification] = field(default_factory=list)
    incidents: dict[str, Incident] = field(default_factory=dict)
    departments: dict[str, Department] = field(default_factory=dict)
    coverage: Coverage | None = None


def empty() -> World:
    """Returns a world right after the first start."""
    return World(coverage=Coverage())
