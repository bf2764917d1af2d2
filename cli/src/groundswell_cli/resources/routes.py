"""`groundswell routes`: where an alert would go."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from groundswell.alert.v1 import alert_service_pb2 as pb
from groundswell_cli.options import DEFAULT_STATE, JsonOption, StateOption
from groundswell_cli.resources import output
from groundswell_cli.resources.alerts import NOTIFIER
from groundswell_cli.resources.connection import send
from groundswell_cli.resources.options import group, parse_labels


def register(app: typer.Typer) -> None:
    """Adds the group."""
    routes = group("routes", "Where alerts go.")
    routes.command(name="test")(try_labels)
    app.add_typer(routes)
    # A group of one command would become the command itself without a callback.
    routes.callback()(lambda: None)


def try_labels(
    labels: Annotated[str, typer.Option(help="The alert's: level=II,department=health.")] = "",
    as_json: JsonOption = False,
    state: StateOption = DEFAULT_STATE,
) -> None:
    """Say which receivers an alert with such labels would reach, and why.

    Example: groundswell routes test --labels level=II,department=health
    """
    request = pb.TestRouteRequest(labels=parse_labels(labels))
    found = send(state, NOTIFIER, "TestRoute", request).matches
    output.print_list(
        found,
        _row,
        columns=("receiver", "because of", "grouped by", ">first after", ">changes", ">repeats"),
        empty="no receiver takes it",
        as_json=as_json,
    )


def _row(match: Any) -> list[output.Cell]:
    waits = (match.group_wait_seconds, match.group_interval_seconds, match.repeat_interval_seconds)
    return [match.receiver, match.path, ", ".join(match.group_by), *map(output.span, waits)]
