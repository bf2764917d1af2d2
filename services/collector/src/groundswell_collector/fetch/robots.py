"""robots.txt: what a site permits, kept for a day (RFC 9309)."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from weakref import WeakValueDictionary

from protego import Protego
from yarl import URL

from groundswell_collector.fetch.address import origin_of, shown
from groundswell_core.clock import Clock
from groundswell_core.errors import InvalidInput, Unavailable

MAXIMUM_BYTES = 500 * 1024  # RFC 9309 2.5: read at least this much; we stop here
RETRY_SECONDS = 600.0  # how long a server error counts as "disallow all"
_PRODUCT = "Groundswell"  # the name that robots.txt addresses us by
_LONGEST_DELAY = 60.0  # seconds; a longer Crawl-delay is cut to this
_REMEMBERED = 4096  # origins

# Fetches robots.txt and returns (status, body).
Load = Callable[[URL], Awaitable[tuple[int, bytes]]]


@dataclass(frozen=True, slots=True)
class Rules:
    """What one origin's robots.txt says, until when."""

    parsed: Protego | None  # None: nothing may be fetched for now
    expire_time: float  # monotonic seconds
    status: int  # of the answer

    def crawl_delay(self) -> float:
        """Returns the seconds between requests that the site asks for."""
        asked = self.parsed.crawl_delay(_PRODUCT) if self.parsed else None
        return min(_LONGEST_DELAY, max(0.0, float(asked or 0.0)))


class Robots:
    """Keeps the rules of every origin and tells what they permit."""

    def __init__(self, load: Load, *, clock: Clock, lifetime: float) -> None:
        """Takes the loader of robots.txt and the seconds that an answer is kept."""
        self._load = load
        self._clock = clock
        self._lifetime = lifetime
        self._rules: OrderedDict[str, Rules] = OrderedDict()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def check(self, url: URL) -> float:
        """Returns the crawl delay in seconds; raises when robots.txt forbids the URL."""
        rules = self._kept(url) or await self._fetch(url)
        if rules.parsed is None:
            raise Unavailable(
                f"robots.txt of {url.host} cannot be read (status {rules.status}), which counts as "
                "forbidden (RFC 9309); it is tried again in a few minutes",
                reason="ROBOTS_UNREACHABLE",
                retry_after=max(0.0, rules.expire_time - self._clock.monotonic()),
                url=shown(url),
            )
        if not rules.parsed.can_fetch(str(url), _PRODUCT):
            raise InvalidInput(
                f"{shown(url)} is forbidden by the site's robots.txt; "
                "ask its owner or take the source off",
                reason="ROBOTS_FORBIDDEN",
                url=shown(url),
            )
        return rules.crawl_delay()

    def _kept(self, url: URL) -> Rules | None:
        rules = self._rules.get(origin_of(url))
        return rules if rules and rules.expire_time > self._clock.monotonic() else None

    async def _fetch(self, url: URL) -> Rules:
        origin = origin_of(url)
        async with self._locks.setdefault(origin, asyncio.Lock()):
            if rules := self._kept(url):  # somebody else has just asked
                return rules
            status, body = await self._load(url.origin().with_path("/robots.txt"))
            rules = read_rules(status, body, self._clock.monotonic(), self._lifetime)
            self._rules[origin] = rules
            self._rules.move_to_end(origin)
        while len(self._rules) > _REMEMBERED:
            self._rules.popitem(last=False)
        return rules


def read_rules(status: int, body: bytes, now: float, lifetime: float) -> Rules:
    """Returns the rules of an answer: 4xx permits all, 5xx and silence forbid all for a while."""
    if status == 200:
        text = body[:MAXIMUM_BYTES].decode("utf-8", "replace").lstrip("\ufeff")
        return Rules(Protego.parse(text), now + lifetime, status)
    if 400 <= status < 500 and status != 429:
        return Rules(Protego.parse(""), now + lifetime, status)
    return Rules(None, now + min(RETRY_SECONDS, lifetime), status)
