"""The demo's web server on loopback: boards, feeds, and the sink that webhooks are sent to."""

from __future__ import annotations

import hashlib
import html
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from urllib.parse import quote

from aiohttp import web

from groundswell_cli.demo.replay import Replay
from groundswell_cli.demo.sink import Sink
from groundswell_cli.demo.tracks import Place, Track

_ENTRIES = 60  # of a feed
_SEARCH = "https://s.weibo.com/weibo?q="


@dataclass(frozen=True, slots=True)
class Outlet:
    """A feed that tells of the boards' topics a little later; which ones, its name decides."""

    name: str
    title: str
    delay: timedelta
    share: float  # of all topics

    def tells(self, track: Track) -> bool:
        """Tells whether it takes a topic up."""
        digest = hashlib.sha256(f"{self.name}/{track.title}".encode()).digest()
        return digest[0] < self.share * 256


OUTLETS = (
    Outlet("wire", "Demo wire 演示快讯", timedelta(minutes=4), 0.8),
    Outlet("daily", "Demo daily 演示日报", timedelta(minutes=12), 0.5),
    Outlet("city", "Demo city 演示都市", timedelta(minutes=20), 0.5),
)


@asynccontextmanager
async def served(replay: Replay, sink: Sink) -> AsyncIterator[str]:
    """Serves on a free port of loopback until the block ends; yields the address."""
    app = web.Application()
    app.add_routes([web.get("/boards/{name}.json", _board(replay))])
    app.add_routes([web.get("/feeds/{name}.xml", _feed(replay))])
    app.add_routes([web.post("/sink", sink.receive)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


def _board(replay: Replay) -> web.Handler:  # type: ignore[name-defined]
    boards = {"hot": "", "society": "社会"}

    async def answer(request: web.Request) -> web.Response:
        if (name := request.match_info["name"]) not in boards:
            raise web.HTTPNotFound
        replay.begin()
        items = [_item(place) for place in replay.board(boards[name])]
        return web.json_response({"time": replay.now().isoformat(), "data": {"list": items}})

    return answer


def _item(place: Place) -> dict[str, object]:
    track = place.track
    return {
        "rank": place.rank,
        "word": track.title,
        "hot": place.heat,
        "category": track.category,
        "description": track.text,
        "time": track.start.isoformat(),
        "url": _SEARCH + quote(track.title),
    }


def _feed(replay: Replay) -> web.Handler:  # type: ignore[name-defined]
    outlets = {outlet.name: outlet for outlet in OUTLETS}

    async def answer(request: web.Request) -> web.Response:
        outlet = outlets.get(request.match_info["name"])
        if outlet is None:
            raise web.HTTPNotFound
        replay.begin()
        told = [pair for pair in replay.told(outlet.delay) if outlet.tells(pair[1])][:_ENTRIES]
        return web.Response(text=_rss(outlet, told), content_type="application/rss+xml")

    return answer


def _rss(outlet: Outlet, told: list[tuple[datetime, Track]]) -> str:
    entries = "".join(_entry(outlet, time, track) for time, track in told)
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>'
        f"<title>{html.escape(outlet.title)}</title>{entries}</channel></rss>"
    )


def _entry(outlet: Outlet, time: datetime, track: Track) -> str:
    # A topic that comes up again is a new entry.
    guid = hashlib.sha256(f"{outlet.name}/{track.title}/{track.start}".encode()).hexdigest()[:24]
    return (
        f"<item><title>{_clean(track.title)}</title><guid isPermaLink='false'>{guid}</guid>"
        f"<link>{_clean(_SEARCH + quote(track.title))}</link>"
        f"<pubDate>{format_datetime(time)}</pubDate>"
        f"<description>{_clean(track.text)}</description></item>"
    )


def _clean(text: str) -> str:
    """Returns text as XML holds it; a board's titles may hold control characters."""
    return html.escape("".join(char for char in text if char.isprintable()))
