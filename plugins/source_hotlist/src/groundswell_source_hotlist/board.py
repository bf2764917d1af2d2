"""JSON to topics. Runs in the collector's parsing child, never in the collector itself."""

from __future__ import annotations

import hashlib
import json
import math
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from groundswell_core.errors import InvalidInput
from groundswell_core.sources import clean_text

_MOST_ITEMS = 2000
_MOST_COMPLAINTS = 20
_NUMBER = re.compile(r"(-?\d[\d,]{0,20}(?:\.\d{1,9})?)\s?(万|亿|[kKmMwW])?")
_UNITS = {"万": 1e4, "w": 1e4, "亿": 1e8, "k": 1e3, "m": 1e6}
_MILLISECONDS = 1e11  # a larger epoch is in milliseconds: seconds reach it in the year 5138


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


def pick(value: Any, path: str) -> Any:
    """Returns what stands at a dotted path of objects and list places; None where nothing does."""
    for part in path.split("."):
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and part.isascii() and part.isdigit():
            value = value[int(part)] if int(part) < len(value) else None
        else:
            return None
    return value


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

    title = " ".join(_text(value("title"), 500).split())
    if not title:
        return None
    key = _text(value("id"), 500) or digest(title)
    rank = number(value("rank")) if fields["rank"] else float(place)
    return {
        "id": key,
        "url": _url(_text(value("url"), 2000), title, key, options),
        "title": title,
        "text": _text(value("text"), 100_000),
        "category": _text(value("category"), 100),
        "rank": int(rank) if rank is not None and 1 <= rank <= 1e6 else None,
        "heat": number(value("heat")),
        "read_count": _whole(number(value("read_count"))),
        "discussion_count": _whole(number(value("discussion_count"))),
        "time": _seconds(value("time")),
    }


def digest(title: str) -> str:
    """Returns the id of a topic that has none: blind to case, width and white space."""
    normal = "".join(unicodedata.normalize("NFKC", title).casefold().split())
    return hashlib.sha256(normal.encode()).hexdigest()[:32]


def number(value: Any) -> float | None:
    """Returns a number that is finite and at least 0, also from 12.3万, 1,234 or "hot 5k"."""
    if isinstance(value, str):
        found = _NUMBER.search(value[:200])
        if found is None:
            return None
        value = float(found.group(1).replace(",", "")) * _UNITS.get(
            (found.group(2) or "").lower(), 1
        )
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return None
    try:
        parsed = float(value)
    except OverflowError:
        return None
    return parsed if math.isfinite(parsed) and parsed >= 0 else None


def _whole(value: float | None) -> int | None:
    return int(value) if value is not None and value < 2**53 else None


def _seconds(value: Any) -> float | None:
    """Returns epoch seconds of an epoch or an ISO time; times without a zone are UTC."""
    if isinstance(value, str) and not value.strip().replace(".", "", 1).isdigit():
        try:
            time = datetime.fromisoformat(value.strip()[:40])
            return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()
        except (ValueError, OverflowError):
            return None
    epoch = number(value)
    return epoch / 1000 if epoch is not None and epoch > _MILLISECONDS else epoch


def _text(value: Any, limit: int) -> str:
    """Returns a string or a number as clean text; lists, objects and truth values are no text."""
    is_text = isinstance(value, (str, int, float)) and not isinstance(value, bool)
    return clean_text(value, limit) if is_text else ""


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
