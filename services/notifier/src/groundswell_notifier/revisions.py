"""The revision log: every change of an alert once, in order, without a gap.

The next revision is the greatest one plus 1, inserted under a unique index; that index is the
fence. A counter that is drawn first and inserted later would leave holes that a resuming reader
runs past.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from groundswell_core.clock import Clock
from groundswell_core.errors import Stalled, Unavailable
from groundswell_core.log import get_logger
from groundswell_core.mongo import Collection

log = get_logger(__name__)

_BIRTH = "birth"  # revision 0: says which log this is
_PRUNE_STEP = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change to be logged; message_id makes a repeat harmless."""

    message_id: str
    kind: str
    department: str
    exercise: bool
    payload: bytes  # the alert as it is after the change
    # The labels that the log told of last, where they differ: a filter may have matched those.
    previous_labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A logged change."""

    rev: int
    change: Change


class Wake:
    """Wakes every task that waits, at each ring."""

    def __init__(self) -> None:
        """Starts silent."""
        self._event = asyncio.Event()

    def ring(self) -> None:
        """Wakes those who wait now."""
        self._event.set()
        self._event = asyncio.Event()

    async def wait(self, timeout: float) -> None:
        """Waits for the next ring, at most so many seconds."""
        try:
            async with asyncio.timeout(timeout):
                await self._event.wait()
        except TimeoutError:
            return


class RevisionLog:
    """Appends and reads revisions. One process appends at a time; any may read."""

    def __init__(self, collection: Collection, clock: Clock) -> None:
        """Call start before anything else."""
        self._collection = collection
        self._clock = clock
        self._lock = asyncio.Lock()
        self._maximum: int | None = None
        # A predecessor's last write may cross our first: that one conflict is no second writer.
        self._forgiving = True
        self.writer = secrets.token_hex(8)
        self.incarnation = ""
        self.grown = Wake()

    async def start(self) -> None:
        """Gives a new log its incarnation; reads that of an old one."""
        await self._collection.update(
            {"_id": _BIRTH},
            {
                "$setOnInsert": {
                    "rev": 0,
                    "kind": _BIRTH,
                    "writer": self.writer,
                    "time": self._clock.now(),
                }
            },
            upsert=True,
        )
        birth = await self._collection.find_one({"_id": _BIRTH})
        self.incarnation = str(birth["writer"]) if birth else ""

    async def take_over(self) -> None:
        """Drops what is remembered of the log's end: somebody else may have written since."""
        self._maximum = None
        self._forgiving = True

    async def append(self, changes: Sequence[Change]) -> dict[str, int]:
        """Logs changes in order; returns the revision of each message id.

        One that is logged already keeps its revision. Stalled when another writer is active.
        """
        found: dict[str, int] = {}
        rest = list(changes)
        async with self._lock:
            while rest:
                done = await self._insert(rest, found)
                rest = rest[done:]
                if rest and await self._settle(rest[0], found):
                    rest = rest[1:]
        self.grown.ring()
        return found

    async def _insert(self, changes: Sequence[Change], found: dict[str, int]) -> int:
        if self._maximum is None:
            self._maximum = await self.last()
        first = self._maximum + 1
        records = [self._record(change, first + index) for index, change in enumerate(changes)]
        try:
            count = await self._collection.insert_in_order(records)
        except Unavailable:
            self._maximum = None  # unknown, not failed: some of them may be there
            raise
        found.update((record["_id"], record["rev"]) for record in records[:count])
        self._maximum += count
        self._forgiving = self._forgiving and not count
        return count

    def _record(self, change: Change, rev: int) -> dict[str, Any]:
        record: dict[str, Any] = {
            "_id": change.message_id,
            "rev": rev,
            "kind": change.kind,
            "writer": self.writer,
            "time": self._clock.now(),
            "department": change.department,
            "exercise": change.exercise,
            "payload": change.payload,
        }
        if change.previous_labels:
            record["previous_labels"] = sorted(map(list, change.previous_labels.items()))
        return record

    async def _settle(self, change: Change, found: dict[str, int]) -> bool:
        """Tells whether a refused change is logged already; raises Stalled for a second writer."""
        logged = await self._collection.find_one({"_id": change.message_id}, fields=["rev"])
        wanted, self._maximum = (self._maximum or 0) + 1, None
        if logged:
            found[change.message_id] = int(logged["rev"])
            return True
        taken = await self._collection.find_one({"rev": wanted}, fields=["writer"])
        if taken and taken["writer"] != self.writer:
            if not self._forgiving:
                raise Stalled(
                    f"revision {wanted} is another writer's: this process is no longer the active "
                    "notifier and leaves"
                )
            self._forgiving = False
        return False

    async def last(self) -> int:
        """Returns the greatest revision; 0 when there is none."""
        newest = await self._collection.find_one({}, sort=[("rev", -1)], fields=["rev"])
        return int(newest["rev"]) if newest else 0

    async def earliest(self) -> int:
        """Returns the smallest revision that is kept; the next one when there is none."""
        oldest = await self._collection.find_one(
            {"rev": {"$gt": 0}}, sort=[("rev", 1)], fields=["rev"]
        )
        return int(oldest["rev"]) if oldest else await self.last() + 1

    async def read(self, after: int, limit: int = 200) -> list[Revision]:
        """Returns the revisions that follow one, in order."""
        records = await self._collection.find(
            {"rev": {"$gt": after}}, sort=[("rev", 1)], limit=limit
        )
        return [_revision(record) for record in records]

    async def prune(self, *, keep: int, younger_than: timedelta) -> int:
        """Removes the oldest revisions beyond both limits; returns how many."""
        border = await self.last() - keep
        cut = self._clock.now() - younger_than
        border = min(border, await self._first_since(cut) - 1)
        removed, edge = 0, await self.earliest() - 1
        while edge < border:
            edge = min(edge + _PRUNE_STEP, border)
            removed += await self._collection.delete_many({"rev": {"$gt": 0, "$lte": edge}})
        return removed

    async def _first_since(self, moment: datetime) -> int:
        found = await self._collection.find_one(
            {"rev": {"$gt": 0}, "time": {"$gte": moment}}, sort=[("time", 1)], fields=["rev"]
        )
        return int(found["rev"]) if found else await self.last() + 1


def _revision(record: Mapping[str, Any]) -> Revision:
    return Revision(
        rev=int(record["rev"]),
        change=Change(
            message_id=record["_id"],
            kind=record["kind"],
            department=record["department"],
            exercise=record["exercise"],
            payload=bytes(record["payload"]),
            previous_labels=dict(record.get("previous_labels", ())),
        ),
    )
