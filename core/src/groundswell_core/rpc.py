"""gRPC: one way to serve, one way to call.

Server: identity and policy first, then deadlines, then errors of the tree as statuses.
Client: token, trace context and a deadline on every call; UNAVAILABLE is retried by the channel.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing, asynccontextmanager, contextmanager, suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, cast

import grpc
import structlog
from google.protobuf import any_pb2
from google.rpc import code_pb2, error_details_pb2, status_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1.health import aio as health_aio
from grpc_reflection.v1alpha import reflection
from grpc_status import rpc_status

from groundswell_core import errors, policy
from groundswell_core.log import get_logger
from groundswell_core.metrics import RPC_SECONDS, RPC_STREAMS
from groundswell_core.tokens import Identity, TokenSigner, TokenVerifier
from groundswell_core.trace import inject, span

if TYPE_CHECKING:
    from groundswell_core.settings import RpcSettings, TlsSettings

log = get_logger(__name__)
DOMAIN = "groundswell"
MAXIMUM_RECEIVED = 1 << 20  # bytes of one request

_CODES: dict[type[errors.GroundswellError], grpc.StatusCode] = {
    errors.InvalidInput: grpc.StatusCode.INVALID_ARGUMENT,
    errors.NotFound: grpc.StatusCode.NOT_FOUND,
    errors.AlreadyExists: grpc.StatusCode.ALREADY_EXISTS,
    errors.FailedPrecondition: grpc.StatusCode.FAILED_PRECONDITION,
    errors.Aborted: grpc.StatusCode.ABORTED,
    errors.OutOfRange: grpc.StatusCode.OUT_OF_RANGE,
    errors.Exhausted: grpc.StatusCode.RESOURCE_EXHAUSTED,
    errors.PermissionDenied: grpc.StatusCode.PERMISSION_DENIED,
    errors.Unauthenticated: grpc.StatusCode.UNAUTHENTICATED,
    errors.Unavailable: grpc.StatusCode.UNAVAILABLE,
}
_CALLER: ContextVar[Identity] = ContextVar("caller")

# Dead peers are seen in seconds: reliability of streams rests on these.
_KEEPALIVE = (
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
_CLIENT_OPTIONS = (
    ("grpc.service_config", _SERVICE_CONFIG),
    ("grpc.enable_http_proxy", 0),
    *_RECONNECT,
)


def caller() -> Identity:
    """Returns who made the call that is being handled."""
    return _CALLER.get()


def _status(error: errors.GroundswellError) -> Any:
    code = _CODES.get(type(error), grpc.StatusCode.INTERNAL)
    info = error_details_pb2.ErrorInfo(reason=error.reason, domain=DOMAIN, metadata=error.metadata)
    packed = any_pb2.Any()
    packed.Pack(info)
    number = code_pb2.Code.Value(code.name)
    return rpc_status.to_status(
        status_pb2.Status(code=number, message=error.message[:2000], details=[packed])
    )


async def _abort(context: Any, error: BaseException, method: str) -> None:
    if isinstance(error, errors.GroundswellError) and type(error) in _CODES:
        await context.abort_with_status(_status(error))
    identifier = uuid.uuid4().hex[:12]
    log.error("call failed", method=method, error_id=identifier, exc_info=error)
    await context.abort(
        grpc.StatusCode.INTERNAL, f"internal error {identifier}; it is in the service's log"
    )


class _Guard(grpc.aio.ServerInterceptor):
    """Identity, policy, deadline, metrics and errors around every handler."""

    def __init__(self, verifier: TokenVerifier | None, settings: RpcSettings) -> None:
        self._verifier = verifier
        self._default_timeout = settings.default_timeout
        self._write_timeout = settings.write_timeout

    async def intercept_service(
        self, continuation: Callable[[Any], Awaitable[Any]], details: Any
    ) -> Any:
        handler = await continuation(details)
        method = details.method
        if handler is None or policy.is_open(method):
            return handler
        if handler.unary_unary:
            return grpc.unary_unary_rpc_method_handler(
                self._unary(handler.unary_unary, method),
                handler.request_deserializer,
                handler.response_serializer,
            )
        return grpc.unary_stream_rpc_method_handler(
            self._stream(handler.unary_stream, method),
            handler.request_deserializer,
            handler.response_serializer,
        )

    def _identify(self, context: Any, method: str) -> dict[str, str]:
        received = context.invocation_metadata() or ()
        metadata = {key: value for key, value in received if isinstance(value, str)}
        if self._verifier is None:
            raise errors.Unauthenticated("this service has no trust file", reason="NO_TRUST")
        scheme, _, token = metadata.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise errors.Unauthenticated("a bearer token is missing", reason="NO_TOKEN")
        identity = self._verifier.verify(token)
        policy.check(method, identity)
        _CALLER.set(identity)
        structlog.contextvars.bind_contextvars(method=method, caller=identity.subject)
        return metadata

    def _unary(self, inner: Any, method: str) -> Any:
        async def call(request: Any, context: Any) -> Any:
            started, code = time.monotonic(), "OK"
            try:
                metadata = self._identify(context, method)
                left = context.time_remaining()
                with span(method, metadata):
                    async with asyncio.timeout(self._default_timeout if left is None else left):
                        return await inner(request, context)
            except TimeoutError:
                code = "DEADLINE_EXCEEDED"
                await context.abort(grpc.StatusCode.DEADLINE_EXCEEDED, f"{method} took too long")
            except Exception as error:  # noqa: BLE001 - the one place that turns errors into statuses
                code = type(error).__name__
                await _abort(context, error, method)
            finally:
                RPC_SECONDS.labels(method, code).observe(time.monotonic() - started)

        return call

    def _stream(self, inner: Any, method: str) -> Any:
        async def call(request: Any, context: Any) -> None:
            try:
                self._identify(context, method)
                with RPC_STREAMS.labels(method).track_inprogress():
                    await self._write_all(context, inner(request, context))
            except Exception as error:  # noqa: BLE001 - the one place that turns errors into statuses
                # The status queues up behind what is unread, and nobody waits for that here.
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._write_timeout):
                        await _abort(context, error, method)

        return call

    async def _write_all(self, context: Any, responses: Any) -> None:
        async with aclosing(responses):
            async for response in responses:
                await self._write(context, response)

    async def _write(self, context: Any, response: Any) -> None:
        """Writes one response; keepalive alone would hold a frozen reader for 20 to 40 s."""
        try:
            async with asyncio.timeout(self._write_timeout):
                await context.write(response)
        except TimeoutError:
            raise errors.Exhausted(
                f"the stream was not read for {self._write_timeout} s; resume with the last token",
                reason="WATCHER_TOO_SLOW",
            ) from None


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
        interceptors=(_Guard(verifier, settings),),
        maximum_concurrent_rpcs=settings.maximum_concurrent_calls,
        options=(
            ("grpc.max_receive_message_length", MAXIMUM_RECEIVED),
            ("grpc.so_reuseport", 0),
            *_KEEPALIVE,
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


class _Credentials:
    """Adds token, trace context and a deadline to the details of a call."""

    def __init__(self, sign: Callable[[], str], timeout: float) -> None:
        self._sign = sign
        self._timeout = timeout

    def details(self, details: Any, *, bounded: bool) -> Any:
        metadata = grpc.aio.Metadata(*(details.metadata or ()))
        if metadata.get("authorization") is None:
            metadata.add("authorization", f"Bearer {self._sign()}")
        for name, value in inject().items():
            metadata.add(name, value)
        timeout = details.timeout or (self._timeout if bounded else None)
        return grpc.aio.ClientCallDetails(
            details.method, timeout, metadata, details.credentials, details.wait_for_ready
        )


# The library sorts interceptors by class and takes one class for one kind of call only.
class _UnaryCredentials(grpc.aio.UnaryUnaryClientInterceptor):
    def __init__(self, credentials: _Credentials) -> None:
        self._credentials = credentials

    async def intercept_unary_unary(
        self, continuation: Any, client_call_details: Any, request: Any
    ) -> Any:
        return await continuation(
            self._credentials.details(client_call_details, bounded=True), request
        )


class _StreamCredentials(grpc.aio.UnaryStreamClientInterceptor):
    def __init__(self, credentials: _Credentials) -> None:
        self._credentials = credentials

    async def intercept_unary_stream(
        self, continuation: Any, client_call_details: Any, request: Any
    ) -> Any:
        return await continuation(
            self._credentials.details(client_call_details, bounded=False), request
        )


@asynccontextmanager
async def connect_peer(
    address: str,
    *,
    audience: str,
    signer: TokenSigner,
    identify: Callable[[], Identity | None] = lambda: None,
    tls: TlsSettings | None = None,
    timeout: float = 5.0,
) -> AsyncIterator[grpc.aio.Channel]:
    """Yields a channel whose calls carry a token for audience.

    identify() names for whom the call is made (the console's person); None: this process itself.
    """
    credentials = _Credentials(lambda: signer.token(audience, identify()), timeout)
    options = (*_CLIENT_OPTIONS, *_KEEPALIVE)
    interceptors = [_UnaryCredentials(credentials), _StreamCredentials(credentials)]
    if tls and tls.ca_file and tls.key_file and tls.certificate_file:
        secure = grpc.ssl_channel_credentials(
            tls.ca_file.read_bytes(), tls.key_file.read_bytes(), tls.certificate_file.read_bytes()
        )
        channel = grpc.aio.secure_channel(address, secure, options, interceptors=interceptors)
    else:
        channel = grpc.aio.insecure_channel(address, options, interceptors=interceptors)
    try:
        yield channel
    finally:
        await channel.close(None)


def translate(error: grpc.aio.AioRpcError) -> errors.GroundswellError:
    """Returns the failure of the tree that a peer's status stands for."""
    kinds = {code: kind for kind, code in _CODES.items()}
    kinds[grpc.StatusCode.DEADLINE_EXCEEDED] = errors.Unavailable
    kind = kinds.get(error.code(), errors.GroundswellError)
    reason, metadata = "", {}
    status = rpc_status.from_call(cast("grpc.Call", error))
    for detail in status.details if status else ():
        info = error_details_pb2.ErrorInfo()
        if detail.Unpack(info):
            reason, metadata = info.reason, dict(info.metadata)
    failure = kind(error.details() or error.code().name, reason=reason)
    failure.metadata.update(metadata)
    return failure


@contextmanager
def translated() -> Iterator[None]:
    """Turns statuses of peers inside the block into the failure tree."""
    try:
        yield
    except grpc.aio.AioRpcError as error:
        raise translate(error) from error
