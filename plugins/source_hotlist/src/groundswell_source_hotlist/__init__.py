"""Ranked boards served as JSON over HTTP as a Groundswell source."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from pydantic import Field

from groundswell_core.sources import Host, Source, SourceConfig, SourceSpec, hookimpl
from groundswell_source_hotlist.source import HotlistSource

_PATH = 200  # characters of a dotted path


class HotlistFields(SourceConfig):
    """Where each value stands in an item: dotted paths such as info.title; empty: nowhere."""

    title: str = Field("title", min_length=1, max_length=_PATH, description="the topic in words")
    id: str = Field(
        "", max_length=_PATH, description="the board's own id; without it the title identifies"
    )
    url: str = Field("", max_length=_PATH, description="address of the topic's page")
    text: str = Field("", max_length=_PATH, description="a longer description")
    category: str = Field("", max_length=_PATH, description="becomes the label category")
    rank: str = Field(
        "", max_length=_PATH, description="position, 1 is the top; empty: place in the list"
    )
    heat: str = Field(
        "", max_length=_PATH, description="the board's measure of attention, such as 1234 or 12.3万"
    )
    read_count: str = Field("", max_length=_PATH, description="times read")
    discussion_count: str = Field("", max_length=_PATH, description="times discussed")
    time: str = Field(
        "",
        max_length=_PATH,
        description="when it came up: epoch in seconds or milliseconds, or ISO 8601; "
        "empty: when it was first seen",
    )
    skip: str = Field("", max_length=_PATH, description="items where this is true are left out")


class HotlistConfig(SourceConfig):
    """What a user writes under config: of a source of the kind hotlist."""

    url: str = Field(
        pattern="^https?://", max_length=2000, description="address of the board; http or https"
    )
    items: str = Field(
        "",
        max_length=_PATH,
        description="dotted path of the list in the answer, such as data.list; "
        "empty: the answer is the list",
    )
    fields: HotlistFields = Field(HotlistFields(), description="where each value stands in an item")
    link: str = Field(
        "",
        max_length=500,
        description="address of a topic's page where items hold none; "
        "{title} and {id} are filled in, such as https://search.example/?q={title}",
    )
    language: str = Field("", max_length=35, description="BCP 47 language of the topics")
    heat_change: float = Field(
        0.05, ge=0, le=10, description="share by which heat must change to be told again"
    )
    rank_change: int = Field(
        1, ge=1, le=1000, description="places by which rank must change to be told again"
    )
    repeat: float = Field(
        600.0, ge=1, le=86_400, description="seconds after which a topic is told again regardless"
    )
    batch: int = Field(100, ge=1, le=1000, description="documents yielded at once")


@asynccontextmanager
async def open_hotlist(config: HotlistConfig, host: Host) -> AsyncIterator[Source]:
    """Opens a board; nothing is fetched before the first read."""
    yield HotlistSource(config.model_dump(), host)


SPEC = SourceSpec(
    kind="hotlist",
    config=HotlistConfig,
    open=open_hotlist,
    summary="Ranked boards served as JSON over HTTP; rank and heat become signals.",
)


@hookimpl
def groundswell_sources() -> Iterable[SourceSpec]:
    """Returns the kind hotlist."""
    return [SPEC]
