"""One search for stories and documents: a box, filters, a count, errors at their place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from groundswell_console.choices import LANGUAGE_CODES, TOPICS, place_code, places
from groundswell_console.clients.stories import DOCUMENT_ORDERS, ORDERS
from groundswell_console.clients.wanted import Wanted
from groundswell_console.context import attempts, console, page, texts
from groundswell_console.shapes import marked
from groundswell_core.grades import Level

KINDS = ("stories", "documents")
SPANS = {
    "1h": timedelta(hours=1),
    "24h": timedelta(hours=24),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}
_SIZE = 20
_FIELDS = ("q", "place", "category", "level", "language", "source", "span", "from", "to", "order")


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as it was typed, and as it is put to the analyzer."""

    kind: str
    typed: dict[str, str]
    wanted: Wanted

    @property
    def is_filtered(self) -> bool:
        """Tells whether anything narrows it."""
        return not self.wanted.is_open

    def link(self, **changed: str) -> str:
        """Returns the query string of this search with some fields changed."""
        fields = {"kind": self.kind, **self.typed, **changed}
        return urlencode({name: value for name, value in fields.items() if value})


def zone_of(name: str) -> tzinfo:
    """Returns a time zone by its name, UTC where there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def day_of(text: str, zone: tzinfo) -> datetime | None:
    """Returns the start of a day such as 2026-11-20, or None where the text is none."""
    try:
        return datetime.combine(datetime.fromisoformat(text), time(), zone)
    except ValueError:
        return None


def read(fields: Mapping[str, str], zone: tzinfo, now: datetime) -> Asked:
    """Returns what the fields of a search ask for; what cannot be meant is left out."""
    typed = {name: fields.get(name, "").strip()[:2000] for name in _FIELDS}
    kind = fields.get("kind", "")
    level = typed["level"]
    start, end = day_of(typed["from"], zone), day_of(typed["to"], zone)
    if start is None and typed["span"] in SPANS:
        start = now - SPANS[typed["span"]]
    wanted = Wanted(
        query=typed["q"],
        place=place_code(typed["place"]),
        category=typed["category"],
        minimum_level=Level[level] if level in Level.__members__ else Level.UNSPECIFIED,
        language=typed["language"],
        source=typed["source"],
        start_time=start,
        end_time=end + timedelta(days=1) if end else None,
    )
    return Asked(kind if kind in KINDS else KINDS[0], typed, wanted)


async def _found(request: Request, asked: Asked) -> object:
    peers, token = console(request).peers, request.query_params.get("page", "")
    order = asked.typed["order"]
    if asked.kind == "documents":
        return await peers.documents.search(asked.wanted, order=order, size=_SIZE, token=token)
    return await peers.stories.search(asked.wanted, order=order, size=_SIZE, token=token)


async def search(request: Request) -> Response:
    """Shows the search and what it finds."""
    fields, peers = request.query_params, console(request).peers
    zone = zone_of(request.state.zone or fields.get("zone", ""))
    asked = read(fields, zone, request.state.now)
    works: dict[str, Any] = {"sources": peers.sources.list()}
    if asked.wanted.query:
        works["parsed"] = peers.monitors.parse(asked.wanted.query)
    known = await attempts(request, **works)
    errors = getattr(known.get("parsed"), "errors", ())
    found = {} if errors else await attempts(request, found=_found(request, asked))
    return page(
        request,
        "search/index.html",
        asked=asked,
        sources=known["sources"],
        errors=errors,
        pieces=marked(asked.wanted.query, errors),
        found=found.get("found"),
        orders=tuple(DOCUMENT_ORDERS if asked.kind == "documents" else ORDERS),
        spans=tuple(SPANS),
        topics=TOPICS,
        languages=LANGUAGE_CODES,
        places=places(texts(request)),
        is_first=not fields.get("page", ""),
    )


ROUTES = [Route("/search", search)]
