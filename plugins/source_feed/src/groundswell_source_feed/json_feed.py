"""JSON Feed (jsonfeed.org, versions 1.0 and 1.1)."""

from __future__ import annotations

import html
import json
from typing import Any

from groundswell_core.errors import InvalidInput
from groundswell_source_feed.entry import Entry, Feed


def read(text: str) -> Feed:
    """Returns the feed of a JSON text; raises InvalidInput when it is none."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"the answer looks like JSON but cannot be read: {error}") from None
    items = document.get("items") if isinstance(document, dict) else None
    if not isinstance(items, list):
        raise InvalidInput(
            'the answer is JSON without a list "items", so it is no JSON Feed; '
            "a ranked board is read by the kind hotlist"
        )
    entries = tuple(_entry(item) for item in items if isinstance(item, dict))
    return Feed(entries=entries, language=_text(document.get("language")))


def _entry(item: dict[str, Any]) -> Entry:
    return Entry(
        id=_text(item.get("id")),
        url=_text(item.get("url")) or _text(item.get("external_url")),
        title=html.escape(_text(item.get("title"))),
        text=_content(item),
        time=_text(item.get("date_published")) or _text(item.get("date_modified")),
        voice=_author(item),
        categories=tuple(tag for tag in _list(item.get("tags")) if isinstance(tag, str)),
    )


def _content(item: dict[str, Any]) -> str:
    """Returns HTML: plain text is escaped, so that what looks like a tag stays text."""
    plain = _text(item.get("content_text")) or _text(item.get("summary"))
    return _text(item.get("content_html")) or html.escape(plain).replace("\n", "<br>")


def _author(item: dict[str, Any]) -> str:
    authors = [*_list(item.get("authors")), item.get("author")]
    names = (_text(author.get("name")) for author in authors if isinstance(author, dict))
    return next((name for name in names if name), "")


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    """Returns a string or a number as text; ids are numbers in some feeds."""
    return str(value) if isinstance(value, (str, int, float)) else ""
