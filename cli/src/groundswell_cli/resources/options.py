"""Options that the commands of several nouns share."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

import typer

from groundswell.grade.v1 import grade_pb2
from groundswell_core.errors import InvalidInput

LimitOption = Annotated[int, typer.Option("--limit", min=1, max=100_000, help="At most so many.")]
FileOption = Annotated[
    Path | None,
    typer.Option("--file", "-f", help="YAML file; options given beside it win.", dir_okay=False),
]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
ExercisesOption = Annotated[bool, typer.Option("--exercises", help="Include drills.")]
MinimumOption = Annotated[
    str, typer.Option("--level", help="Only of at least this level: I, II, III or IV.")
]
DEFAULT_LIMIT = 50
_PAIR = re.compile(r'\s*([a-zA-Z_][a-zA-Z0-9_.-]*)\s*=\s*("(?:[^"])*"|[^,]*)\s*(?:,|$)')


def level_number(text: str) -> Any:
    """Returns a level by its word; empty: any."""
    if not text:
        return 0
    try:
        return grade_pb2.Level.Value(f"LEVEL_{text.strip().upper()}")
    except ValueError:
        raise InvalidInput(
            f'"{text}" is no level; write I, II, III or IV', reason="BAD_LEVEL"
        ) from None


def parse_labels(text: str) -> dict[str, str]:
    """Returns labels of level=II,department=health."""
    labels: dict[str, str] = {}
    position = 0
    while position < len(text):
        found = _PAIR.match(text, position)
        if found is None:
            raise InvalidInput(
                f'"{text[position:]}" is no label; write name=value, several with commas between',
                reason="BAD_LABEL",
            )
        labels[found[1]] = found[2].strip().strip('"')
        position = found.end()
    return labels


def ask_first(question: str, *, yes: bool) -> None:
    """Asks before something is gone; ends the command unless the answer is yes."""
    if not yes:
        typer.confirm(question, abort=True)


def group(name: str, summary: str) -> typer.Typer:
    """Returns a group of commands that shows its help when nothing is asked of it."""
    return typer.Typer(
        name=name,
        help=summary,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
