"""Prometheus metrics that every service has."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

RPC_SECONDS = Histogram(
    "groundswell_rpc_seconds",
    "Time of unary calls.",
    ["method", "code"],
    buckets=(0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
RPC_STREAMS = Gauge("groundswell_rpc_streams", "Open streams.", ["method"])
KAFKA_LAG = Gauge(
    "groundswell_kafka_lag_records", "Records not yet handled.", ["topic", "partition"]
)
KAFKA_HANDLED = Counter("groundswell_kafka_handled_total", "Records handled.", ["topic"])
KAFKA_SENT = Counter("groundswell_kafka_sent_total", "Records acknowledged.", ["topic"])
DEAD_LETTERS = Counter(
    "groundswell_kafka_dead_letters_total", "Records put aside.", ["topic", "reason"]
)
LOG_REGRESSIONS = Counter(
    "groundswell_kafka_log_regressions_total", "Logs that were found emptied.", ["topic"]
)
RETENTION_LOSSES = Counter(
    "groundswell_kafka_retention_lost_records_total",
    "Records that retention removed before they were handled.",
    ["topic"],
)
READY = Gauge("groundswell_ready", "1 when the service does its work.")
BUILD = Gauge("groundswell_build_info", "Always 1.", ["service", "version"])
