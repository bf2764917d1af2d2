"""One way to call: token, trace context and a deadline on every call."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import grpc

from groundswell_core.rpc.options import CLIENT
from groundswell_core.tokens import Identity, TokenSigner
from groundswell_core.trace import inject

if TYPE_CHECKING:
    from groundswell_core.settings import TlsSettings


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
    interceptors = [_UnaryCredentials(credentials), _StreamCredentials(credentials)]
    if tls and tls.ca_file and tls.key_file and tls.certificate_file:
        secure = grpc.ssl_channel_credentials(
            tls.ca_file.read_bytes(), tls.key_file.read_bytes(), tls.certificate_file.read_bytes()
        )
        channel = grpc.aio.secure_channel(address, secure, CLIENT, interceptors=interceptors)
    else:
        channel = grpc.aio.insecure_channel(address, CLIENT, interceptors=interceptors)
    try:
        yield channel
    finally:
        await channel.close(None)
