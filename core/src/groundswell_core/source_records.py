"""Configured feeds, their health, and coverage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from groundswell.source.v1 import source_pb2
from groundswell_core.codec import codec


class SourceState(IntEnum):
    """Whether the collector reads a source."""

    UNSPECIFIED = 0
    ACTIVE = 1
    PAUSED = 2


class HealthState(IntEnum):
    """How a source fares."""

    UNSPECIFIED = 0
    PENDING = 1
    HEALTHY = 2
    FAILING = 3
    UNREACHABLE = 4
    SILENT = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHealth:
    """What the collector knows of a source's reads."""

    state: HealthState = HealthState.PENDING
    last_success_time: datetime | None = None
    last_attempt_time: datetime | None = None
    last_document_time: datetime | None = None
    last_error: str = ""
    consecutive_failures: int = 0
    documents_last_day: int = 0
    next_read_time: datetime | None = None
    fetched_count: int = 0
    stored_count: int = 0
    duplicate_count: int = 0
    dead_lettered_count: int = 0
    dropped_count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A configured feed; fields as in source.proto."""

    name: str
    display_name: str = ""
    kind: str = ""
    config: Mapping[str, Any] = field(default_factory=dict)
    interval: timedelta | None = None
    language: str = ""
    region: str = ""
    department: str = ""
    weight: float | None = None
    state: SourceState = SourceState.ACTIVE
    health: SourceHealth | None = None
    exercise: bool = False
    create_time: datetime | None = None
    update_time: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCoverage:
    """What one source did in a window."""

    source: str
    display_name: str = ""
    reported: bool = False
    documents: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Which expected sources reported in a window."""

    start_time: datetime | None = None
    end_time: datetime | None = None
    expected: int = 0
    reported: int = 0
    silent_sources: tuple[SourceCoverage, ...] = ()


SOURCE_HEALTH = codec(SourceHealth, source_pb2.SourceHealth)
SOURCES = codec(Source, source_pb2.Source)
SOURCE_COVERAGE = codec(SourceCoverage, source_pb2.SourceCoverage)
COVERAGE = codec(Coverage, source_pb2.Coverage)
