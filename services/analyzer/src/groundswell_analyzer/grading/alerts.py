"""The alert of a (monitor, story) pair: what it says now, and whether that is a new version. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from groundswell_analyzer.grading.facts import StoryFacts
from groundswell_analyzer.grading.graded import Graded
from groundswell_analyzer.grading.rules import Rules
from groundswell_analyzer.grading.summary import language_of, summarize
from groundswell_core.alerts import ALERTS, Alert, AlertState, Correction
from groundswell_core.identity import alert_fingerprint
from groundswell_core.monitors import Monitor, MonitorState
from groundswell_core.source_records import Coverage

CONTENT_INTERVAL = timedelta(seconds=10)  # at most one version in so long for mere counts
_STANDARD_LABELS = ("monitor", "level", "category", "place", "language", "department", "exercise")


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertBox:
    """The newest version of an alert, kept in its story's record: the outbox."""

    alert: Alert
    content_time: datetime
    edits: int = 0  # of the story's documents when this version was made
    withdrawals: int = 0

    def to_record(self) -> dict[str, Any]:
        """Returns it as MongoDB stores it."""
        return {
            "alert": ALERTS.to_record(self.alert),
            "content_time": self.content_time,
            "edits": self.edits,
            "withdrawals": self.withdrawals,
        }

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> AlertBox:
        """Returns a stored one."""
        moment = record["content_time"]
        return cls(
            alert=ALERTS.from_record(record["alert"]),
            content_time=moment if moment.tzinfo else moment.replace(tzinfo=UTC),
            edits=record["edits"],
            withdrawals=record["withdrawals"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """Everything that decides an alert at one moment."""

    facts: StoryFacts
    graded: Graded
    monitor: Monitor | None  # None: it is gone
    coverage: Coverage | None
    rules: Rules
    now: datetime  # of the machine: receivers wait by it
    hold: timedelta  # how long it fires without being sent again


def next_alert(box: AlertBox | None, occasion: Occasion) -> AlertBox | None:
    """Returns the alert after a moment: the same object when nothing is to be said anew."""
    fires = should_fire(occasion)
    if box is None:
        return _version(_first(occasion), occasion) if fires else None
    alert = box.alert
    if alert.state is AlertState.RESOLVED:
        return _again(box, occasion) if fires else box
    if not fires:
        return _resolved(box, occasion)
    correction = _correction(box, occasion)
    if correction is None:
        return box
    return _version(replace(alert, correction=correction), occasion)


def should_fire(occasion: Occasion) -> bool:
    """Tells whether an alarm is to be an alert: never of a monitor in shadow."""
    monitor, facts = occasion.monitor, occasion.facts
    if monitor is None or monitor.state is not MonitorState.ON or facts.merged_into:
        return False
    if facts.exercise and not monitor.exercise:
        return False
    return occasion.graded.alarm.is_on


def _first(occasion: Occasion) -> Alert:
    monitor = occasion.graded.monitor
    return Alert(
        name="alerts/" + alert_fingerprint(monitor, occasion.facts.name),
        monitor=monitor,
        story=occasion.facts.name,
        start_time=occasion.now,
        exercise=occasion.facts.exercise,
    )


def _again(box: AlertBox, occasion: Occasion) -> AlertBox:
    alert = replace(
        box.alert,
        state=AlertState.FIRING,
        start_time=occasion.now,
        correction=Correction.UNSPECIFIED,
        notify_time=None,
    )
    return _version(alert, occasion)


def _resolved(box: AlertBox, occasion: Occasion) -> AlertBox:
    facts = occasion.facts
    correction = Correction.UNSPECIFIED
    if facts.merged_into:
        correction = Correction.MERGED
    elif facts.withdrawals > box.withdrawals:
        correction = Correction.SOURCE_WITHDRAWN
    alert = replace(
        box.alert,
        version=box.alert.version + 1,
        state=AlertState.RESOLVED,
        correction=correction,
        grade=occasion.graded.grade,
        coverage=occasion.coverage or box.alert.coverage,
        end_time=occasion.now,
        grade_time=occasion.graded.grade.grade_time,
    )
    return AlertBox(
        alert=alert,
        content_time=occasion.now,
        edits=facts.edits,
        withdrawals=facts.withdrawals,
    )


def _correction(box: AlertBox, occasion: Occasion) -> Correction | None:
    """Returns why a firing alert needs a new version; None when it does not."""
    before, facts, graded = box.alert, occasion.facts, occasion.graded
    if facts.withdrawals > box.withdrawals:
        return Correction.SOURCE_WITHDRAWN
    if before.grade is None or before.grade.level is not graded.grade.level:
        return Correction.REGRADED
    if occasion.now - box.content_time < CONTENT_INTERVAL:
        return None
    if facts.edits > box.edits:
        return Correction.SOURCE_EDITED
    said = (before.document_count, before.copy_count, before.outlet_count, before.headline)
    says = (facts.document_count, facts.copy_count, facts.outlet_count, facts.headline)
    names = (before.monitor_display_name, dict(before.labels))
    monitor = occasion.monitor
    if said != says or (monitor and names != (monitor.display_name, _labels(occasion, monitor))):
        return Correction.UNSPECIFIED
    return None


def _version(alert: Alert, occasion: Occasion) -> AlertBox:
    """Returns the alert with everything it says taken from the moment, one version on."""
    facts, graded, monitor = occasion.facts, occasion.graded, occasion.monitor
    if monitor is None:
        raise AssertionError("an alert without a monitor cannot fire")
    language = language_of(monitor, facts.language)
    made = replace(
        alert,
        monitor_display_name=monitor.display_name,
        version=alert.version + 1,
        headline=facts.headline,
        summary=summarize(facts, graded, occasion.rules, language),
        labels=_labels(occasion, monitor),
        grade=graded.grade,
        document_count=facts.document_count,
        copy_count=facts.copy_count,
        outlet_count=facts.outlet_count,
        coverage=occasion.coverage,
        url=facts.url,
        end_time=occasion.now + occasion.hold,
        publish_time=facts.publish_time,
        collect_time=facts.collect_time,
        analyze_time=facts.analyze_time,
        story_time=facts.story_time,
        grade_time=graded.grade.grade_time,
    )
    return AlertBox(
        alert=made,
        content_time=occasion.now,
        edits=facts.edits,
        withdrawals=facts.withdrawals,
    )


def _labels(occasion: Occasion, monitor: Monitor) -> dict[str, str]:
    """Returns the labels: the monitor's own never hide a standard one."""
    facts = occasion.facts
    values = (
        monitor.name.removeprefix("monitors/"),
        occasion.graded.grade.level.name,
        facts.category,
        facts.place_code,
        facts.language,
        monitor.department.removeprefix("departments/"),
        "true" if facts.exercise else "false",
    )
    return {**monitor.labels, **dict(zip(_STANDARD_LABELS, values, strict=True))}
