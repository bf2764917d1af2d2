"""Trace context through gRPC metadata and Kafka headers; OpenTelemetry when an endpoint is set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from opentelemetry import propagate, trace
from opentelemetry.context import attach, detach

if TYPE_CHECKING:
    from groundswell_core.settings import TraceSettings

_TRACER = trace.get_tracer("groundswell")


def configure_tracing(settings: TraceSettings, service: str) -> None:
    """Exports spans to the configured endpoint; does nothing when there is none."""
    if not settings.endpoint:
        return
    # Imported here: an optional extra, needed only when an endpoint is configured.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (
        OTLPSpanExporter,
    )
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": f"groundswell-{service}"}))
    exporter = OTLPSpanExporter(endpoint=f"{settings.endpoint.rstrip('/')}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)


def inject() -> dict[str, str]:
    """Returns the headers that carry the present trace; empty without one."""
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return carrier


@contextmanager
def span(name: str, headers: Mapping[str, str] | None = None) -> Iterator[None]:
    """Runs the block in a span that continues the trace in headers."""
    token = attach(propagate.extract(dict(headers or {})))
    try:
        with _TRACER.start_as_current_span(name):
            yield
    finally:
        detach(token)
