"""One service that the console asks: its channel, and when it last answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

import grpc

from groundswell_core import rpc
from groundswell_core.clock import Clock
from groundswell_core.errors import GroundswellError, Unavailable

T = TypeVar("T")
Call = Callable[[Any], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list; an empty token ends it, total is None when nobody counted."""

    items: tuple[T, ...]
    next_token: str = ""
    total: int | None = None


def total_of(answer: Any) -> int | None:
    """Returns how many match in all, when the service counted them."""
    return answer.total_count if answer.HasField("total_count") else None


class Peer:
    """A service, by name."""

    def __init__(self, name: str, channel: grpc.aio.Channel, clock: Clock) -> None:
        """Takes the channel that signs for whoever is logged in."""
        self.name = name
        self.channel = channel
        self._clock = clock
        self.answer_time: datetime | None = None

    async def ask(self, call: Call, request: Any) -> Any:
        """Returns the answer; failures are of the tree, and Unavailable names the service."""
        try:
            with rpc.translated():
                response = await call(request)
        except Unavailable as error:
            self.mark(error)
            raise
        except GroundswellError:
            self.answer_time = self._clock.now()
            raise
        self.answer_time = self._clock.now()
        return response

    def mark(self, error: Unavailable) -> None:
        """Writes into a failure who did not answer, and since when."""
        error.metadata["service"] = self.name
        error.metadata["answer_time"] = self.answer_time.isoformat() if self.answer_time else ""
