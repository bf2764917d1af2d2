"""One way to serve."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1.health import aio as health_aio
from grpc_reflection.v1alpha import reflection

from groundswell_core import errors
from groundswell_core.rpc.guard import Guard
from groundswell_core.rpc.options import KEEPALIVE
from groundswell_core.tokens import TokenVerifier

if TYPE_CHECKING:
    from groundswell_core.settings import RpcSettings, TlsSettings

MAXIMUM_RECEIVED = 1 << 20  # bytes of one request
READY = "ready"  # the health name that every server has beside those of its services


class RpcServer:
    """A running gRPC server with health."""

    def __init__(self, raw: Any, health: Any, port: int, names: Sequence[str]) -> None:
        """Wraps the library's server."""
        self._raw = raw
        self._health = health
        self._names = names
        self.port = port

    async def set_ready(self, ready: bool) -> None:
        """Tells readiness probes whether the services do their work."""
        await self._set(ready, READY, *self._names)

    async def set_alive(self, alive: bool) -> None:
        """Tells liveness probes whether the process makes progress."""
        await self._set(alive, "")

    async def _set(self, good: bool, *names: str) -> None:
        kinds = health_pb2.HealthCheckResponse
        for name in names:
            await self._health.set(name, kinds.SERVING if good else kinds.NOT_SERVING)


def _server_credentials(tls: TlsSettings) -> Any:
    if not (tls.certificate_file and tls.key_file and tls.ca_file):
        return None
    return grpc.ssl_server_credentials(
        [(tls.key_file.read_bytes(), tls.certificate_file.read_bytes())],
        root_certificates=tls.ca_file.read_bytes(),
        require_client_auth=True,
    )


@asynccontextmanager
async def serve(
    settings: RpcSettings,
    servicers: Sequence[tuple[Callable[[Any, Any], None], Any, str]],
    *,
    verifier: TokenVerifier | None,
    tls: TlsSettings,
) -> AsyncIterator[RpcServer]:
    """Serves (adder, servicer, full service name) until the block ends; then lets calls finish."""
    raw = grpc.aio.server(
        interceptors=(Guard(verifier, settings),),
        maximum_concurrent_rpcs=settings.maximum_concurrent_calls,
        options=(
            ("grpc.max_receive_message_length", MAXIMUM_RECEIVED),
            ("grpc.so_reuseport", 0),
            *KEEPALIVE,
        ),
    )
    for add, servicer, _ in servicers:
        add(servicer, raw)
    health = health_aio.HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(health, raw)
    names = [name for _, _, name in servicers]
    if settings.reflection:
        reflection.enable_server_reflection(
            (*names, health_pb2.DESCRIPTOR.services_by_name["Health"].full_name), raw
        )
    address = f"{settings.host}:{settings.port}"
    credentials = _server_credentials(tls)
    try:
        port = (
            raw.add_secure_port(address, credentials)
            if credentials
            else raw.add_insecure_port(address)
        )
    except RuntimeError as error:
        raise errors.InvalidInput(
            f"cannot listen on {address}; is another process there? choose GROUNDSWELL_RPC__PORT",
            reason="PORT_TAKEN",
        ) from error
    await raw.start()
    server = RpcServer(raw, health, port, names)
    await server.set_alive(True)
    try:
        yield server
    finally:
        await health.enter_graceful_shutdown()
        await raw.stop(settings.stop_grace)
