"""`groundswell incidents`: what is being done, and by whom."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from groundswell.incident.v1 import incident_pb2
from groundswell.incident.v1 import incident_service_pb2 as pb
from groundswell.incident.v1 import incident_service_pb2_grpc as grpc_pb
from groundswell_cli.options import DEFAULT_STATE, JsonOption, StateOption
from groundswell_cli.resources import output
from groundswell_cli.resources.connection import Peer, ask, collect, find_name, full_name, send
from groundswell_cli.resources.options import (
    DEFAULT_LIMIT,
    ExercisesOption,
    FileOption,
    LimitOption,
    group,
)
from groundswell_cli.resources.written import make, read_file
from groundswell_core.errors import InvalidInput

COORDINATOR = Peer("coordinator", grpc_pb.IncidentServiceStub)
IncidentArgument = Annotated[
    str, typer.Argument(metavar="INCIDENT", help="Its id, or how it begins.")
]
NoteOption = Annotated[str, typer.Option("--note", "-m", help="What there is to say.")]
ReasonOption = Annotated[str, typer.Option(help="resolved, false-alarm, duplicate or handed-over.")]


def register(app: typer.Typer) -> None:
    """Adds the group."""
    incidents = group("incidents", "What is being done, and by whom.")
    for command in (show, create, acknowledge, note, close, reopen):
        incidents.command()(command)
    incidents.command(name="list")(list_incidents)
    app.add_typer(incidents)


def list_incidents(
    status: Annotated[
        str, typer.Option(help="new, triaged, responding, watching or closed; left out: any.")
    ] = "",
    department: Annotated[str, typer.Option(help="Only those it leads.")] = "",
    exercises: ExercisesOption = False,
    limit: LimitOption = DEFAULT_LIMIT,
    as_json: JsonOption = False,
    state: StateOption = DEFAULT_STATE,
) -> None:
    """List incidents, open ones first.

    Example: groundswell incidents list --status new
    """
    request = make(pb.ListIncidentsRequest, {"state": status} if status else {}, "incidents")
    request.department = full_name(department, "departments") if department else ""
    request.include_exercises = exercises
    found = ask(
        state, COORDINATOR, lambda stub: collect(stub.ListIncidents, request, "incidents", limit)
    )
    output.print_list(
        found,
        _row,
        columns=("id", "level", "state", "incident", "department", "opened", "acknowledged by"),
        empty="no such incidents",
        as_json=as_json,
    )


def _row(incident: Any) -> list[output.Cell]:
    return [
        output.short(incident.name),
        output.level_text(incident.level),
        output.word(incident_pb2.IncidentState, incident.state),
        incident.display_name,
        output.short(incident.department) or "–",
        output.ago(incident, "create_time"),
        incident.acknowledged_by or "–",
    ]


def show(
    incident: IncidentArgument, as_json: JsonOption = False, state: StateOption = DEFAULT_STATE
) -> None:
    """Show one incident with what was done."""
    found = _change(state, incident, "GetIncident", pb.GetIncidentRequest())
    if as_json:
        output.print_json([found])
        return
    output.print_facts(_facts(found))
    rows = [[output.at(one, "time"), one.actor, one.event, one.text] for one in found.timeline]
    print()
    output.print_table(("when", "who", "what", ""), rows, empty="nothing was noted yet")


def _facts(incident: Any) -> Iterator[tuple[str, output.Cell]]:
    yield "incident", Text(incident.display_name, style="bold")
    yield "id", output.short(incident.name)
    yield "level", output.level_text(incident.level)
    yield "state", output.word(incident_pb2.IncidentState, incident.state)
    yield "closed as", output.word(incident_pb2.CloseReason, incident.close_reason)
    yield "department", output.short(incident.department)
    yield "category", incident.category
    yield "opened", f"{output.ago(incident, 'create_time')} by {incident.opened_by}"
    yield "acknowledged", incident.acknowledged_by
    yield "stories", ", ".join(map(output.short, incident.stories))
    yield "alerts", ", ".join(map(output.short, incident.alerts))
    yield "reopened", f"{incident.reopen_count} times" if incident.reopen_count else ""


def _change(state: Path, incident: str, method: str, request: Any) -> Any:
    """Returns the incident that a call answers; the request gets its full name."""

    async def call(stub: Any) -> Any:
        listing = pb.ListIncidentsRequest(include_exercises=True)
        request.name = await find_name(
            incident, "incidents", lambda: collect(stub.ListIncidents, listing, "incidents", 20_000)
        )
        return (await getattr(stub, method)(request)).incident

    return ask(state, COORDINATOR, call)


def _say(incident: Any, *, as_json: bool) -> None:
    if as_json:
        output.print_json([incident])
        return
    word = output.word(incident_pb2.IncidentState, incident.state)
    print(f"{incident.display_name} ({output.short(incident.name)}) is {word}")


def create(
    title: Annotated[str, typer.Argument(metavar="[TITLE]", help="Its name for people.")] = "",
    level: Annotated[str, typer.Option(help="I, II, III or IV.")] = "",
    department: Annotated[str, typer.Option(help="Who leads.")] = "",
    story: Annotated[list[str] | None, typer.Option(help="Linked story; may be repeated.")] = None,
    alert: Annotated[list[str] | None, typer.Option(help="Linked alert; may be repeated.")] = None,
    note: NoteOption = "",
    exercise: Annotated[bool, typer.Option("--exercise", help="Part of a drill.")] = False,
    file: FileOption = None,
    as_json: JsonOption = False,
    state: StateOption = DEFAULT_STATE,
) -> None:
    """Open an incident by hand.

    Example: groundswell incidents create "化工厂爆炸" --level II --department emergency
    """
    given: dict[str, Any] = {"display_name": title, "level": level, "note": note}
    given["department"] = full_name(department, "departments") if department else ""
    given["stories"] = [full_name(one, "stories") for one in story or []]
    given["alerts"] = [full_name(one, "alerts") for one in alert or []]
    given["exercise"] = exercise
    chosen = {key: value for key, value in given.items() if value}
    for entry in read_file(file, "incidents"):
        values = {"request_id": uuid.uuid4().hex} | entry | chosen
        request = make(pb.CreateIncidentRequest, values, "incidents")
        sent = send(state, COORDINATOR, "CreateIncident", request)
        _say(sent.incident, as_json=as_json)


def acknowledge(
    incident: IncidentArgument, as_json: JsonOption = False, state: StateOption = DEFAULT_STATE
) -> None:
    """Take note of an incident: new becomes triaged."""
    request = pb.AcknowledgeIncidentRequest()
    _say(_change(state, incident, "AcknowledgeIncident", request), as_json=as_json)


def note(
    incident: IncidentArgument,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="In quotes.")],
    as_json: JsonOption = False,
    state: StateOption = DEFAULT_STATE,
) -> None:
    """Add a note to the timeline."""
    request = pb.AddNoteRequest(text=text, request_id=uuid.uuid4().hex)
    _say(_change(state, incident, "AddNote", request), as_json=as_json)


def close(
    incident: IncidentArgument,
    reason: ReasonOption = "resolved",
    note: NoteOption = "",
    as_json: JsonOption = False,
    state: StateOption = DEFAULT_STATE,
) -> None:
    """Close an incident with a reason.

    Example: groundswell incidents close 3f2a9c01bd --reason false-alarm -m "a film set"
    """
    request = make(pb.CloseIncidentRequest, {"reason": reason, "note": note}, "incidents")
    if not request.reason:
        raise InvalidInput("name a reason with --reason")
    _say(_change(state, incident, "CloseIncident", request), as_json=as_json)


def reopen(
    incident: IncidentArgument,
    note: NoteOption = "",
    as_json: JsonOption = False,
    state: StateOption = DEFAULT_STATE,
) -> None:
    """Open a closed incident again."""
    request = pb.ReopenIncidentRequest(note=note)
    _say(_change(state, incident, "ReopenIncident", request), as_json=as_json)
