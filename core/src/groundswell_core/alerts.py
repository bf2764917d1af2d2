"""Alerts and what was sent of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

from groundswell.alert.v1 import alert_pb2
from groundswell_core.codec import codec
from groundswell_core.grades import Grade
from groundswell_core.source_records import Coverage


class AlertState(IntEnum):
    """Whether an alert still holds."""

    UNSPECIFIED = 0
    FIRING = 1
    RESOLVED = 2


class Correction(IntEnum):
    """Why a new version of an alert was sent."""

    UNSPECIFIED = 0
    REGRADED = 1
    MERGED = 2
    SPLIT = 3
    RETRACTED = 4
    SOURCE_EDITED = 5
    SOURCE_WITHDRAWN = 6


class NotificationState(IntEnum):
    """How a notification fares."""

    UNSPECIFIED = 0
    PENDING = 1
    DELIVERED = 2
    EXHAUSTED = 3
    SUPPRESSED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One (monitor, story) pair that has a grade; fields as in alert.proto."""

    name: str
    monitor: str = ""
    monitor_display_name: str = ""
    story: str = ""
    version: int = 0
    headline: str = ""
    summary: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    grade: Grade | None = None
    state: AlertState = AlertState.FIRING
    correction: Correction = Correction.UNSPECIFIED
    document_count: int = 0
    copy_count: int = 0
    outlet_count: int = 0
    coverage: Coverage | None = None
    url: str = ""
    start_time: datetime | None = None
    end_time: datetime | None = None
    publish_time: datetime | None = None
    collect_time: datetime | None = None
    analyze_time: datetime | None = None
    story_time: datetime | None = None
    grade_time: datetime | None = None
    notify_time: datetime | None = None
    acknowledge_time: datetime | None = None
    acknowledged_by: str = ""
    exercise: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One sending to one receiver; fields as in alert.proto."""

    name: str
    receiver: str = ""
    integration: str = ""
    group_labels: Mapping[str, str] = field(default_factory=dict)
    alerts: tuple[str, ...] = ()
    reason: str = ""
    state: NotificationState = NotificationState.PENDING
    attempts: int = 0
    last_error: str = ""
    create_time: datetime | None = None
    deliver_time: datetime | None = None
    next_attempt_time: datetime | None = None
    exercise: bool = False


ALERTS = codec(Alert, alert_pb2.Alert)
NOTIFICATIONS = codec(Notification, alert_pb2.Notification)
