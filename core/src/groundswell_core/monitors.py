"""Standing queries of departments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

from groundswell.monitor.v1 import monitor_pb2
from groundswell_core.codec import codec
from groundswell_core.grades import Level


class MonitorState(IntEnum):
    """Whether a monitor works."""

    UNSPECIFIED = 0
    ON = 1
    SHADOW = 2
    OFF = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitor:
    """A department's standing query (监测方案); fields as in monitor.proto."""

    name: str
    display_name: str = ""
    query: str = ""
    languages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    department: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    minimum_support: int | None = None
    alert_level: Level = Level.UNSPECIFIED
    state: MonitorState = MonitorState.ON
    exercise: bool = False
    alarms_per_day: float | None = None
    alert_score: float | None = None
    create_time: datetime | None = None
    update_time: datetime | None = None


MONITORS = codec(Monitor, monitor_pb2.Monitor)
