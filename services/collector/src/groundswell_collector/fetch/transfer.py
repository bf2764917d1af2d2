"""One request over the guarded connection: no redirects, all limits, failures named."""

from __future__ import annotations

import errno
import time
from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp
from yarl import URL

from groundswell_collector.fetch.address import shown
from groundswell_collector.fetch.decoding import ACCEPTED, Body
from groundswell_collector.fetch.settings import FetchSettings
from groundswell_core.dial import AddressGuard, parse_networks, parse_ports
from groundswell_core.errors import GroundswellError, InvalidInput, Unavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server answered to one request."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    is_cut: bool = False  # the body was longer than asked for


def open_session(settings: FetchSettings) -> aiohttp.ClientSession:
    """Returns a session of its own: guarded at the dial, without proxies, cookies and decoding."""
    guard = AddressGuard(
        allowed=parse_networks(settings.allowed_networks),
        denied=parse_networks(settings.denied_networks),
        ports=parse_ports(settings.allowed_ports),
    )
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(socket_factory=guard, limit=settings.connections),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": settings.user_agent, "Accept-Encoding": ACCEPTED},
        auto_decompress=False,
        trust_env=False,
        timeout=aiohttp.ClientTimeout(
            total=None, sock_connect=settings.slow_after, sock_read=settings.slow_after
        ),
    )


async def get(
    session: aiohttp.ClientSession,
    url: URL,
    headers: Mapping[str, str],
    settings: FetchSettings,
    *,
    cut_at: int | None = None,
) -> Answer:
    """Sends one GET and returns the answer; the body is read for 200 alone.

    With cut_at, a longer body is cut there instead of refused. The caller bounds the total time.
    """
    try:
        async with session.get(url, headers=headers, allow_redirects=False) as response:
            if response.status != 200:
                return Answer(status=response.status, headers=response.headers, body=b"")
            body, is_cut = await _read(response, settings, cut_at)
            return Answer(status=200, headers=response.headers, body=body, is_cut=is_cut)
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise translate(error, url) from error


async def _read(
    response: aiohttp.ClientResponse, settings: FetchSettings, cut_at: int | None
) -> tuple[bytes, bool]:
    url = shown(response.url)
    body = Body(
        response.headers.get("Content-Encoding", ""),
        maximum_bytes=settings.maximum_bytes,
        maximum_ratio=settings.maximum_ratio,
        url=url,
    )
    started = time.monotonic()
    async for chunk in response.content.iter_any():
        body.feed(chunk)
        if cut_at is not None and body.size >= cut_at:
            return body.so_far()[:cut_at], True
        elapsed = time.monotonic() - started
        if elapsed > settings.slow_after and body.wire_bytes < elapsed * settings.minimum_rate:
            raise Unavailable(
                f"{url} sends under {settings.minimum_rate} bytes per second; it was cut off",
                reason="TOO_SLOW",
                url=url,
            )
    return body.finish(), False


def translate(error: Exception, url: URL) -> GroundswellError:
    """Returns our failure for one of the client's, without its text: that may hold secrets."""
    name = shown(url)
    if _errno(error) == errno.EACCES:
        return InvalidInput(
            f"{name} leads to a private or reserved address or a port that is not allowed; "
            "if that is meant, add its network to GROUNDSWELL_FETCH__ALLOWED_NETWORKS",
            reason="FORBIDDEN_ADDRESS",
            url=name,
        )
    if isinstance(error, (aiohttp.InvalidURL, ValueError)):
        return InvalidInput(
            f"{name} cannot be requested; check the URL", reason="BAD_URL", url=name
        )
    return Unavailable(f"{name} {_story(error)}; it is tried again", reason="UNREACHABLE", url=name)


def _errno(error: Exception) -> int | None:
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    return cause.errno if isinstance(cause, OSError) else None


def _story(error: Exception) -> str:
    match error:
        case aiohttp.ClientConnectorDNSError():
            return "has a host name that cannot be resolved"
        case aiohttp.ClientSSLError():
            return "shows a certificate that cannot be trusted"
        case TimeoutError():
            return "did not answer in time"
        case aiohttp.ClientConnectorError():
            return "refuses connections or cannot be reached"
        case aiohttp.ClientPayloadError() | aiohttp.ServerDisconnectedError():
            return "broke off its answer"
        case aiohttp.ClientResponseError():
            return "answers with something that is not HTTP"
        case _:
            return f"failed ({type(error).__name__})"
