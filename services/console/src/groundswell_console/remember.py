"""The last good content of panels, so that a service that restarts does not blank a duty desk."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from groundswell_console.failures import Failure, explain
from groundswell_console.texts import Texts
from groundswell_core.clock import Clock
from groundswell_core.errors import GroundswellError, Unavailable

T = TypeVar("T")
_KEPT = 2000


@dataclass(frozen=True, slots=True)
class Panel(Generic[T]):
    """A panel's content: fresh, or as of an earlier time with the failure since."""

    value: T | None
    time: datetime
    failure: Failure | None = None


class LastGood:
    """Remembers panels by person and name."""

    def __init__(self, clock: Clock) -> None:
        """Takes the clock that stamps them."""
        self._clock = clock
        self._panels: OrderedDict[tuple[str, str], Panel[Any]] = OrderedDict()

    async def panel(self, account: str, name: str, work: Awaitable[T], t: Texts) -> Panel[T]:
        """Returns work's result, or the last one with the failure when the service does not answer."""
        key = (account, name)
        try:
            made = Panel(await work, self._clock.now())
        except GroundswellError as error:
            last = self._panels.get(key) if isinstance(error, Unavailable) else None
            failure = explain(error, t)
            if last is None:
                return Panel(None, self._clock.now(), failure)
            return Panel(last.value, last.time, failure)
        self._panels[key] = made
        self._panels.move_to_end(key)
        while len(self._panels) > _KEPT:
            self._panels.popitem(last=False)
        return made
