"""A trace goes on from a caller to its peer, and from a sender to whoever reads its record."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from opentelemetry import trace as opentelemetry
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from groundswell.department.v1 import department_service_pb2 as pb
from groundswell.department.v1 import department_service_pb2_grpc as pb_grpc
from groundswell_core import rpc, trace
from groundswell_core.consume import consume
from groundswell_core.kafka import Producer, Reader
from groundswell_core.mongo import Database
from groundswell_core.service import Heartbeat
from groundswell_core.settings import KafkaSettings, RpcSettings, TlsSettings, TraceSettings
from groundswell_core.testing.keys import TestKeys
from groundswell_core.topics import Record, Topic

EXPORTER = InMemorySpanExporter()
TOPIC = Topic("test.trace", 1)
METHOD = "/groundswell.department.v1.DepartmentService/GetDepartment"


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(EXPORTER))
    monkeypatch.setattr(trace, "_TRACER", provider.get_tracer("test"))
    EXPORTER.clear()
    return EXPORTER


def trace_ids(spans: InMemorySpanExporter) -> dict[str, int]:
    """Returns the trace of each finished span, by the span's name."""
    return {span.name: span.context.trace_id for span in spans.get_finished_spans() if span.context}


def test_headers_carry_a_trace_and_nothing_carries_none(spans: InMemorySpanExporter) -> None:
    assert trace.inject() == {}
    with trace.span("first"):
        headers = trace.inject()
    with trace.span("second", headers):
        pass
    with trace.span("stranger", {"traceparent": "nonsense"}):
        pass
    found = trace_ids(spans)
    assert set(headers) == {"traceparent"}
    assert found["first"] == found["second"] != found["stranger"]
    assert opentelemetry.get_current_span().get_span_context().trace_id == 0


class Departments(pb_grpc.DepartmentServiceServicer):
    async def GetDepartment(self, request: Any, context: Any) -> Any:
        return pb.GetDepartmentResponse()


async def test_a_call_goes_on_in_the_trace_of_its_caller(
    spans: InMemorySpanExporter, keys: TestKeys
) -> None:
    add = pb_grpc.add_DepartmentServiceServicer_to_server
    async with (
        rpc.serve(
            RpcSettings(port=0, stop_grace=0.2),
            [(add, Departments(), "groundswell.department.v1.DepartmentService")],
            verifier=keys.verifier("coordinator"),
            tls=TlsSettings(),
        ) as server,
        rpc.connect_peer(
            f"127.0.0.1:{server.port}", audience="coordinator", signer=keys.signer("notifier")
        ) as channel,
    ):
        with trace.span("caller"):
            await pb_grpc.DepartmentServiceStub(channel).GetDepartment(pb.GetDepartmentRequest())
    found = trace_ids(spans)
    assert found["caller"] == found[METHOD]


async def test_a_record_goes_on_in_the_trace_of_its_sender(
    spans: InMemorySpanExporter, kafka: KafkaSettings, database: Database, eventually: Any
) -> None:
    stop, found = asyncio.Event(), list[Record]()

    async def handle(records: Sequence[Record]) -> None:
        found.extend(records)

    async with (
        Producer(kafka, [TOPIC, TOPIC.dlq]) as producer,
        Reader(kafka, [TOPIC], "trace", database.collection("offsets")) as reader,
    ):
        with trace.span("sender"):
            await producer.send(TOPIC, "k", b"x", {"own": b"1"})
        beat = Heartbeat()
        task = asyncio.create_task(
            consume(reader, handle, producer=producer, heartbeat=beat, stop=stop)
        )
        await eventually(lambda: found)
        stop.set()
        await task
    ids = trace_ids(spans)
    assert ids["sender"] == ids["consume test.trace"]
    assert found[0].headers["own"] == b"1"


@pytest.fixture
def collector() -> Iterator[tuple[str, list[str]]]:
    """Gives the address of a collector of spans, and the paths it was asked for."""
    paths: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            paths.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Keeps quiet."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/", paths
        server.shutdown()
        thread.join()


PROGRAM = """
import sys
from opentelemetry import trace as opentelemetry
from groundswell_core.settings import TraceSettings
from groundswell_core.trace import configure_tracing, span
configure_tracing(TraceSettings(endpoint=sys.argv[1]), "test")
with span("exported"):
    pass
opentelemetry.get_tracer_provider().force_flush(5000)
"""


def test_spans_go_to_the_endpoint_that_is_configured(collector: tuple[str, list[str]]) -> None:
    url, paths = collector
    # In a process of its own: the provider of spans can be set once only.
    subprocess.run([sys.executable, "-c", PROGRAM, url], check=True, timeout=60)
    assert paths == ["/v1/traces"]


def test_without_an_endpoint_nothing_is_configured() -> None:
    before = opentelemetry.get_tracer_provider()
    trace.configure_tracing(TraceSettings(), "test")
    assert opentelemetry.get_tracer_provider() is before
