"""JSON to topics. Runs in the collector's parsing child, never in the collector itself."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from groundswell_core.errors import InvalidInput
from groundswell_core.values import count_of, number_of, pick, text_of, time_of

_MOST_ITEMS = 2000
_MOST_COMPLAINTS = 20


def parse_board(body: bytes, options: Mapping[str, Any]) -> dict[str, Any]:
    """Returns {"topics", "invalid"} of a board; every text in it is plain and clean.

    Options: url (of the answer), and items, fields and link as in the config.
    Raises InvalidInput when the body is no JSON, or has no list where items says.
    """
    items = find_list(_load(body), options["items"])
    topics: dict[str, dict[str, Any]] = {}
    invalid: list[str] = []
    for place, item in enumerate(items[:_MOST_ITEMS], 1):
        if options["fields"]["skip"] and pick(item, options["fields"]["skip"]):
            continue
        topic = _topic(item, place, options)
        if topic is None:
            path = options["fields"]["title"]
            invalid.append(f'item {place} of the board has no text at "{path}"; check fields.title')
        else:
            topics.setdefault(topic["id"], topic)
    if items and not topics and invalid:
        raise InvalidInput(f"no item of the board could be read: {invalid[0]}")
    return {"topics": list(topics.values()), "invalid": invalid[:_MOST_COMPLAINTS]}


def find_list(document: Any, path: str) -> list[Any]:
    """Returns the list at a dotted path; raises InvalidInput telling which lists there are."""
    found = pick(document, path) if path else document
    if isinstance(found, list):
        return found
    lists = ", ".join(_lists(document, "", 3)) or "none"
    where = f'at "{path[:100]}"' if path else "at its top"
    raise InvalidInput(f"the answer has no list {where}; set items to one of: {lists}")


def _load(body: bytes) -> Any:
    try:
        return json.loads(_decode(body))
    except (ValueError, RecursionError) as error:
        start = " ".join(body[:60].decode("utf-8", "replace").split())
        raise InvalidInput(
            f"the answer is no JSON ({error}); it begins with {start!r}; check the URL"
        ) from None


def _decode(body: bytes) -> str:
    encoding = json.detect_encoding(body)
    try:
        return body.decode(encoding)
    except UnicodeDecodeError:
        return body.decode("gb18030", "replace")


def _lists(value: Any, path: str, depth: int) -> list[str]:
    """Returns the paths of lists of objects, to help whoever mistyped one."""
    if isinstance(value, list):
        return [f'"{path}"'] if any(isinstance(item, dict) for item in value[:3]) else []
    if not isinstance(value, dict) or depth == 0:
        return []
    below = (
        (f"{path}.{key}" if path else str(key), item) for key, item in list(value.items())[:50]
    )
    return [found for name, item in below for found in _lists(item, name[:100], depth - 1)][:10]


def _topic(item: Any, place: int, options: Mapping[str, Any]) -> dict[str, Any] | None:
    fields = options["fields"]

    def value(name: str) -> Any:
        return pick(item, fields[name]) if fields[name] else None

    title = " ".join(text_of(value("title"), 500).split())
    if not title:
        return None
    key = text_of(value("id"), 500) or digest(title)
    rank = number_of(value("rank")) if fields["rank"] else float(place)
    return {
        "id": key,
        "url": _url(text_of(value("url"), 2000), title, key, options),
        "title": title,
        "text": text_of(value("text"), 100_000),
        "category": text_of(value("category"), 100),
        "rank": int(rank) if rank is not None and 1 <= rank <= 1e6 else None,
        "heat": number_of(value("heat")),
        "read_count": count_of(value("read_count")),
        "discussion_count": count_of(value("discussion_count")),
        "time": time.isoformat() if (time := time_of(value("time"))) else None,
    }


def digest(title: str) -> str:
    """Returns the id of a topic that has none: blind to case, width and white space."""
    normal = "".join(unicodedata.normalize("NFKC", title).casefold().split())
    return hashlib.sha256(normal.encode()).hexdigest()[:32]


def _url(given: str, title: str, key: str, options: Mapping[str, Any]) -> str:
    template = options["link"]
    if not given and template:
        given = template.replace("{title}", quote(title, safe="")).replace(
            "{id}", quote(key, safe="")
        )
    try:
        url = urljoin(options["url"], given.replace("\n", "")) if given else ""
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in {"http", "https"} and parts.hostname else ""
