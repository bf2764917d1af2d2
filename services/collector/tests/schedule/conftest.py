"""A schedule that runs on a clock that moves when told."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from groundswell_collector.schedule import Changes, Schedule
from groundswell_core.service import Heartbeat


class Running:
    """A schedule that runs, on a clock that moves when told."""

    def __init__(self, schedule, collector, changes, clock, eventually):
        self.schedule = schedule
        self.stores = collector.stores
        self.changes = changes
        self.clock = clock
        self._eventually = eventually

    async def asleep(self):
        """Waits until every task and the supervisor wait for the clock."""
        await self._eventually(lambda: self.clock.sleepers == len(self.schedule._running) + 1)

    async def pass_time(self, seconds):
        await self.asleep()
        await self.clock.move(seconds)
        await self._eventually(lambda: self.clock.sleepers >= 1)

    async def health(self, identifier="one"):
        return (await self.stores.healths.of([identifier])).get(identifier)


@pytest.fixture
def running(clock, eventually):
    @asynccontextmanager
    async def run(collector):
        changes, stop = Changes(), asyncio.Event()
        schedule = Schedule(
            collector.stores,
            collector.reader,
            collector.settings,
            timing=collector.timing,
            changes=changes,
            clock=clock,
        )
        task = asyncio.create_task(schedule.run(stop, Heartbeat()))
        try:
            yield Running(schedule, collector, changes, clock, eventually)
        finally:
            stop.set()
            await task

    return run
