"""`python -m groundswell_notifier routes …`: what the routing tree does, before it is in force."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from groundswell_core.errors import GroundswellError, InvalidInput
from groundswell_notifier.receivers import build_receivers
from groundswell_notifier.routes_file import read_routes
from groundswell_notifier.routing import Route, build
from groundswell_notifier.settings import Settings


def parse_labels(text: str) -> dict[str, str]:
    """Returns the labels of level=II,department=health; raises InvalidInput with the cure."""
    labels = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        name, equals, value = part.partition("=")
        if not equals or not name.strip():
            raise InvalidInput(f'"{part}" is no label; write name=value,name=value')
        labels[name.strip()] = value.strip().strip('"')
    return labels


def explain(route: Route) -> str:
    """Returns one route for people: receiver, path, timers."""
    grouped = ", ".join(route.group_by) or "all together"
    return (
        f"{route.receiver}\n"
        f"  why              {route.path}\n"
        f"  grouped by       {grouped}\n"
        f"  first after      {route.group_wait.total_seconds():g} s\n"
        f"  changes after    {route.group_interval.total_seconds():g} s\n"
        f"  repeated after   {route.repeat_interval.total_seconds():g} s"
    )


def main(arguments: Sequence[str], settings: Settings) -> int:
    """Runs `routes test` or `routes check`; returns the exit code."""
    parser = argparse.ArgumentParser(prog="groundswell-notifier routes", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True)
    test = actions.add_parser("test", help="says which receivers an alert would reach, and why")
    test.add_argument("--labels", default="", help="level=II,department=health")
    check = actions.add_parser("check", help="validates the file, its receivers and their secrets")
    for action in (test, check):
        action.add_argument("--file", type=Path, default=settings.notifier.routes_file)
    chosen = parser.parse_args(arguments)
    try:
        print(_answer(chosen, settings))  # noqa: T201 - a command speaks to its terminal
    except GroundswellError as error:
        print(error.message, file=sys.stderr)  # noqa: T201 - a command speaks to its terminal
        return 2
    return 0


def _answer(chosen: argparse.Namespace, settings: Settings) -> str:
    file = read_routes(chosen.file)
    if chosen.action == "check":
        receivers = build_receivers(file, settings.notifier)
        return f"good: {len(receivers)} receivers"
    return "\n".join(map(explain, build(file).match(parse_labels(chosen.labels))))
