"""The whole coordinator on real servers."""

from dataclasses import replace

import grpc
import pytest

from groundswell.department.v1 import department_pb2, department_service_pb2
from groundswell.incident.v1 import incident_pb2
from groundswell.incident.v1 import incident_service_pb2 as pb
from groundswell_coordinator import stores
from groundswell_coordinator.ledger import Ledger
from groundswell_core.alerts import AlertState
from groundswell_core.grades import Level
from groundswell_core.incidents import INCIDENTS
from groundswell_core.kafka import Reader
from groundswell_core.mongo import connect
from groundswell_core.tokens import Role
from groundswell_core.topics import INCIDENTS as TOPIC

States = incident_pb2.IncidentState


@pytest.fixture
def officer(keys):
    return keys.metadata("coordinator", Role.DUTY_OFFICER, subject="wang")


@pytest.fixture
def admin(keys):
    return keys.metadata("coordinator", Role.ADMIN, subject="root")


async def code_of(call):
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return caught.value.code().name


@pytest.fixture
def incident_of(eventually, officer):
    """Waits for the incident of a story."""

    async def find(stubs, story, check=lambda incident: True):
        async def found():
            request = pb.ListIncidentsRequest(include_exercises=True, page_size=500)
            listed = await stubs.incidents.ListIncidents(request, metadata=officer)
            for one in listed.incidents:
                if f"stories/{story}" in one.stories:
                    got = await stubs.incidents.GetIncident(
                        pb.GetIncidentRequest(name=one.name), metadata=officer
                    )
                    if check(got.incident):
                        return got.incident
            return None

        return await eventually(found)

    return find


async def test_an_incident_lives_from_alert_to_second_wave(
    run_coordinator, publish, alert, incident_of, officer
):
    first = alert("life", labels={"category": "public_health"})
    async with run_coordinator() as stubs:
        await publish(first, alert("small", level=Level.III))
        incident = await incident_of(stubs, "life")
        assert incident.department == "departments/health"
        assert [entry.event for entry in incident.timeline] == ["opened", "alert_raised"]

        acknowledge = pb.AcknowledgeIncidentRequest(name=incident.name, version=1)
        done = await stubs.incidents.AcknowledgeIncident(acknowledge, metadata=officer)
        assert (done.incident.state, done.incident.acknowledged_by) == (
            States.INCIDENT_STATE_TRIAGED,
            "wang",
        )
        assert await code_of(
            stubs.incidents.AcknowledgeIncident(acknowledge, metadata=officer)
        ) == ("ABORTED")
        again = await stubs.incidents.AcknowledgeIncident(
            pb.AcknowledgeIncidentRequest(name=incident.name), metadata=officer
        )
        assert again.incident == done.incident

        note = pb.AddNoteRequest(name=incident.name, text="$called the office", request_id="r1")
        one = await stubs.incidents.AddNote(note, metadata=officer)
        assert await stubs.incidents.AddNote(note, metadata=officer) == one

        close = pb.CloseIncidentRequest(
            name=incident.name, reason=incident_pb2.CLOSE_REASON_RESOLVED, note="settled"
        )
        await stubs.incidents.CloseIncident(close, metadata=officer)
        for wrong in (
            stubs.incidents.CloseIncident(close, metadata=officer),
            stubs.incidents.AcknowledgeIncident(
                pb.AcknowledgeIncidentRequest(name=incident.name), metadata=officer
            ),
        ):
            assert await code_of(wrong) == "FAILED_PRECONDITION"

        ended = replace(first, version=2, state=AlertState.RESOLVED)
        await publish(ended, replace(first, version=3))
        wave = await incident_of(stubs, "life", lambda one: one.reopen_count == 1)
        assert wave.state == States.INCIDENT_STATE_NEW
        assert [entry.event for entry in wave.timeline] == [
            "opened",
            "alert_raised",
            "acknowledged",
            "note",
            "closed",
            "alert_resolved",
            "reopened",
            "alert_raised",
        ]
        reopen = pb.ReopenIncidentRequest(name=incident.name)
        assert await code_of(stubs.incidents.ReopenIncident(reopen, metadata=officer)) == (
            "FAILED_PRECONDITION"
        )


async def test_an_exercise_and_the_real_thing_are_two_incidents(
    run_coordinator, publish, alert, incident_of, officer
):
    real, drill = alert("both"), alert("both", exercise=True, monitor="monitors/drill")
    async with run_coordinator() as stubs:
        await publish(drill, real)
        assert (await incident_of(stubs, "both", lambda one: one.exercise)).alerts == [drill.name]
        kept = await incident_of(stubs, "both", lambda one: not one.exercise)
        assert kept.alerts == [real.name]
        listed = await stubs.incidents.ListIncidents(pb.ListIncidentsRequest(), metadata=officer)
        assert not any(one.exercise for one in listed.incidents)


async def test_an_incident_by_hand_is_opened_once_and_alerts_of_its_story_join(
    run_coordinator, publish, alert, incident_of, officer
):
    request = pb.CreateIncidentRequest(
        display_name="Rumour in the market",
        department="departments/market",
        level=int(Level.III),
        stories=["stories/rumour"],
        note="heard by phone",
        request_id="call-7",
    )
    async with run_coordinator() as stubs:
        made = (await stubs.incidents.CreateIncident(request, metadata=officer)).incident
        request.note = "again"
        repeat = await stubs.incidents.CreateIncident(request, metadata=officer)
        assert repeat.incident == made
        assert [(one.event, one.actor) for one in made.timeline] == [
            ("opened", "wang"),
            ("note", "wang"),
        ]
        await publish(alert("rumour"))
        incident = await incident_of(stubs, "rumour", lambda one: one.alerts)
        assert (incident.name, incident.level) == (made.name, int(Level.II))


@pytest.mark.parametrize(
    "change",
    [
        {"display_name": " "},
        {"level": 99},
        {"stories": ["nonsense"]},
        {"department": "health"},
        {"request_id": "x" * 65},
        {"note": "x" * 4001},
    ],
    ids=lambda change: next(iter(change)),
)
async def test_a_bad_request_by_hand_is_refused(run_coordinator, officer, change):
    request = pb.CreateIncidentRequest(**{"display_name": "x", **change})
    async with run_coordinator() as stubs:
        assert await code_of(stubs.incidents.CreateIncident(request, metadata=officer)) == (
            "INVALID_ARGUMENT"
        )


async def test_another_departments_incident_is_not_there(
    run_coordinator, publish, alert, incident_of, keys
):
    theirs = keys.metadata("coordinator", Role.LEAD, department="education", subject="li")
    async with run_coordinator() as stubs:
        await publish(alert("secret", labels={"category": "public_health"}))
        incident = await incident_of(stubs, "secret")
        name = incident.name
        calls = [
            stubs.incidents.GetIncident(pb.GetIncidentRequest(name=name), metadata=theirs),
            stubs.incidents.AddNote(pb.AddNoteRequest(name=name, text="x"), metadata=theirs),
            stubs.incidents.CloseIncident(
                pb.CloseIncidentRequest(name=name, reason=1), metadata=theirs
            ),
        ]
        assert [await code_of(call) for call in calls] == ["NOT_FOUND"] * 3
        for request in (
            pb.ListIncidentsRequest(),
            pb.ListIncidentsRequest(department="departments/health"),
        ):
            assert not (await stubs.incidents.ListIncidents(request, metadata=theirs)).incidents
        foreign = pb.CreateIncidentRequest(display_name="x", department="departments/health")
        assert await code_of(stubs.incidents.CreateIncident(foreign, metadata=theirs)) == (
            "PERMISSION_DENIED"
        )
        own = pb.CreateIncidentRequest(display_name="x")
        made = await stubs.incidents.CreateIncident(own, metadata=theirs)
        assert made.incident.department == "departments/education"


async def test_every_version_is_published_even_when_the_process_dies_before(
    run_coordinator, publish, alert, mongo, kafka, incident_of, eventually
):
    async with run_coordinator() as stubs:
        await publish(alert("outbox"))
        incident = await incident_of(stubs, "outbox")
        identifier = incident.name.removeprefix("incidents/")
    async with connect(mongo) as database:
        # As a crash between the write and the sending leaves it.
        ledger = Ledger(database.collection(stores.INCIDENTS.name))
        case = await ledger.get(identifier)
        later = replace(case.incident, version=2)
        await ledger.store([(case, replace(case, incident=later))])
        async with run_coordinator():
            reader = Reader(kafka, [TOPIC], "test", database.collection("offsets"))
            async with reader:
                heard = []

                async def complete():
                    heard.extend(await reader.poll(0.2))
                    found = [INCIDENTS.from_bytes(record.value) for record in heard]
                    return {one.version for one in found if one.name == incident.name} >= {1, 2}

                assert await eventually(complete)


async def test_departments_are_seeded_managed_and_kept_while_they_are_needed(
    run_coordinator, admin, officer
):
    async with run_coordinator() as stubs:
        department = department_pb2.Department

        async def create(**fields):
            request = department_service_pb2.CreateDepartmentRequest(
                department=department(**fields)
            )
            return (await stubs.departments.CreateDepartment(request, metadata=admin)).department

        async def delete(name):
            request = department_service_pb2.DeleteDepartmentRequest(name=name)
            return await stubs.departments.DeleteDepartment(request, metadata=admin)

        made = await create(
            name="departments/tourism", display_name="旅游", parent="departments/duty-office"
        )
        assert made.HasField("create_time")
        assert await code_of(create(name=made.name, display_name="x")) == "ALREADY_EXISTS"
        assert await code_of(create(name="departments/x")) == "INVALID_ARGUMENT"
        assert (
            await code_of(create(name="departments/x", display_name="x", parent="departments/no"))
            == "INVALID_ARGUMENT"
        )

        above = department(
            name="departments/duty-office", display_name="x", parent="departments/tourism"
        )
        update = department_service_pb2.UpdateDepartmentRequest(department=above)
        assert await code_of(stubs.departments.UpdateDepartment(update, metadata=admin)) == (
            "INVALID_ARGUMENT"
        )
        assert await code_of(delete("departments/duty-office")) == "FAILED_PRECONDITION"

        opened = pb.CreateIncidentRequest(display_name="x", department=made.name)
        incident = await stubs.incidents.CreateIncident(opened, metadata=officer)
        assert await code_of(delete(made.name)) == "FAILED_PRECONDITION"
        close = pb.CloseIncidentRequest(name=incident.incident.name, reason=2)
        await stubs.incidents.CloseIncident(close, metadata=officer)
        await delete(made.name)
        assert await code_of(delete(made.name)) == "NOT_FOUND"

        listed = await stubs.departments.ListDepartments(
            department_service_pb2.ListDepartmentsRequest(page_size=3), metadata=officer
        )
        assert len(listed.departments) == 3
        assert listed.next_page_token
