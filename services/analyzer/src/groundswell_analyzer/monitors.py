"""Monitors: stored, changed with care, followed by both roles."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from groundswell_analyzer.metrics import MONITORS_BROKEN
from groundswell_analyzer.query import CompiledQueries
from groundswell_core.clock import Clock
from groundswell_core.errors import Aborted, AlreadyExists, NotFound, Unavailable
from groundswell_core.log import get_logger
from groundswell_core.mongo import Collection
from groundswell_core.monitors import MONITORS, Monitor, MonitorState
from groundswell_core.names import parse_name
from groundswell_core.service import Heartbeat, Service

log = get_logger(__name__)

POLL_SECONDS = 1.0
Follower = Callable[["MonitorBook"], None]


class MonitorStore:
    """Monitors in MongoDB; a deleted one stays as a mark, so that no seed brings it back."""

    def __init__(self, collection: Collection, clock: Clock) -> None:
        """Takes the collection of monitors."""
        self._collection = collection
        self._clock = clock

    async def seed(self, monitors: Iterable[Monitor]) -> int:
        """Stores the monitors whose ids were never used; returns how many."""
        now = self._clock.now()
        records = [
            self._record(replace(monitor, create_time=now, update_time=now), 1)
            for monitor in monitors
        ]
        return sum(await self._collection.insert_new(records)) if records else 0

    async def all(self) -> list[Monitor]:
        """Returns every monitor, by name."""
        found = await self._collection.find({"deleted": {"$ne": True}}, sort=[("_id", 1)])
        return [MONITORS.from_record(record) for record in found]

    async def versions(self) -> dict[str, int]:
        """Returns the version of every monitor, deleted ones included: cheap to ask often."""
        found = await self._collection.find({}, fields=["version"])
        return {record["_id"]: int(record["version"]) for record in found}

    async def get(self, name: str) -> Monitor:
        """Returns one monitor; raises NotFound."""
        return MONITORS.from_record(await self._found(name))

    async def create(self, monitor: Monitor) -> Monitor:
        """Stores a new monitor; raises AlreadyExists when its id is taken."""
        now = self._clock.now()
        made = replace(monitor, create_time=now, update_time=now)
        try:
            await self._collection.insert(self._record(made, 1))
        except AlreadyExists:
            await self._reuse(made)
        return made

    async def update(self, monitor: Monitor) -> Monitor:
        """Replaces a monitor; raises NotFound."""
        before = await self._found(monitor.name)
        created = MONITORS.from_record(before).create_time
        made = replace(monitor, create_time=created, update_time=self._clock.now())
        await self._swap(before, self._record(made, int(before["version"]) + 1))
        return made

    async def delete(self, name: str) -> None:
        """Deletes a monitor; raises NotFound."""
        before = await self._found(name)
        mark = {"_id": before["_id"], "version": int(before["version"]) + 1, "deleted": True}
        await self._swap(before, mark)

    async def _found(self, name: str) -> dict[str, Any]:
        identifier = parse_name(name, "monitors")
        record = await self._collection.find_one({"_id": identifier, "deleted": {"$ne": True}})
        if record is None:
            raise NotFound(f"there is no {name}", reason="MONITOR_NOT_FOUND", name=name)
        return record

    async def _reuse(self, monitor: Monitor) -> None:
        identifier = parse_name(monitor.name, "monitors")
        before = await self._collection.find_one({"_id": identifier})
        if before is None or not before.get("deleted"):
            raise AlreadyExists(
                f"{monitor.name} is there already; update it or choose another id",
                reason="MONITOR_EXISTS",
                name=monitor.name,
            )
        await self._swap(before, self._record(monitor, int(before["version"]) + 1))

    async def _swap(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        where = {"_id": before["_id"], "version": before["version"]}
        if not await self._collection.replace(where, after):
            raise Aborted("the monitor was changed in between; read it again")

    def _record(self, monitor: Monitor, version: int) -> dict[str, Any]:
        identifier = parse_name(monitor.name, "monitors")
        return {"_id": identifier, "version": version, **MONITORS.to_record(monitor)}


class MonitorBook:
    """The monitors as they are now, compiled; looks for changes every second."""

    def __init__(self, store: MonitorStore) -> None:
        """Starts empty; refresh fills it."""
        self._store = store
        self._versions: dict[str, int] = {}
        self.monitors: dict[str, Monitor] = {}
        self.queries = CompiledQueries()
        self._followers: list[Follower] = []

    def follow(self, follower: Follower) -> None:
        """Calls follower after each change."""
        self._followers.append(follower)

    def working(self, name: str) -> Monitor | None:
        """Returns a monitor unless it is off or gone."""
        monitor = self.monitors.get(name)
        return monitor if monitor and monitor.state is not MonitorState.OFF else None

    def queries_of(self, names: Iterable[str]) -> list[str]:
        """Returns the queries of monitors that are there."""
        return [self.monitors[name].query for name in names if name in self.monitors]

    async def refresh(self) -> bool:
        """Reads the monitors when any changed; tells whether one did."""
        versions = await self._store.versions()
        if versions == self._versions:
            return False
        self.monitors = {monitor.name: monitor for monitor in await self._store.all()}
        self.queries = CompiledQueries(self.monitors.values())
        self._versions = versions
        self._report()
        for follower in self._followers:
            follower(self)
        return True

    def _report(self) -> None:
        MONITORS_BROKEN.set(len(self.queries.broken))
        for name, problems in self.queries.broken.items():
            log.error(
                "monitor left out: its query does not parse", monitor=name, why=str(problems[0])
            )

    async def run(self, service: Service, heartbeat: Heartbeat) -> None:
        """Refreshes until the service stops."""
        while not service.stopping.is_set():
            try:
                await self.refresh()
            except Unavailable as error:
                log.warning("monitors cannot be read now", reason=str(error))
            heartbeat.beat()
            await service.pause(POLL_SECONDS)


def changed(before: Mapping[str, Monitor], after: Mapping[str, Monitor]) -> set[str]:
    """Returns the names of monitors that match otherwise than before, deleted ones included."""
    names = set(before) | set(after)
    return {name for name in names if _matching(before.get(name)) != _matching(after.get(name))}


def _matching(monitor: Monitor | None) -> tuple[Any, ...] | None:
    return None if monitor is None or monitor.state is MonitorState.OFF else asks(monitor)


def asks(monitor: Monitor) -> tuple[Any, ...]:
    """Returns what decides which documents a monitor matches while it works."""
    return (monitor.query, monitor.languages, monitor.sources, monitor.exercise)


async def wait_for_monitors(book: MonitorBook, *, patience: float = 30.0) -> None:
    """Reads the monitors for the first time; a bad moment is waited out."""
    async with asyncio.timeout(patience):
        while True:
            try:
                await book.refresh()
            except Unavailable:
                await asyncio.sleep(0.5)
            else:
                return
