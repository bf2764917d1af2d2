"""Options of channels and servers that reliability rests on."""

from __future__ import annotations

# Dead peers are seen in seconds: reliability of streams rests on these.
KEEPALIVE = (
    ("grpc.keepalive_time_ms", 10_000),
    ("grpc.keepalive_timeout_ms", 5_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.max_pings_without_data", 0),
    ("grpc.http2.min_ping_interval_without_data_ms", 5_000),
)
# A peer that restarts is back within seconds; the library's own back-off goes up to two minutes.
_RECONNECT = (
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.min_reconnect_backoff_ms", 200),
    ("grpc.max_reconnect_backoff_ms", 2_000),
)
_SERVICE_CONFIG = """{"methodConfig": [{"name": [{}], "retryPolicy": {"maxAttempts": 4,
 "initialBackoff": "0.1s", "maxBackoff": "2s", "backoffMultiplier": 2,
 "retryableStatusCodes": ["UNAVAILABLE"]}}]}"""
CLIENT = (
    ("grpc.service_config", _SERVICE_CONFIG),
    ("grpc.enable_http_proxy", 0),
    *_RECONNECT,
    *KEEPALIVE,
)
