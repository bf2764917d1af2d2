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


def render(status: Mapping[str, Any], news: Sequence[str] = ()) -> Group:
    """Returns the status for a terminal: processes, figures, the latest news."""
    table = Table(title="Groundswell", title_justify="left", title_style="bold", box=None)
    table.add_column("process")
    table.add_column("state")
    for name in ("port", "pid", "restarts", "memory"):
        table.add_column(name, justify="right")
    table.add_column("last error", overflow="ellipsis", no_wrap=True, style="dim")
    for process in status["processes"]:
        table.add_row(*_cells(process))
    return Group(table, Text(), Text(summary(status)), *(Text(line, style="dim") for line in news))


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
        process["last_error"] if process["state"] != State.READY else "",
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
