"""Bytes to entries. Runs in the collector's parsing child, never in the collector itself."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

from groundswell_core.errors import InvalidInput
from groundswell_core.values import clean_text
from groundswell_source_feed import json_feed, xml_feed
from groundswell_source_feed.charset import decode
from groundswell_source_feed.entry import Entry, Feed
from groundswell_source_feed.html import feed_link, is_page, to_text

_TITLE = 500  # characters
_TEXT = 100_000  # characters
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}")


def parse_feed(body: bytes, options: Mapping[str, Any]) -> dict[str, Any]:
    """Returns {"language", "entries", "refused"} of a feed; every text in it is plain and clean.

    Options: url (of the answer), charset (of its header) and timezone (of dates without one).
    Raises InvalidInput when the body is no feed.
    """
    text = decode(body, options["charset"]).lstrip("\ufeff \t\r\n\0")
    feed = _read(text, options["url"], ZoneInfo(options["timezone"]))
    entries = list(_unique(_clean(entry, options["url"]) for entry in feed.entries))
    return {
        "language": _language(feed.language),
        "entries": [entry for entry in entries if entry["title"] or entry["text"]],
        "refused": [
            {"id": entry["id"], "why": "an entry with neither a title nor a text was left out"}
            for entry in entries
            if not (entry["title"] or entry["text"])
        ],
    }


def _read(text: str, url: str, zone: ZoneInfo) -> Feed:
    if not text:
        raise InvalidInput("the answer is empty: there is no feed at this address; check the URL")
    if text.startswith(("{", "[")):
        return json_feed.read(text)
    if is_page(text):
        found = feed_link(text, url)
        cure = f": {found}" if found else ", which this page does not have"
        raise InvalidInput(f"this is a web page, not a feed; look for <link rel=alternate …>{cure}")
    return xml_feed.read(text, zone)


def _clean(entry: Entry, base: str) -> dict[str, Any]:
    text = to_text(entry.text)[:_TEXT]
    title = " ".join(to_text(entry.title).split())[:_TITLE]
    url = _url(entry.url, base)
    return {
        "id": _id(entry, url, title or text),
        "url": url,
        "title": title or " ".join(text[:80].split()),
        "text": text,
        "time": _time(entry.time),
        "voice": clean_text(entry.voice, 200),
        "category": ", ".join(clean_text(name, 50) for name in entry.categories[:5]),
    }


def _id(entry: Entry, url: str, said: str) -> str:
    """Returns the entry's own id, else its link, else a digest of what it says."""
    own = clean_text(entry.id, 2000).strip()
    return own or url or hashlib.sha256(said.encode()).hexdigest()[:32]


def _unique(entries: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yields entries with ids of their own.

    Some feeds give all entries one id: then their links tell them apart. Real repeats go.
    """
    entries = list(entries)
    pairs = {(entry["id"], entry["url"]) for entry in entries}
    shared = {key for key, count in Counter(key for key, _ in pairs).items() if count > 1}
    yielded = set()
    for entry in entries:
        key = (entry["url"] or entry["id"]) if entry["id"] in shared else entry["id"]
        if key not in yielded:
            yielded.add(key)
            yield {**entry, "id": key}


def _url(text: str, base: str) -> str:
    """Returns an absolute http(s) URL; empty when there is none."""
    if not text:
        return ""
    try:
        url = urljoin(base, clean_text(text, 2000).replace("\n", "").strip())
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in {"http", "https"} and parts.hostname else ""


def _time(text: str) -> str | None:
    """Returns an ISO time in UTC; none when the text is no date."""
    try:
        time = datetime.fromisoformat(text)
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        return None


def _language(text: str) -> str:
    found = _LANGUAGE.fullmatch(text.strip())
    return found.group().replace("_", "-") if found else ""
