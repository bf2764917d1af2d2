"""RSS, RDF and Atom: a fast parser first, a tolerant one where that fails."""

from __future__ import annotations

import io
import re
import time
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import fastfeedparser
import feedparser
from lxml import etree  # type: ignore[import-untyped]

from groundswell_core.errors import InvalidInput
from groundswell_source_feed.dates import with_zones
from groundswell_source_feed.entry import Entry, Feed
from groundswell_source_feed.filter import harmless

_RSS_LANGUAGE = re.compile(r"<(?:dc:)?language>\s{0,20}([A-Za-z_-]{2,35})\s{0,20}</")
_HAS_ENTRIES = re.compile(r"<(?:\w+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_HEAD = 8192  # characters in which a channel names its language
# What the fast parser is known to raise on broken feeds.
_BROKEN = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, etree.LxmlError)


def read(text: str, zone: ZoneInfo) -> Feed:
    """Returns the feed of an XML text; raises InvalidInput when it is hostile or no feed."""
    text = with_zones(harmless(text), zone)
    feed = _read_fast(text)
    if feed is None or (not feed.entries and _HAS_ENTRIES.search(text)):
        feed = _read_tolerantly(text)
    return feed


def _read_fast(text: str) -> Feed | None:
    try:
        parsed = fastfeedparser.parse(
            text.encode("utf-8", "replace"), include_media=False, include_enclosures=False
        )
    except _BROKEN:
        return None
    found = _RSS_LANGUAGE.search(text[:_HEAD])
    language = found.group(1) if found else parsed.feed.get("language") or ""
    return Feed(entries=tuple(_fast_entry(entry) for entry in parsed.entries), language=language)


def _fast_entry(entry: dict[str, Any]) -> Entry:
    return Entry(
        id=_text(entry.get("id")),
        url=_link(entry),
        title=_text(entry.get("title")),
        text=_longest(entry, "description"),
        time=_text(entry.get("published")) or _text(entry.get("updated")),
        voice=_text(entry.get("author")),
        categories=_categories(entry),
    )


def _read_tolerantly(text: str) -> Feed:
    try:
        parsed = feedparser.parse(
            io.BytesIO(text.encode("utf-8", "replace")),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except (*_BROKEN, AssertionError, RuntimeError) as error:
        raise _no_feed(text) from error
    if not parsed.get("version") and not parsed.entries:
        raise _no_feed(text)
    # As plain objects: feedparser's own guess at what a missing key may mean, and warn of it.
    entries = tuple(_tolerant_entry(dict(entry)) for entry in parsed.entries)
    return Feed(entries=entries, language=_text(parsed.feed.get("language")))


def _no_feed(text: str) -> InvalidInput:
    return InvalidInput(
        "the answer is neither RSS nor Atom nor JSON Feed, or too broken to read; "
        f"it begins with: {' '.join(text[:100].split())!r}"
    )


def _tolerant_entry(entry: dict[str, Any]) -> Entry:
    moment = entry.get("published_parsed") or entry.get("updated_parsed")
    return Entry(
        id=_text(entry.get("id")),
        url=_link(entry),
        title=_text(entry.get("title")),
        text=_longest(entry, "summary"),
        time=_iso(moment),
        voice=_text(entry.get("author")),
        categories=_categories(entry),
    )


def _iso(moment: time.struct_time | None) -> str:
    try:
        return datetime(*moment[:6], tzinfo=UTC).isoformat() if moment else ""
    except (ValueError, TypeError):
        return ""


def _link(entry: dict[str, Any]) -> str:
    """Returns the page of an entry, not the entry's own address in the feed."""
    for link in entry.get("links") or ():
        if link.get("rel") in {None, "alternate"} and link.get("href"):
            return _text(link["href"])
    return _text(entry.get("link"))


def _longest(entry: dict[str, Any], summary: str) -> str:
    """Returns the fullest text that an entry has."""
    contents = (_text(content.get("value")) for content in entry.get("content") or ())
    return max((*contents, _text(entry.get(summary))), key=len)


def _categories(entry: dict[str, Any]) -> tuple[str, ...]:
    tags = (tag.get("label") or tag.get("term") for tag in entry.get("tags") or ())
    return tuple(tag for tag in tags if isinstance(tag, str))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
