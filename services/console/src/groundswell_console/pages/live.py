"""The stream of changes to a browser, by server-sent events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from groundswell_console.context import Console, console, person_of
from groundswell_console.live import Change, Subscription
from groundswell_core.log import get_logger

log = get_logger(__name__)
BEAT = 5.0  # seconds between signs of life
RECHECK = 60.0  # seconds until the session is looked at again
WRITE_TIMEOUT = 10.0  # seconds; a browser that takes longer is cut off and comes back


class EventStream(StreamingResponse):
    """Server-sent events whose every write has a deadline."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends until the events end, the browser leaves, or it does not read."""

        async def bounded(message: Message) -> None:
            async with asyncio.timeout(WRITE_TIMEOUT):
                await send(message)

        try:
            await super().__call__(scope, receive, bounded)
        except* (TimeoutError, OSError):
            log.info("browser cut off")


def event(name: str, data: object, *, identifier: int = 0) -> bytes:
    """Returns one event; an identifier above 0 is what the browser comes back with."""
    head = f"id: {identifier}\n" if identifier else ""
    return f"{head}event: {name}\ndata: {orjson.dumps(data).decode()}\n\n".encode()


def _told(change: Change) -> bytes:
    alert = change.alert
    if alert is None:
        return event("live-reset", {}, identifier=change.id)
    data = {
        "name": alert.name,
        "headline": alert.headline,
        "level": alert.grade.level.name if alert.grade else "NONE",
        "firing": alert.state.name == "FIRING",
        "news": change.is_news,
        "exercise": alert.exercise,
    }
    return event("live-alert", data, identifier=change.id)


def _beat(parts: Console) -> bytes:
    hub = parts.hub
    seen = hub.message_time.isoformat() if hub.message_time else ""
    return event("live-beat", {"connected": hub.is_connected, "message_time": seen})


async def _events(parts: Console, subscription: Subscription, token: str) -> AsyncIterator[bytes]:
    yield b"retry: 1000\n\n" + _beat(parts)
    checked = parts.clock.monotonic()
    while not parts.stopping.is_set():
        change = await subscription.next(BEAT)
        if subscription.is_cut_off:
            return
        yield _told(change) if change else _beat(parts)
        if parts.clock.monotonic() - checked > RECHECK:
            if await parts.sessions.find(token) is None:
                return
            checked = parts.clock.monotonic()


def _last_id(request: Request) -> int | None:
    sent = request.headers.get("Last-Event-ID", "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 20 else None


async def live(request: Request) -> Response:
    """Follows alerts until the browser leaves."""
    parts, person = console(request), person_of(request)

    async def stream() -> AsyncIterator[Any]:
        with parts.hub.subscribe(person, _last_id(request)) as subscription:
            async for piece in _events(parts, subscription, request.state.token):
                yield piece

    parts.hub.check_room()
    return EventStream(
        stream(), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"}
    )


ROUTES = [Route("/live", live)]
