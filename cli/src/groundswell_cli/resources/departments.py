"""`groundswell departments`: who answers for what."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from groundswell.department.v1 import department_pb2
from groundswell.department.v1 import department_service_pb2 as pb
from groundswell.department.v1 import department_service_pb2_grpc as grpc_pb
from groundswell_cli.options import DEFAULT_STATE, JsonOption, StateOption
from groundswell_cli.resources import output
from groundswell_cli.resources.connection import Peer, ask, collect, full_name, send
from groundswell_cli.resources.options import FileOption, LimitOption, YesOption, ask_first, group
from groundswell_cli.resources.written import make, read_file

COORDINATOR = Peer("coordinator", grpc_pb.DepartmentServiceStub)
DepartmentArgument = Annotated[str, typer.Argument(metavar="DEPARTMENT", help="Its id.")]
CategoryOption = Annotated[
    list[str] | None, typer.Option("--category", help="It leads by default; may be repeated.")
]


def register(app: typer.Typer) -> None:
    """Adds the group."""
    departments = group("departments", "Who answers for what.")
    for command in (show, create, delete):
        departments.command()(command)
    departments.command(name="list")(list_departments)
    app.add_typer(departments)


def list_departments(
    limit: LimitOption = 500, as_json: JsonOption = False, state: StateOption = DEFAULT_STATE
) -> None:
    """List departments."""
    request = pb.ListDepartmentsRequest()
    found = ask(
        state,
        COORDINATOR,
        lambda stub: collect(stub.ListDepartments, request, "departments", limit),
    )
    output.print_list(
        found,
        _row,
        columns=("id", "name", "above it", "categories"),
        empty="no departments yet; add one with `groundswell departments create`",
        as_json=as_json,
    )


def _row(department: Any) -> list[output.Cell]:
    return [
        output.short(department.name),
        department.display_name,
        output.short(department.parent) or "–",
        ", ".join(department.categories),
    ]


def show(
    department: DepartmentArgument, as_json: JsonOption = False, state: StateOption = DEFAULT_STATE
) -> None:
    """Show one department."""
    request = pb.GetDepartmentRequest(name=full_name(department, "departments"))
    found = send(state, COORDINATOR, "GetDepartment", request).department
    if as_json:
        output.print_json([found])
        return
    names = ("department", "name", "above it", "categories")
    output.print_facts(zip(names, _row(found), strict=True))


def create(
    department: Annotated[str, typer.Argument(metavar="[DEPARTMENT]", help="Its id.")] = "",
    display_name: Annotated[str, typer.Option(help="Its name for people.")] = "",
    parent: Annotated[str, typer.Option(help="The department above it.")] = "",
    category: CategoryOption = None,
    file: FileOption = None,
    as_json: JsonOption = False,
    state: StateOption = DEFAULT_STATE,
) -> None:
    """Make a department, or all of a file in the form of config/departments.yaml.

    Example: groundswell departments create health --display-name 卫健委 --category epidemic
    """
    given: dict[str, Any] = {"id": department, "display_name": display_name}
    given |= {"parent": parent, "categories": category}
    chosen = {key: value for key, value in given.items() if value}
    for entry in read_file(file, "departments"):
        values = entry | chosen
        if above := values.get("parent"):
            values["parent"] = full_name(above, "departments")
        request = pb.CreateDepartmentRequest(
            department=make(department_pb2.Department, values, "departments")
        )
        made = send(state, COORDINATOR, "CreateDepartment", request)
        if as_json:
            output.print_json([made.department])
        else:
            print(f"made {output.short(made.department.name)}")


def delete(
    department: DepartmentArgument, yes: YesOption = False, state: StateOption = DEFAULT_STATE
) -> None:
    """Delete a department that has no open incidents."""
    ask_first(f"Delete the department {department}?", yes=yes)
    request = pb.DeleteDepartmentRequest(name=full_name(department, "departments"))
    send(state, COORDINATOR, "DeleteDepartment", request)
    print(f"deleted {department}")
