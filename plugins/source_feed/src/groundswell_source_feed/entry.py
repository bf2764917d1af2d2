"""What the readers of all formats give: entries as their feed shows them, uncleaned."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a feed; a field that the feed lacks is empty."""

    id: str = ""
    url: str = ""  # may be relative
    title: str = ""  # may be HTML
    text: str = ""  # may be HTML
    time: str = ""  # ISO 8601
    voice: str = ""  # the author
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """The entries of a feed, in its order."""

    entries: tuple[Entry, ...]
    language: str = ""
