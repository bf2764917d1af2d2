"""What the notifier counts."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

CHANGES = Counter("groundswell_notifier_changes_total", "Changes of alerts logged.", ["kind"])
FIRING = Gauge("groundswell_notifier_alerts_firing", "Alerts that hold now, drills included.")
WATCHERS = Gauge("groundswell_notifier_watchers", "Open streams of alerts.")
SLOW_WATCHERS = Counter("groundswell_notifier_slow_watchers_total", "Streams cut off as too slow.")
RAISED = Counter(
    "groundswell_notifier_raised_total", "Notifications decided.", ["receiver", "reason"]
)
SETTLED = Counter(
    "groundswell_notifier_settled_total", "Notifications at their end.", ["receiver", "state"]
)
TRIES = Counter(
    "groundswell_notifier_tries_total", "Tries to send.", ["receiver", "integration", "outcome"]
)
EXHAUSTED = Counter(
    "groundswell_notifier_exhausted_total", "Notifications given up: an alarm.", ["receiver"]
)
ROUTES_GOOD = Gauge(
    "groundswell_notifier_routes_good", "1 when the routing tree in force is the file's."
)
NOTIFY_SECONDS = Histogram(
    "groundswell_notifier_notify_seconds",
    "From the grade to the first receiver's acceptance.",
    buckets=(0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 900, 3600),
)
