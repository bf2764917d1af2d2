"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

StateOption = Annotated[
    Path,
    typer.Option(
        "--state",
        envvar="GROUNDSWELL_STATE",
        help="Folder with data, keys and logs of this installation.",
        file_okay=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]
DEFAULT_STATE = Path(".groundswell")
