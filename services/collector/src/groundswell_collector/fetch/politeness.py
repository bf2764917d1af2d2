"""Politeness per host: few connections, a pause between starts, and no knocking when told to wait."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from groundswell_core.clock import Clock
from groundswell_core.errors import Unavailable

_REMEMBERED = 10_000  # hosts; the least recently used idle one is forgotten


@dataclass(slots=True)
class _Host:
    slots: asyncio.Semaphore
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    next_start: float = 0.0  # monotonic seconds
    held_until: float = 0.0  # monotonic seconds; the host asked for quiet
    users: int = 0


class Politeness:
    """Gates fetches by host."""

    def __init__(self, *, connections: int, delay: float, clock: Clock) -> None:
        """Takes the fetches at once per host and the seconds between their starts."""
        self._connections = connections
        self._delay = delay
        self._clock = clock
        self._hosts: OrderedDict[str, _Host] = OrderedDict()

    @asynccontextmanager
    async def turn(self, name: str, *, delay: float = 0.0) -> AsyncIterator[None]:
        """Waits for a turn with a host; delay is what its robots.txt asks for, in seconds.

        Raises Unavailable at once while the host wants to be left alone.
        """
        host = self._host(name)
        host.users += 1
        try:
            self._refuse_held(name, host)
            async with host.slots:
                await self._wait(host, max(delay, self._delay))
                self._refuse_held(name, host)
                yield
        finally:
            host.users -= 1

    def hold(self, name: str, seconds: float) -> None:
        """Leaves a host alone for so many seconds, as it asked."""
        host = self._host(name)
        host.held_until = max(host.held_until, self._clock.monotonic() + seconds)

    async def _wait(self, host: _Host, delay: float) -> None:
        async with host.turn:
            wait = host.next_start - self._clock.monotonic()
            if wait > 0:
                await self._clock.sleep(wait)
            host.next_start = self._clock.monotonic() + delay

    def _refuse_held(self, name: str, host: _Host) -> None:
        left = host.held_until - self._clock.monotonic()
        if left > 0:
            raise Unavailable(
                f"{name} asked to be left alone for another {left:.0f} s; it is tried again then",
                reason="HOST_BUSY",
                retry_after=left,
                host=name,
            )

    def _host(self, name: str) -> _Host:
        host = self._hosts.pop(name, None) or _Host(asyncio.Semaphore(self._connections))
        self._hosts[name] = host
        if len(self._hosts) > _REMEMBERED:
            self._forget()
        return host

    def _forget(self) -> None:
        now = self._clock.monotonic()
        for name, host in self._hosts.items():
            if not host.users and host.held_until <= now and host.next_start <= now:
                del self._hosts[name]
                return
