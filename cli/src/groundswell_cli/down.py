"""`groundswell down`: stops what `groundswell up` started."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from typing import Annotated

import typer

from groundswell_cli.options import DEFAULT_STATE, StateOption
from groundswell_cli.state import StateFolder
from groundswell_core.errors import Unavailable


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(name="down")(down)


def down(
    state: StateOption = DEFAULT_STATE,
    timeout: Annotated[float, typer.Option(help="Seconds to wait for the end.")] = 120.0,
) -> None:
    """Stop everything in order; data stay in the state folder."""
    folder = StateFolder(state)
    pid = folder.holder()
    if pid is None:
        print(f"nothing runs on {folder.path}")
        return
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + timeout
    while folder.holder() is not None:
        if time.monotonic() > deadline:
            raise Unavailable(
                f"process {pid} has not ended within {timeout:g} s; "
                f"see {folder.logs}, or end it with: kill -9 {pid}",
                reason="STILL_RUNNING",
            )
        time.sleep(0.1)
    print("stopped")
