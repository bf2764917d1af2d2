"""The ledger under contention and in a storm."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from groundswell_coordinator import stores
from groundswell_coordinator.changes import Act, noted
from groundswell_coordinator.departments import DepartmentStore
from groundswell_coordinator.handle import Handler
from groundswell_coordinator.ledger import Ledger
from groundswell_coordinator.opening import opened
from groundswell_coordinator.rules import SERIOUS
from groundswell_core.alerts import ALERTS
from groundswell_core.errors import Aborted
from groundswell_core.topics import Record

NOW = datetime.now(UTC).replace(microsecond=0)


class _Woken:
    """An outbox that nobody empties."""

    def wake(self):
        return


@pytest.fixture
async def ledger(database):
    await database.ensure(*stores.COLLECTIONS)
    return Ledger(database.collection("incidents"))


@pytest.fixture
def handler(database, ledger, clock):
    departments = DepartmentStore(database.collection("departments"), clock)
    return Handler(
        ledger=ledger, departments=departments, rules=SERIOUS.rules, outbox=_Woken(), clock=clock
    )


@pytest.fixture
def clock():
    class Today:
        def now(self):
            return NOW

    return Today()


def record(alert):
    return Record("t", 0, 0, alert.name, ALERTS.to_bytes(alert), {}, NOW)


async def test_every_note_of_many_people_at_once_is_kept(ledger, alert):
    case = opened(alert(), SERIOUS.rules[0], "", Act("rule", NOW))
    assert await ledger.insert(case)
    assert not await ledger.insert(case)
    identifier = case.incident.name.removeprefix("incidents/")

    async def note(number):
        act = Act(f"person {number}", NOW)
        await ledger.change(
            identifier, lambda case: replace(case, incident=noted(case.incident, act, "x"))
        )

    await asyncio.gather(*(note(number) for number in range(15)))
    after = (await ledger.get(identifier)).incident
    assert len({entry.actor for entry in after.timeline if entry.event == "note"}) == 15
    assert after.version == 16


async def test_what_was_read_before_somebody_elses_change_is_not_stored(ledger, alert):
    case = opened(alert(), SERIOUS.rules[0], "", Act("rule", NOW))
    await ledger.insert(case)
    changed = replace(case, incident=noted(case.incident, Act("a", NOW), "first"))
    await ledger.store([(case, changed)])
    with pytest.raises(Aborted):
        await ledger.store([(case, changed)])
    with pytest.raises(Aborted):
        await ledger.store([(None, case)])


async def test_a_storm_opens_one_incident_for_each_story_however_often_it_is_delivered(
    handler, ledger, alert
):
    alerts = [alert(f"s{number}") for number in range(400)]
    joins = [alert(f"s{number}", monitor="monitors/city") for number in range(400)]
    for _ in range(2):
        for start in range(0, 400, 200):
            await handler.handle([record(one) for one in alerts[start : start + 200]])
            await handler.handle([record(one) for one in joins[start : start + 200]])
    found = await ledger.find({}, limit=0, skip=0)
    assert len(found) == 400
    assert {(one.version, len(one.alerts)) for one in found} == {(2, 2)}


async def test_a_new_incident_and_all_its_alerts_in_one_batch_are_stored_whole(
    handler, ledger, alert
):
    first, second = alert("x"), alert("x", monitor="monitors/city")
    await handler.handle([record(first), record(second), record(replace(first, version=2))])
    (incident,) = await ledger.find({}, limit=0, skip=0)
    assert set(incident.alerts) == {first.name, second.name}
