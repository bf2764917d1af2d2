"""What the analyzer measures of itself."""

from __future__ import annotations

from datetime import datetime

from prometheus_client import Counter, Gauge, Histogram

_DELAYS = (0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30, 60, 300, 900, 3600)

ANNOTATED = Counter(
    "groundswell_analyzer_documents_total",
    "Documents that arrived, by what they were.",
    ["arrival"],
)
ASSIGNED = Counter(
    "groundswell_analyzer_assigned_total", "Documents given to a story, by how.", ["how"]
)
OPEN_STORIES = Gauge("groundswell_analyzer_open_stories", "Stories in memory.")
GRADES = Counter(
    "groundswell_analyzer_grades_total", "Levels that changed, by new level.", ["level"]
)
ALARMS = Counter(
    "groundswell_analyzer_alarms_total",
    "Stories that became an alarm of a monitor; those of monitors in shadow alert nobody.",
    ["monitor", "state"],
)
ALERTS_SENT = Counter("groundswell_analyzer_alerts_sent_total", "Alerts sent, by state.", ["state"])
CONFLICTS = Counter(
    "groundswell_analyzer_conflicts_total", "Writes that somebody else was faster with.", ["what"]
)
SEED_ERRORS = Gauge(
    "groundswell_analyzer_monitors_file_errors", "Mistakes in the file of monitors."
)
MONITORS_BROKEN = Gauge(
    "groundswell_analyzer_broken_monitors", "Stored monitors whose query does not parse."
)
ANALYZE_DELAY = Histogram(
    "groundswell_analyzer_collect_to_analyze_seconds", "Collected until analysed.", buckets=_DELAYS
)
PUBLISH_DELAY = Histogram(
    "groundswell_analyzer_publish_to_analyze_seconds", "Published until analysed.", buckets=_DELAYS
)
STORY_DELAY = Histogram(
    "groundswell_analyzer_analyze_to_story_seconds", "Analysed until in a story.", buckets=_DELAYS
)
GRADE_DELAY = Histogram(
    "groundswell_analyzer_story_to_grade_seconds", "In a story until graded.", buckets=_DELAYS
)


def observe(histogram: Histogram, start: datetime | None, end: datetime | None) -> None:
    """Notes the seconds between two times, when both are known and in order."""
    if start is not None and end is not None and end >= start:
        histogram.observe((end - start).total_seconds())
