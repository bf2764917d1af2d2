"""The collector's settings."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from groundswell_collector.fetch.settings import FetchSettings
from groundswell_collector.parsing.settings import ParsingSettings
from groundswell_core.settings import Seconds, Section, ServiceSettings


class CollectorSettings(Section):
    """When sources are read, and how long the inbox remembers."""

    sources_file: Path | None = Field(
        None, description="YAML file of sources that are made at start; unset: none"
    )
    folders: str = Field(
        "", description="folders whose files sources may read; comma-separated; empty: none"
    )
    interval: Seconds = Field(
        300.0, description="seconds between reads of a source without its own"
    )
    spread: float = Field(
        5.0, ge=0, le=3600, description="seconds over which the first reads are spread at start"
    )
    maximum_backoff: Seconds = Field(
        900.0,
        description="seconds that a failing source waits at most, unless its interval is longer",
    )
    poll: Seconds = Field(
        10.0, description="seconds until changes made through another collector are seen"
    )
    lease: Seconds = Field(
        30.0, description="seconds after which a silent collector's sources are taken over"
    )
    check_timeout: Seconds = Field(20.0, description="seconds that a dry run may take at most")
    reconcile_after: Seconds = Field(
        60.0, description="seconds until a document that nobody confirmed is sent again"
    )
    maximum_reconcile_after: Seconds = Field(
        600.0, description="seconds that the time between two sendings doubles up to"
    )
    maximum_unconfirmed: int = Field(
        1000, ge=1, description="unconfirmed documents of this collector that stop its reading"
    )
    maximum_unconfirmed_bytes: int = Field(
        16 * 1024 * 1024, ge=1024, description="the same in bytes"
    )
    maximum_age: float = Field(
        0.0, ge=0, description="days after which a document is too old to be taken; 0: never"
    )
    retention: float = Field(
        30.0, gt=0, description="days that ids of confirmed documents are remembered"
    )

    def folder_paths(self) -> tuple[Path, ...]:
        """Returns the folders whose files sources may read."""
        return tuple(Path(part.strip()) for part in self.folders.split(",") if part.strip())


class PluginsSettings(Section):
    """Which plugins are loaded."""

    allowed: str = Field(
        "groundswell-source-feed,groundswell-source-hotlist,groundswell-source-archive",
        description="distributions whose source kinds are loaded; comma-separated",
    )

    def names(self) -> tuple[str, ...]:
        """Returns the distributions in their order."""
        return tuple(part.strip() for part in self.allowed.split(",") if part.strip())


class Settings(ServiceSettings):
    """All settings of the collector."""

    collector: CollectorSettings = CollectorSettings()
    plugins: PluginsSettings = PluginsSettings()
    fetch: FetchSettings = FetchSettings()
    parsing: ParsingSettings = ParsingSettings()
