"""The fetcher: polite, guarded, bounded in time and size; every failure names the URL and the cure."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import aiohttp
from yarl import URL

from groundswell_collector.fetch import robots as robots_txt
from groundswell_collector.fetch.address import host_of, join, parse, shown
from groundswell_collector.fetch.politeness import Politeness
from groundswell_collector.fetch.settings import FetchSettings
from groundswell_collector.fetch.transfer import Answer, get, open_session
from groundswell_core.clock import Clock
from groundswell_core.errors import GroundswellError, InvalidInput, Unavailable
from groundswell_core.sources import Response

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LATER = frozenset({408, 425, 429})  # 4xx that mean a bad moment
_LONGEST_WAIT = 3600.0  # seconds; a longer Retry-After is cut to this


class Fetcher:
    """Fetches for all sources; make one with `async with open_fetcher(…)`."""

    def __init__(
        self, session: aiohttp.ClientSession, settings: FetchSettings, clock: Clock
    ) -> None:
        """Takes a session that nothing else uses: its pool holds guarded connections only."""
        self._session = session
        self._settings = settings
        self._clock = clock
        self._politeness = Politeness(
            connections=settings.host_connections, delay=settings.host_delay, clock=clock
        )
        self._robots = robots_txt.Robots(
            self._load_robots, clock=clock, lifetime=settings.robots_lifetime
        )

    async def fetch(
        self, url: str, *, etag: str = "", last_modified: str = "", accept: str = "*/*"
    ) -> Response:
        """Returns the answer (200, or 304 when validators were sent and still hold).

        Raises Unavailable for a bad moment and InvalidInput for what will not get better by itself.
        """
        headers = {"Accept": _header(accept)}
        if etag:
            headers["If-None-Match"] = _header(etag)
        if last_modified:
            headers["If-Modified-Since"] = _header(last_modified)
        target, deadline = parse(url), _Deadline(self._settings.timeout)
        for _ in range(self._settings.maximum_redirects + 1):
            answer = await self._ask(target, headers, deadline)
            if answer.status not in _REDIRECTS:
                return self._response(answer, target, is_conditional=bool(etag or last_modified))
            target = join(target, answer.headers.get("Location", ""))
        raise InvalidInput(
            f"{shown(url)} redirects more than {self._settings.maximum_redirects} times; "
            "use the address where the redirects end",
            reason="TOO_MANY_REDIRECTS",
            url=shown(url),
        )

    async def _ask(self, url: URL, headers: dict[str, str], deadline: _Deadline) -> Answer:
        async with deadline.running(url):
            delay = await self._robots.check(url)
        async with (
            self._politeness.turn(host_of(url), delay=delay),
            deadline.running(url),
        ):
            return await get(self._session, url, headers, self._settings)

    async def _load_robots(self, url: URL) -> tuple[int, bytes]:
        """Returns status and body of robots.txt after redirects; an unusable one counts as missing."""
        try:
            for _ in range(self._settings.maximum_redirects + 1):
                answer = await get(
                    self._session, url, {}, self._settings, cut_at=robots_txt.MAXIMUM_BYTES
                )
                if answer.status not in _REDIRECTS:
                    return answer.status, answer.body
                url = join(url, answer.headers.get("Location", ""))
        except InvalidInput:
            return 404, b""  # an unusable robots.txt is none; the guard checks the URL itself too
        return 404, b""  # RFC 9309 2.3.1.2: past five redirects it counts as unavailable

    def _response(self, answer: Answer, url: URL, *, is_conditional: bool) -> Response:
        if answer.status != 200 and not (answer.status == 304 and is_conditional):
            raise self._failure(answer, url)
        content_type, charset = _content_type(answer.headers.get("Content-Type", ""))
        return Response(
            status=answer.status,
            url=str(url),
            body=answer.body,
            content_type=content_type,
            charset=charset,
            etag=answer.headers.get("ETag", ""),
            last_modified=answer.headers.get("Last-Modified", ""),
        )

    def _failure(self, answer: Answer, url: URL) -> GroundswellError:
        name, status = shown(url), answer.status
        if status in _LATER or status >= 500:
            wait = _retry_after(answer.headers.get("Retry-After", ""), self._clock.now())
            if wait and status in {429, 503}:
                self._politeness.hold(host_of(url), wait)
            return Unavailable(
                f"{name} answers {_phrase(status)}; it is tried again",
                reason=f"HTTP_{status}",
                retry_after=wait,
                url=name,
            )
        return InvalidInput(
            f"{name} answers {_phrase(status)}; {_cure(status)}", reason=f"HTTP_{status}", url=name
        )


class _Deadline:
    """The total time of one fetch; waiting for one's turn with a host does not count."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._left = seconds

    @asynccontextmanager
    async def running(self, url: URL) -> AsyncIterator[None]:
        """Spends time; raises Unavailable when none is left."""
        started = time.monotonic()
        try:
            async with asyncio.timeout(max(0.0, self._left)):
                yield
        except TimeoutError:
            raise Unavailable(
                f"{shown(url)} took longer than {self._seconds:g} s and was cut off; "
                "it is tried again",
                reason="TOO_SLOW",
                url=shown(url),
            ) from None
        finally:
            self._left -= time.monotonic() - started


@asynccontextmanager
async def open_fetcher(settings: FetchSettings, clock: Clock) -> AsyncIterator[Fetcher]:
    """Opens a fetcher with a connection pool of its own."""
    async with open_session(settings) as session:
        yield Fetcher(session, settings, clock)


def _header(value: str) -> str:
    """Returns a value that cannot end its header: validators come back from servers."""
    return "".join(character for character in value if " " <= character <= "~")[:1000]


def _content_type(header: str) -> tuple[str, str]:
    message = Message()
    message["Content-Type"] = _header(header)
    charset = message.get_param("charset")
    kind = header.partition(";")[0].strip().lower()
    return kind, charset.strip().lower() if isinstance(charset, str) else ""


def _retry_after(header: str, now: datetime) -> float | None:
    text = header.strip()
    if text.isascii() and text.isdigit():
        return min(_LONGEST_WAIT, float(text[:9]))
    try:
        when = parsedate_to_datetime(text)
        when = when if when.tzinfo else when.replace(tzinfo=UTC)
        return min(_LONGEST_WAIT, max(0.0, (when - now).total_seconds()))
    except (ValueError, TypeError, OverflowError):
        return None


def _phrase(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _cure(status: int) -> str:
    if status in {401, 403, 407, 451}:
        return "it does not want to be read by us; take the source off or ask its owner"
    if status in {404, 410}:
        return "nothing is there; check the URL"
    if 200 <= status < 300:
        return "there is nothing to read; check the URL"
    return "check the URL"
