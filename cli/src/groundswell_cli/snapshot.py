"""The status at one moment: what the live view shows, status.json keeps and `status` prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from groundswell_cli.figures import Figures
from groundswell_cli.keeping import State
from groundswell_cli.supervisor import Kept

_COLOURS = {
    State.READY: "green",
    State.STARTING: "cyan",
    State.NOT_READY: "yellow",
    State.WAITING: "red",
    State.SILENT: "red",
    State.STOPPED: "dim",
}

_TROUBLED = {State.WAITING, State.SILENT, State.STARTING}


def take(
    kept: Sequence[Kept], figures: Figures, *, console: str, pid: int, now: datetime
) -> dict[str, Any]:
    """Returns the status as plain values."""
    return {
        "time": now.isoformat(),
        "pid": pid,
        "console": console,
        "healthy": all(one.is_ready for one in kept),
        "processes": [_process(one) for one in kept],
        "figures": asdict(figures),
    }


def _process(kept: Kept) -> dict[str, Any]:
    child = kept.process.child
    return {
        "name": kept.process.name,
        "state": kept.record.state.value,
        "port": kept.process.port,
        "metrics_port": kept.process.metrics_port,
        "pid": child.pid if child else None,
        "restarts": kept.record.restarts,
        "recycles": kept.recycles,
        "memory": child.memory() if child and child.is_running else 0,
        "log": str(kept.process.log_file),
        "last_error": kept.last_error,
    }


def render(status: Mapping[str, Any]) -> Group:
    """Returns the status for a terminal: processes, what ails them, figures."""
    table = Table(title="Groundswell", title_justify="left", title_style="bold", box=None)
    table.add_column("process", no_wrap=True)
    table.add_column("state", no_wrap=True)
    for name in ("port", "pid", "restarts", "memory"):
        table.add_column(name, justify="right", no_wrap=True)
    for process in status["processes"]:
        table.add_row(*_cells(process))
    return Group(table, *_troubles(status), Text(), Text(summary(status)))


def _troubles(status: Mapping[str, Any]) -> list[Text]:
    ailing = [one for one in status["processes"] if one["state"] in _TROUBLED and one["last_error"]]
    return [Text(f" {one['name']}: {one['last_error']}", style="red") for one in ailing]


def _cells(process: Mapping[str, Any]) -> list[Text | str]:
    colour = _COLOURS[State(process["state"])]
    memory = process["memory"]
    return [
        process["name"],
        Text(f"● {process['state']}", style=colour),
        str(process["port"] or "–"),
        str(process["pid"] or "–"),
        str(process["restarts"] + process["recycles"]),
        f"{memory / (1 << 20):.0f} MiB" if memory else "–",
    ]


def summary(status: Mapping[str, Any]) -> str:
    """Returns the figures in one line, with the console's address."""
    figures = status["figures"]
    parts = [
        f"{_figure(figures['documents_per_second'], '.1f')} documents/s",
        f"{_figure(figures['documents'], '.0f')} documents",
        f"lag {_figure(figures['lag'], '.0f')}",
        f"{_figure(figures['firing'], '.0f')} alerts firing",
        f"console {status['console']}",
    ]
    return " · ".join(parts)


def _figure(value: float | None, form: str) -> str:
    return "–" if value is None else format(value, form)
