"""The incident ledger: incidents stored with compare-and-set, their outbox in the same record."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from groundswell_coordinator.opening import Case, Seen
from groundswell_coordinator.stores import INCIDENT_RETENTION
from groundswell_core.errors import Aborted, AlreadyExists, NotFound
from groundswell_core.grades import Level
from groundswell_core.incidents import INCIDENTS, Incident, IncidentState
from groundswell_core.mongo import Collection, Sort, insert_op, replace_op, update_op

OPEN_RANK, CLOSED_RANK = 0, 1
LISTED: Sort = (("rank", 1), ("grade", -1), ("create_time", -1), ("_id", 1))
_KEPT_REQUESTS = 100
_TRIES = 50  # each loses only to somebody who won
_PUBLISH_BATCH = 100


class Ledger:
    """Reads and writes incidents; any replica may."""

    def __init__(self, collection: Collection) -> None:
        """Takes the collection `incidents`."""
        self._collection = collection

    async def get(self, identifier: str) -> Case:
        """Returns one incident; raises NotFound."""
        record = await self._collection.find_one({"_id": identifier})
        if record is None:
            raise NotFound(
                f"there is no incident incidents/{identifier}", name=f"incidents/{identifier}"
            )
        return _case(record)

    async def find(self, where: Mapping[str, Any], *, limit: int, skip: int) -> list[Incident]:
        """Returns matching incidents without timelines, open first, then level, then newest."""
        records = await self._collection.find(
            where, sort=LISTED, limit=limit, skip=skip, fields={"timeline": 0}
        )
        return [INCIDENTS.from_record(record) for record in records]

    async def of_stories(self, stories: Sequence[str]) -> list[Case]:
        """Returns the incidents that are linked to any of the stories, the best to join last."""
        records = await self._collection.find(
            {"stories": {"$in": list(stories)}}, sort=[("rank", -1), ("create_time", 1)]
        )
        return [_case(record) for record in records]

    async def has_open(self, department: str) -> bool:
        """Tells whether a department leads an incident that is not closed."""
        return bool(
            await self._collection.count({"department": department, "rank": OPEN_RANK}, limit=1)
        )

    async def insert(self, case: Case) -> bool:
        """Stores a new incident; False when it is there already."""
        try:
            await self._collection.insert(_record(case))
        except AlreadyExists:
            return False
        return True

    async def store(self, changes: Sequence[tuple[Case | None, Case]]) -> None:
        """Stores (before, after) pairs; Aborted when one of them changed in between."""
        result = await self._collection.bulk(
            [
                insert_op(_record(after))
                if before is None
                else replace_op(
                    {"_id": _id(before.incident), "version": before.incident.version},
                    _record(after),
                )
                for before, after in changes
            ]
        )
        if result.failed or result.inserted + result.matched < len(changes):
            raise Aborted(f"one of {len(changes)} incidents changed while it was being stored")

    async def change(self, identifier: str, apply: Callable[[Case], Case]) -> Case:
        """Applies a command to an incident and returns it; one that changes nothing writes nothing.

        When somebody else changes it in between, the command is applied to what it has become.
        """
        for _ in range(_TRIES):
            before = await self.get(identifier)
            after = apply(before)
            if after is before or after == before:
                return before
            where = {"_id": identifier, "version": before.incident.version}
            if await self._collection.replace(where, _record(after)):
                return after
        raise Aborted(f"incidents/{identifier} changes too fast; try again", reason="BUSY")

    async def pending(self) -> list[Case]:
        """Returns incidents with a version that is not published yet, oldest change first."""
        records = await self._collection.find(
            {"pending": True}, sort=[("update_time", 1)], limit=_PUBLISH_BATCH
        )
        return [_case(record) for record in records]

    async def published(self, cases: Sequence[Case]) -> None:
        """Takes the pending mark away, unless an incident changed again meanwhile."""
        await self._collection.bulk(
            [
                update_op(
                    {"_id": _id(case.incident), "version": case.incident.version},
                    {"$set": {"pending": False, "sent_version": case.incident.version}},
                )
                for case in cases
            ]
        )


def _id(incident: Incident) -> str:
    return incident.name.removeprefix("incidents/")


def _record(case: Case) -> dict[str, Any]:
    incident = case.incident
    if incident.update_time is None:
        raise AssertionError("an incident without update_time is none")
    return {
        **INCIDENTS.to_record(incident),
        "_id": _id(incident),
        "rank": CLOSED_RANK if incident.state is IncidentState.CLOSED else OPEN_RANK,
        "grade": int(incident.level),
        "seen": [
            [name, one.version, int(one.level), one.is_firing] for name, one in case.seen.items()
        ],
        "requests": list(case.requests[-_KEPT_REQUESTS:]),
        "pending": True,
        "purge_time": incident.update_time + INCIDENT_RETENTION,
    }


def _case(record: Mapping[str, Any]) -> Case:
    return Case(
        incident=INCIDENTS.from_record(record),
        seen={
            name: Seen(int(version), Level(level), bool(firing))
            for name, version, level, firing in record["seen"]
        },
        requests=tuple(record.get("requests", ())),
    )
