"""Asks processes how they are: gRPC health of services, /healthz of the console, /metrics of all."""

from __future__ import annotations

import asyncio
import http.client
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from groundswell_cli.keeping import Health
from groundswell_core.rpc import READY
from groundswell_core.settings import TlsSettings

_TIMEOUT = 3.0  # seconds
_SERVING = health_pb2.HealthCheckResponse.SERVING


async def grpc_health(port: int, tls: TlsSettings) -> Health:
    """Asks a service for its liveness, then whether it is ready."""
    async with _channel(port, tls) as channel:
        stub: Any = health_pb2_grpc.HealthStub(channel)
        if not await _serves(stub, ""):
            return Health.SILENT
        return Health.READY if await _serves(stub, READY) else Health.ALIVE


async def http_health(port: int) -> Health:
    """Asks the console; 503 is a console that waits for its services."""
    status = await asyncio.to_thread(_get_status, port)
    if status is None:
        return Health.SILENT
    return Health.READY if status < 400 else Health.ALIVE


async def read_metrics(port: int) -> str:
    """Returns the Prometheus text of a process; empty when it does not answer."""
    return await asyncio.to_thread(_get_metrics, port)


async def _serves(stub: Any, name: str) -> bool:
    try:
        answer = await stub.Check(health_pb2.HealthCheckRequest(service=name), timeout=_TIMEOUT)
    except grpc.aio.AioRpcError:
        return False
    return bool(answer.status == _SERVING)


def _channel(port: int, tls: TlsSettings) -> grpc.aio.Channel:
    address = f"127.0.0.1:{port}"
    options = [("grpc.enable_http_proxy", 0)]
    if not (tls.certificate_file and tls.key_file and tls.ca_file):
        return grpc.aio.insecure_channel(address, options)
    credentials = grpc.ssl_channel_credentials(
        tls.ca_file.read_bytes(), tls.key_file.read_bytes(), tls.certificate_file.read_bytes()
    )
    # Certificates name localhost beside their service, for probes like this one.
    named: list[tuple[str, Any]] = [*options, ("grpc.ssl_target_name_override", "localhost")]
    return grpc.aio.secure_channel(address, credentials, named)


def _get(port: int, path: str) -> tuple[int, bytes] | None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read(4 << 20)
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _get_status(port: int) -> int | None:
    answer = _get(port, "/healthz")
    return answer[0] if answer else None


def _get_metrics(port: int) -> str:
    answer = _get(port, "/metrics")
    return answer[1].decode(errors="replace") if answer and answer[0] == 200 else ""
