"""Kills under load: each service on its own rhythm from a printed seed, and the broker emptied."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from harness.stack import Stack


@dataclass(slots=True)
class Faults:
    """How often what is killed, and what was done."""

    kills: int
    seed: int
    done: dict[str, int] = field(default_factory=dict)
    says: Callable[[str], None] = print

    async def kill_service(self, stack: Stack, name: str) -> None:
        """Kills a service again and again, each time some moments after it works."""
        rng = random.Random(f"{self.seed} {name}")  # seeded by text: the same on every machine
        for turn in range(self.kills):
            await stack.wait_ready(name)
            await asyncio.sleep(rng.uniform(0.0, 4.0))
            await stack.kill(name)
            self._count(name)
            self.says(f"killed {name} ({turn + 1} of {self.kills})")
            stack.start(name)
        await stack.wait_ready(name)

    async def repeat(
        self, name: str, times: int, fault: Callable[[], Awaitable[None]], *, pause: float
    ) -> None:
        """Causes a fault so many times, with random pauses around pause seconds."""
        rng = random.Random(f"{self.seed} {name}")
        for turn in range(times):
            await asyncio.sleep(rng.uniform(0.5, 1.5) * pause)
            await fault()
            self._count(name)
            self.says(f"{name} ({turn + 1} of {times})")

    def _count(self, name: str) -> None:
        self.done[name] = self.done.get(name, 0) + 1


async def keep_alive(stack: Stack, says: Callable[[str], None] = print) -> None:
    """Starts again what ended by itself, as a supervisor would; runs until cancelled."""
    while True:
        for name in stack.revive():
            says(f"{name} ended by itself and was started again")
        await asyncio.sleep(0.5)


async def pour_until(load: Callable[[int], object], stop: asyncio.Event, *, rate: float) -> None:
    """Publishes rate documents a second until stop is set."""
    loop = asyncio.get_running_loop()
    start, done = loop.time(), 0
    while not stop.is_set():
        due = int((loop.time() - start) * rate)
        if due > done:
            load(due - done)
            done = due
        await asyncio.sleep(0.1)


def bound(kills: int) -> str:
    """Returns the 95 % upper bound of a rate that was seen to be zero in so many tries."""
    return f"{3 / kills:.1%}" if kills else "not measured"
