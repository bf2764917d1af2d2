"""Failed log-ins of the last quarter of an hour, in memory: who failed too often waits."""

from __future__ import annotations

from collections import OrderedDict, deque

from groundswell_core.clock import Clock
from groundswell_core.errors import Exhausted

WINDOW = 900.0  # seconds
_KEPT = 10_000  # keys; the oldest are forgotten first


class FailedLogins:
    """Limits failures for one name from one address, for one address, and for one name."""

    def __init__(self, limit: int, clock: Clock) -> None:
        """Takes the limit of a name from one address."""
        self._limits = {"pair": limit, "address": 6 * limit, "name": 20 * limit}
        self._clock = clock
        self._times: OrderedDict[tuple[str, str], deque[float]] = OrderedDict()

    def check(self, name: str, address: str) -> None:
        """Raises Exhausted, saying how many minutes to wait, after too many failures."""
        wait = max(self._wait(kind, key) for kind, key in self._keys(name, address))
        if wait > 0:
            minutes = int(wait // 60) + 1
            raise Exhausted(
                f"too many failed log-ins; try again in {minutes} minutes",
                reason="TOO_MANY_LOGINS",
                minutes=minutes,
            )

    def add(self, name: str, address: str) -> None:
        """Counts a failure."""
        for key in self._keys(name, address):
            times = self._times.setdefault(key, deque(maxlen=self._limits[key[0]]))
            times.append(self._clock.monotonic())
            self._times.move_to_end(key)
        while len(self._times) > _KEPT:
            self._times.popitem(last=False)

    def forget(self, name: str, address: str) -> None:
        """Forgets the failures of a name from an address that now logged in."""
        self._times.pop(("pair", f"{name} {address}"), None)

    def _keys(self, name: str, address: str) -> tuple[tuple[str, str], ...]:
        return ("pair", f"{name} {address}"), ("address", address), ("name", name)

    def _wait(self, kind: str, key: str) -> float:
        times = self._times.get((kind, key))
        if times is None or len(times) < self._limits[kind]:
            return 0.0
        return times[0] + WINDOW - self._clock.monotonic()
