"""Around every handler: identity, policy, deadline, metrics, errors, and a limit for each write."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable
from contextlib import aclosing, suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import grpc
import structlog

from groundswell_core import errors, policy
from groundswell_core.log import get_logger
from groundswell_core.metrics import RPC_SECONDS, RPC_STREAMS
from groundswell_core.rpc.failures import CODES, to_status
from groundswell_core.tokens import Identity, TokenVerifier
from groundswell_core.trace import span

if TYPE_CHECKING:
    from groundswell_core.settings import RpcSettings

log = get_logger(__name__)
_CALLER: ContextVar[Identity] = ContextVar("caller")


def caller() -> Identity:
    """Returns who made the call that is being handled."""
    return _CALLER.get()


async def _abort(context: Any, error: BaseException, method: str) -> None:
    if isinstance(error, errors.GroundswellError) and type(error) in CODES:
        await context.abort_with_status(to_status(error))
    identifier = uuid.uuid4().hex[:12]
    log.error("call failed", method=method, error_id=identifier, exc_info=error)
    await context.abort(
        grpc.StatusCode.INTERNAL, f"internal error {identifier}; it is in the service's log"
    )


class Guard(grpc.aio.ServerInterceptor):
    """Identity, policy, deadline, metrics and errors around every handler."""

    def __init__(self, verifier: TokenVerifier | None, settings: RpcSettings) -> None:
        """Takes no verifier to refuse every call."""
        self._verifier = verifier
        self._default_timeout = settings.default_timeout
        self._write_timeout = settings.write_timeout

    async def intercept_service(
        self, continuation: Callable[[Any], Awaitable[Any]], details: Any
    ) -> Any:
        """Wraps the handler of a method, but for those that need no token."""
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
