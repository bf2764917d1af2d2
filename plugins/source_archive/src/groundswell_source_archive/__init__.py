"""Replays dated documents from JSONL or Parquet files as a Groundswell source."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator

from groundswell_core.sources import Host, Source, SourceConfig, SourceSpec, hookimpl
from groundswell_source_archive.source import ArchiveSource

_PATH = 200  # characters of a dotted path


class ArchiveFields(SourceConfig):
    """Where each value stands in a row: column names or dotted paths; empty: nowhere."""

    time: str = Field(
        "time",
        min_length=1,
        max_length=_PATH,
        description="when it was published: ISO 8601, a date type, or an epoch",
    )
    title: str = Field("title", max_length=_PATH, description="the headline")
    text: str = Field("text", max_length=_PATH, description="the text")
    id: str = Field("id", max_length=_PATH, description="id; without it the content identifies")
    url: str = Field("url", max_length=_PATH, description="address of its page")
    language: str = Field("language", max_length=_PATH, description="BCP 47 language")
    outlet: str = Field("outlet", max_length=_PATH, description="who published it")
    category: str = Field("category", max_length=_PATH, description="becomes the label category")
    rank: str = Field("rank", max_length=_PATH, description="position on a board, 1 is the top")
    heat: str = Field("heat", max_length=_PATH, description="a board's measure of attention")
    read_count: str = Field("read_count", max_length=_PATH, description="times read")
    discussion_count: str = Field(
        "discussion_count", max_length=_PATH, description="times discussed"
    )


class ArchiveConfig(SourceConfig):
    """What a user writes under config: of a source of the kind archive."""

    path: str = Field(
        min_length=1,
        max_length=1000,
        description="file, or folder whose files are read by name; .jsonl, .jsonl.gz or .parquet, "
        "below a folder of GROUNDSWELL_COLLECTOR__FOLDERS",
    )
    fields: ArchiveFields = Field(ArchiveFields(), description="where each value stands in a row")
    speed: float = Field(
        1.0,
        ge=0,
        le=1_000_000,
        description="seconds of the archive replayed in one second; 1: as recorded; "
        "0: as fast as possible",
    )
    start: datetime | None = Field(None, description="documents before this time are left out")
    end: datetime | None = Field(None, description="documents from this time on are left out")
    timezone: str = Field(
        "UTC", max_length=64, description="time zone of times that name none, such as Asia/Shanghai"
    )
    language: str = Field("", max_length=35, description="BCP 47 language of rows that name none")
    batch: int = Field(500, ge=1, le=1000, description="documents yielded at once")

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f'"{value}" is no time zone; write one like Asia/Shanghai') from None
        return value


@asynccontextmanager
async def open_archive(config: ArchiveConfig, host: Host) -> AsyncIterator[Source]:
    """Opens an archive; files are opened when they are read."""
    yield ArchiveSource(config.model_dump(), host)


SPEC = SourceSpec(
    kind="archive",
    config=ArchiveConfig,
    open=open_archive,
    summary="Dated documents from JSONL or Parquet files, replayed in order at any speed.",
)


@hookimpl
def groundswell_sources() -> Iterable[SourceSpec]:
    """Returns the kind archive."""
    return [SPEC]
