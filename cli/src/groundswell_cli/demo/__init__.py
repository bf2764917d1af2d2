"""`groundswell demo`: recorded hours of a real board at 60 times their speed, through the whole suite."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from groundswell_cli.demo.folder import fresh_folder
from groundswell_cli.demo.recording import ZONE, read_recording
from groundswell_cli.demo.replay import Replay
from groundswell_cli.demo.scenario import read_scenario
from groundswell_cli.demo.story_lines import Narrator
from groundswell_cli.demo.tracks import Track
from groundswell_cli.view import View
from groundswell_core.clock import SystemClock
from groundswell_core.errors import InvalidInput

RECORDING = Path("../shared/data/heat/weibo_hot_hourly.parquet")
# An afternoon that turned: an earthquake of magnitude 7.9 in Myanmar at 14:20 Beijing time.
_START = "2025-03-28T14:00"
_HOURS = 24.0


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(name="demo")(demo)


def demo(
    state: Annotated[
        Path, typer.Option(file_okay=False, help="The demo's own folder; emptied at each start.")
    ] = Path(".groundswell/demo"),
    config: Annotated[
        Path, typer.Option(file_okay=False, help="Folder of the demo's YAML files.")
    ] = Path("config/demo"),
    data: Annotated[
        Path | None,
        typer.Option(
            dir_okay=False, help=f"Recorded boards (Parquet); {RECORDING} if it is there."
        ),
    ] = None,
    scenario: Annotated[
        bool, typer.Option("--scenario", help="Use the written hours of scenario.yaml instead.")
    ] = False,
    start: Annotated[str, typer.Option(help="Recorded time to begin at, Beijing time.")] = _START,
    speed: Annotated[float, typer.Option(min=1, max=3600, help="Times the recorded pace.")] = 60.0,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the console; 0: any.")] = 0,
    seconds: Annotated[
        float,
        typer.Option(
            "--for", min=0, help="Stop after so many seconds; exit code 1: no alert came."
        ),
    ] = 0.0,
    live: Annotated[bool, typer.Option(help="Show a live table on a terminal.")] = True,
) -> None:
    """Show everything at work on recorded hours: boards, feeds, stories, alerts, a webhook.

    Example: groundswell demo --speed 120
    """
    # Here, because every other command would wait for a web server's library.
    from groundswell_cli.demo.run import Demo, run_demo

    if not config.is_dir():
        raise InvalidInput(
            f"there is no folder {config}; run the demo in the repository, or name its folder "
            "config/demo with --config",
            reason="NO_CONFIG",
        )
    begin, tracks = _hours(config, data, None if scenario else start)
    clock = SystemClock()
    plan = Demo(
        folder=fresh_folder(state),
        config=config,
        replay=Replay(tracks, begin, speed=speed, clock=clock),
        seconds=seconds,
        console_port=port,
    )
    console = Console()
    view = View(console, live=live and console.is_terminal)
    print(f"In another terminal: groundswell alerts watch --state {state}")
    with plan.folder.hold():
        narrator = asyncio.run(run_demo(plan, view, clock))
    raise typer.Exit(_verdict(narrator, is_test=bool(seconds)))


def _hours(config: Path, data: Path | None, start: str | None) -> tuple[datetime, list[Track]]:
    """Returns the recorded hours where there are any, else the written ones; start None: written."""
    file = data or RECORDING
    if start is None or (data is None and not file.exists()):
        return read_scenario(config / "scenario.yaml")
    try:
        begin = datetime.fromisoformat(start)
    except ValueError:
        raise InvalidInput(f'"{start}" is no time; write it like {_START}') from None
    begin = (begin if begin.tzinfo else begin.replace(tzinfo=ZONE)).astimezone(UTC)
    return begin, read_recording(file, begin, _HOURS)


def _verdict(narrator: Narrator, *, is_test: bool) -> int:
    for line in narrator.summary():
        print(line)
    return 1 if is_test and not narrator.firsts.shared else 0
