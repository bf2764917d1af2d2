"""What the commands print: tables for people, JSON lines for scripts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from google.protobuf.json_format import MessageToDict
from rich.console import Console
from rich.table import Table
from rich.text import Text

from groundswell.alert.v1 import alert_pb2
from groundswell_core.grades import Level

Cell = Text | str
_LEVELS = {
    Level.I: ("I red", "bold white on red"),
    Level.II: ("II orange", "bold dark_orange"),
    Level.III: ("III yellow", "bold yellow"),
    Level.IV: ("IV blue", "bold bright_blue"),
}
_UNITS = ((86_400, "d"), (3600, "h"), (60, "min"))
_SHORT = 10  # characters of a derived id, enough to name one of millions
_LONGEST_RELATIVE = 2 * 86_400  # seconds


def print_json(messages: Iterable[Any]) -> None:
    """Prints one JSON object a line, field names as in the protos."""
    for message in messages:
        print(json_line(message), flush=True)


def json_line(message: Any) -> str:
    """Returns a message as one line of JSON."""
    return json.dumps(MessageToDict(message, preserving_proto_field_name=True), ensure_ascii=False)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[Cell]], *, empty: str) -> None:
    """Prints a table, or the sentence that says why it is empty, if there is one."""
    rows = list(rows)
    if not rows:
        if empty:
            print(empty)
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column.lstrip(">"), justify="right" if column.startswith(">") else "left")
    for row in rows:
        table.add_row(*row)
    terminal().print(table)


def print_list(
    items: Sequence[Any],
    row: Callable[[Any], Sequence[Cell]],
    *,
    columns: Sequence[str],
    empty: str,
    as_json: bool,
) -> None:
    """Prints items as JSON lines, or as a table with a row of each."""
    if as_json:
        print_json(items)
    else:
        print_table(columns, map(row, items), empty=empty)


def print_facts(facts: Iterable[tuple[str, Cell]]) -> None:
    """Prints names with values, those without a value left out."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in facts:
        if str(value):
            table.add_row(name, value)
    terminal().print(table)


def terminal() -> Console:
    """Returns the console; where the output is no terminal, lines are long rather than cut."""
    console = Console(highlight=False, markup=False, emoji=False)
    return (
        console
        if console.is_terminal
        else Console(highlight=False, markup=False, emoji=False, width=200)
    )


def level_text(level: int) -> Text:
    """Returns a level as a word with its colour."""
    word, style = _LEVELS.get(Level(level), ("none", "dim"))
    return Text(word, style=style)


def alert_state(alert: Any) -> Text:
    """Returns firing or resolved with its colour."""
    is_firing = alert.state == alert_pb2.ALERT_STATE_FIRING
    return Text("firing", style="red") if is_firing else Text("resolved", style="green")


def heat(thing: Any) -> str:
    """Returns a heat with thousands apart; – where no board printed one."""
    return f"{thing.heat:,.0f}" if thing.HasField("heat") else "–"


def short(name: str) -> str:
    """Returns the id of a name, a derived one cut to what commands accept."""
    identifier = name.rpartition("/")[2]
    is_derived = len(identifier) >= 16 and set(identifier) <= set("0123456789abcdef")
    return identifier[:_SHORT] if is_derived else identifier


def word(enum: Any, value: int) -> str:
    """Returns an enum's value as an ordinary word: HEALTH_STATE_FAILING as failing."""
    prefix = f"{enum.DESCRIPTOR.values_by_number[0].name.removesuffix('UNSPECIFIED')}"
    name = str(enum.Name(value)).removeprefix(prefix).lower().replace("_", " ")
    return "" if name == "unspecified" else name


def ago(message: Any, field: str, now: datetime | None = None) -> str:
    """Returns how long ago a time of a message was, a date when that is days; – when unset."""
    if not message.HasField(field):
        return "–"
    moment = getattr(message, field).ToDatetime(tzinfo=UTC)
    seconds = ((now or datetime.now(UTC)) - moment).total_seconds()
    if abs(seconds) > _LONGEST_RELATIVE:
        return str(moment.astimezone().strftime("%Y-%m-%d %H:%M"))
    return f"in {span(-seconds)}" if seconds < 0 else f"{span(seconds)} ago"


def span(seconds: float) -> str:
    """Returns a length of time in its greatest unit."""
    for size, unit in _UNITS:
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


def at(message: Any, field: str) -> str:
    """Returns a time of a message in the machine's zone; – when unset."""
    if not message.HasField(field):
        return "–"
    moment = getattr(message, field).ToDatetime(tzinfo=UTC).astimezone()
    return str(moment.strftime("%Y-%m-%d %H:%M:%S"))
