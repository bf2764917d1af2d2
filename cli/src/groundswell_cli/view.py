"""What `groundswell up` shows: every step as a line, and on a terminal a live table below."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

from rich.console import Console
from rich.live import Live

from groundswell_cli.snapshot import render, summary


class View:
    """Prints news as they come; keeps a table at the bottom of a terminal."""

    def __init__(self, console: Console, *, live: bool) -> None:
        """Takes live=False for plain lines only."""
        self._console = console
        self._live = Live(console=console, auto_refresh=False) if live else None
        self._last_summary = 0.0

    def __enter__(self) -> Self:
        """Opens the live table, if there is one."""
        if self._live:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Leaves the last table on the screen."""
        if self._live:
            self._live.stop()

    def tell(self, line: str) -> None:
        """Prints one piece of news."""
        time = datetime.now().astimezone().strftime("%H:%M:%S")
        self._console.print(f"{time}  {line}", markup=False, highlight=False, soft_wrap=True)

    def show(self, status: Mapping[str, Any]) -> None:
        """Shows the present status: at once on a terminal, once a minute as a line elsewhere."""
        if self._live:
            self._live.update(render(status), refresh=True)
            return
        now = asyncio.get_running_loop().time()
        if now - self._last_summary >= 60.0:
            self._last_summary = now
            self.tell(summary(status))

    def end(self, status: Mapping[str, Any]) -> None:
        """Shows how everything was left; only a terminal has a table that would be wrong now."""
        if self._live:
            self.show(status)
