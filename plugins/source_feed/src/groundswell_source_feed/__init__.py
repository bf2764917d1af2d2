"""RSS, Atom, RDF and JSON Feed as a Groundswell source."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator

from groundswell_core.sources import Host, Source, SourceConfig, SourceSpec, hookimpl
from groundswell_source_feed.source import FeedSource


class FeedConfig(SourceConfig):
    """What a user writes under config: of a source of the kind feed."""

    url: str = Field(
        pattern="^https?://", max_length=2000, description="address of the feed; http or https"
    )
    language: str = Field(
        "",
        max_length=35,
        description="BCP 47 language of the documents; empty: as the feed says",
    )
    timezone: str = Field(
        "UTC",
        max_length=64,
        description="time zone of dates that name none, such as Asia/Shanghai",
    )
    batch: int = Field(100, ge=1, le=1000, description="documents yielded at once")

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f'"{value}" is no time zone; write one like Asia/Shanghai') from None
        return value


@asynccontextmanager
async def open_feed(config: FeedConfig, host: Host) -> AsyncIterator[Source]:
    """Opens a feed; nothing is fetched before the first read."""
    yield FeedSource(
        config.url, host, language=config.language, timezone=config.timezone, size=config.batch
    )


SPEC = SourceSpec(
    kind="feed",
    config=FeedConfig,
    open=open_feed,
    summary="RSS, Atom, RDF and JSON feeds over HTTP.",
)


@hookimpl
def groundswell_sources() -> Iterable[SourceSpec]:
    """Returns the kind feed."""
    return [SPEC]
