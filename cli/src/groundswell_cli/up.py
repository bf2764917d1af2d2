"""`groundswell up`: starts everything on this machine and looks after it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from groundswell_cli import logs
from groundswell_cli.environment import user_environment
from groundswell_cli.options import DEFAULT_STATE, StateOption
from groundswell_cli.password import announce_password
from groundswell_cli.session import Session
from groundswell_cli.settings import UpSettings
from groundswell_cli.state import StateFolder
from groundswell_cli.suite import Plan
from groundswell_cli.view import View
from groundswell_core.errors import FailedPrecondition
from groundswell_core.settings import load_settings


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(name="up")(up)


def up(
    state: StateOption = DEFAULT_STATE,
    config: Annotated[
        Path,
        typer.Option(help="Folder with sources.yaml, monitors.yaml, routes.yaml, incidents.yaml."),
    ] = Path("config"),
    port: Annotated[
        int,
        typer.Option(
            min=0,
            max=65535,
            envvar="GROUNDSWELL_CONSOLE__PORT",
            help="Port of the console; 0: that of the last run, or a free one.",
        ),
    ] = 0,
    live: Annotated[bool, typer.Option(help="Show a live table on a terminal.")] = True,
    detach: Annotated[
        bool, typer.Option("--detach", help="Return when all is healthy; go on in the background.")
    ] = False,
    in_background: Annotated[bool, typer.Option("--in-background", hidden=True)] = False,
) -> None:
    """Start everything on this machine: servers, services, console. Ctrl-C stops all in order."""
    folder = StateFolder(state)
    folder.prepare()
    if detach:
        raise typer.Exit(_detach(folder, config, port))
    plan = Plan(
        state=folder,
        settings=load_settings(UpSettings),
        user=user_environment(),
        config=config,
        console_port=port,
    )
    console = Console()
    view = View(console, live=live and console.is_terminal and not in_background)
    with folder.hold():
        asyncio.run(Session(plan, view, quiet=in_background).run())


def _detach(folder: StateFolder, config: Path, port: int) -> int:
    """Starts the supervisor in the background; returns when all is healthy, or says why not."""
    if folder.holder() is not None:
        with folder.hold():  # raises, naming the holder
            pass
    options = ["--state", str(folder.path), "--config", str(config), "--port", str(port)]
    log = folder.log("supervisor")
    with log.open("ab") as output:
        log.chmod(0o600)
        process = subprocess.Popen(
            [sys.executable, "-m", "groundswell_cli", "up", *options, "--in-background"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    print(f"starting in the background (process {process.pid}, log {log})")
    return _await_background(folder, process)


def _await_background(folder: StateFolder, process: subprocess.Popen[bytes]) -> int:
    deadline = time.monotonic() + load_settings(UpSettings).supervisor.start_timeout + 60.0
    while time.monotonic() < deadline and process.poll() is None:
        status = folder.read_status()
        if status.get("pid") == process.pid and status.get("healthy"):
            print(f"all healthy; console: {status['console']}")
            announce_password(folder, print, hide=False)
            return 0
        time.sleep(0.2)
    if process.poll() is not None:
        raise FailedPrecondition(
            f"the background process ended: {logs.last_line(folder.log('supervisor'))}\n"
            f"  Its log is {folder.log('supervisor')}",
            reason="BACKGROUND_ENDED",
        )
    print("not all is healthy yet; `groundswell doctor` explains what is wrong")
    return 1
