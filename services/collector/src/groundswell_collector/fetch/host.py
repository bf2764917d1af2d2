"""What the collector gives an open source: a polite fetcher, a killable parser, its folders, time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from groundswell_collector.fetch.fetcher import Fetcher
from groundswell_collector.parsing.pool import ParserPool
from groundswell_core.clock import Clock
from groundswell_core.errors import InvalidInput
from groundswell_core.sources import Response


class CollectorHost:
    """The Host of one source."""

    def __init__(
        self,
        source: str,
        display_name: str,
        *,
        fetcher: Fetcher,
        parsers: ParserPool,
        clock: Clock,
        folders: Iterable[Path] = (),
    ) -> None:
        """Takes the source's name (sources/{id}) and the folders whose files it may read."""
        self.source = source
        self.display_name = display_name
        self._fetcher = fetcher
        self._parsers = parsers
        self._clock = clock
        self._folders = tuple(folder.resolve() for folder in folders)

    def now(self) -> datetime:
        """Returns the present time, aware UTC."""
        return self._clock.now()

    async def sleep(self, seconds: float) -> None:
        """Waits so many seconds of the collector's clock."""
        await self._clock.sleep(max(0.0, seconds))

    async def fetch(
        self, url: str, *, etag: str = "", last_modified: str = "", accept: str = "*/*"
    ) -> Response:
        """Fetches politely, within every limit."""
        return await self._fetcher.fetch(url, etag=etag, last_modified=last_modified, accept=accept)

    async def parse(self, function: str, body: bytes, options: Mapping[str, Any]) -> Any:
        """Runs a plugin's function in a child with limits."""
        return await self._parsers.run(function, body, options)

    def path(self, name: str) -> str:
        """Returns the full path of an existing file or folder below an allowed folder.

        Links are followed before the check: one that leads outside is refused.
        """
        for folder in self._folders:
            try:
                path = (folder / name).resolve(strict=True)
            except (OSError, ValueError, RuntimeError):
                continue  # missing, a NUL, a loop of links, too long a name
            if path.is_relative_to(folder):
                return str(path)
        raise InvalidInput(
            f'"{name[:200]}" is not below a folder that sources may read; put it there or add its '
            "folder to GROUNDSWELL_COLLECTOR__FOLDERS",
            reason="PATH_FORBIDDEN",
            path=name[:200],
        )
