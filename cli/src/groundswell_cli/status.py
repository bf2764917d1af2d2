"""`groundswell status`: what runs, where, how well."""

from __future__ import annotations

import json
from typing import Any

import typer
from rich.console import Console

from groundswell_cli.options import DEFAULT_STATE, JsonOption, StateOption
from groundswell_cli.snapshot import render
from groundswell_cli.state import StateFolder


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(name="status")(status)


def status(state: StateOption = DEFAULT_STATE, as_json: JsonOption = False) -> None:
    """Show processes, ports, documents a second, lag and alerts. Exit code 3: nothing runs; 1: not all is healthy."""
    folder = StateFolder(state)
    present = present_status(folder)
    if as_json:
        print(json.dumps(present, indent=1))
    elif present["running"]:
        Console().print(render(present))
    else:
        print(f"nothing runs on {folder.path}; start it with `groundswell up`")
    if not present["running"]:
        raise typer.Exit(3)
    raise typer.Exit(0 if present["healthy"] else 1)


def present_status(folder: StateFolder) -> dict[str, Any]:
    """Returns the supervisor's last status if it runs; else that nothing does."""
    pid, last = folder.holder(), folder.read_status()
    if pid is None or last.get("pid") != pid:
        return {
            "running": pid is not None,
            "healthy": False,
            "pid": pid,
            "processes": [],
            "figures": dict.fromkeys(("documents", "documents_per_second", "lag", "firing")),
            "console": "",
        }
    return {"running": True, **last}
