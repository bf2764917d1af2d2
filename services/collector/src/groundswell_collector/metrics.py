"""What the collector counts for Prometheus."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

DOCUMENTS = Counter(
    "groundswell_collector_documents_total",
    "Documents read, by what became of them; fetched is the sum of the others.",
    ["source_kind", "outcome"],
)
READ_ERRORS = Counter(
    "groundswell_collector_read_errors_total",
    "Reads of sources that failed, by the health state that followed.",
    ["source_kind", "state"],
)
REPUBLISHED = Counter(
    "groundswell_collector_republished_total", "Documents sent again because nobody confirmed them."
)
CONFIRMED = Counter("groundswell_collector_confirmed_total", "Documents that were confirmed.")
UNCONFIRMED = Gauge(
    "groundswell_collector_inbox_unconfirmed_documents", "Documents that nobody confirmed yet."
)
OLDEST_UNCONFIRMED = Gauge(
    "groundswell_collector_inbox_oldest_unconfirmed_seconds",
    "Age of the oldest document that nobody confirmed yet.",
)
SOURCES = Gauge("groundswell_collector_sources", "Active sources by health.", ["state"])
PUBLISH_SECONDS = Histogram(
    "groundswell_collector_publish_seconds",
    "Time from a batch read to its documents acknowledged by Kafka.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60),
)
SEED_ERRORS = Gauge(
    "groundswell_collector_sources_file_errors", "Mistakes in the file of sources; 0 is good."
)
HELD_BACK = Gauge(
    "groundswell_collector_held_back", "1 while reading waits for Kafka or for confirmations."
)
