"""One retry policy and one way to apply it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from groundswell_core.errors import GroundswellError, Unavailable

T = TypeVar("T")
Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often and how long to wait between attempts; waits are fully jittered."""

    initial_interval: float = 0.2  # seconds
    backoff_coefficient: float = 2.0
    maximum_interval: float = 30.0  # seconds
    maximum_attempts: int = 0  # 0: no limit
    jitter: Callable[[float, float], float] = field(default=random.uniform, repr=False)

    def ceiling(self, attempt: int) -> float:
        """Returns the longest wait in seconds after so many failed attempts (1 is the first)."""
        exponent = min(attempt - 1, 63)
        return min(
            self.maximum_interval, self.initial_interval * self.backoff_coefficient**exponent
        )

    def wait(self, attempt: int, error: GroundswellError | None = None) -> float:
        """Returns the seconds to wait after so many failures, never less than the peer asked for."""
        asked = getattr(error, "retry_after", None) or 0.0
        return max(asked, self.jitter(0.0, self.ceiling(attempt)))


async def retry(
    call: Callable[[], Awaitable[T]], policy: RetryPolicy, *, sleep: Sleep = asyncio.sleep
) -> T:
    """Awaits call until it succeeds; only Unavailable is tried again, within the policy."""
    attempt = 0
    while True:
        try:
            return await call()
        except Unavailable as error:
            attempt += 1
            if policy.maximum_attempts and attempt >= policy.maximum_attempts:
                raise
            await sleep(policy.wait(attempt, error))
