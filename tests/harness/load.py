"""Serves numbered documents over HTTP, each noted in a synced ledger before anybody can see it."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from aiohttp import web

from groundswell_core.identity import document_id
from harness.writer import HAPPENINGS, Writer


@dataclass(frozen=True, slots=True)
class Served:
    """One document as the ledger has it."""

    feed: int
    number: int
    title: str
    text: str
    time: float

    @property
    def key(self) -> str:
        """Returns the id of the document within its feed."""
        return f"{self.feed}-{self.number}"

    @property
    def document_id(self) -> str:
        """Returns the id that the product must give it."""
        return document_id(source_name(self.feed), self.key)


def source_name(feed: int) -> str:
    """Returns the name of the source that reads a feed."""
    return f"sources/load-{feed}"


class LoadServer:
    """A JSON Feed a source; shows the newest documents, as many as the window holds."""

    def __init__(self, ledger: Path, *, feeds: int, window: int, seed: int = 1) -> None:
        self.feeds = feeds
        self.served: list[Served] = []
        self.port = 0
        self.webhooks: list[tuple[float, dict[str, str], bytes]] = []
        self._ledger = ledger
        self._writer = Writer(seed)
        self._windows: dict[int, deque[Served]] = defaultdict(lambda: deque(maxlen=window))
        self.first_seen: dict[str, float] = {}  # document id -> when an answer first held it

    def publish(self, count: int, *, feed: int | None = None) -> list[Served]:
        """Writes documents into the ledger, syncs it, then lets them be seen."""
        made = []
        for _ in range(count):
            number = len(self.served) + len(made)
            title, text = self._writer.write(number)
            at = number % self.feeds if feed is None else feed
            made.append(Served(at, number, title, text, time.time()))
        self._note(made)
        return made

    def publish_text(self, title: str, text: str, *, feed: int) -> Served:
        """Publishes one document with words of the caller's."""
        one = Served(feed, len(self.served), title, text, time.time())
        self._note([one])
        return one

    def _note(self, made: list[Served]) -> None:
        with self._ledger.open("a") as file:
            file.writelines(json.dumps([one.feed, one.number, one.title]) + "\n" for one in made)
            file.flush()
            os.fsync(file.fileno())
        for one in made:
            self.served.append(one)
            self._windows[one.feed].append(one)

    async def pour(self, rate: float, seconds: float) -> None:
        """Publishes rate documents a second, in ten strokes a second."""
        start, done = time.monotonic(), 0
        while (elapsed := time.monotonic() - start) < seconds:
            due = int(elapsed * rate)
            if due > done:
                self.publish(due - done)
                done = due
            await asyncio.sleep(0.1)

    @asynccontextmanager
    async def running(self, also: Sequence[web.RouteDef] = ()) -> AsyncIterator[LoadServer]:
        """Serves on loopback, with further paths."""
        app = web.Application(client_max_size=8 << 20)
        app.router.add_get("/feeds/{feed}", self._feed)
        app.router.add_post("/webhook", self._webhook)
        app.add_routes(also)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.port = runner.addresses[0][1]
        try:
            yield self
        finally:
            await runner.cleanup()

    def _shown(self, feed: int, known: str) -> list[Served]:
        """Returns what a feed shows to a reader that has seen the answer with the etag known."""
        return list(self._windows[feed])

    async def _feed(self, request: web.Request) -> web.Response:
        feed, known = int(request.match_info["feed"]), request.headers.get("If-None-Match", "")
        shown = self._shown(feed, known)
        etag = _etag(shown)
        if known == etag:
            return web.Response(status=304, headers={"ETag": etag})
        now = time.time()
        for one in shown:
            self.first_seen.setdefault(one.document_id, now)
        items = [
            {
                "id": one.key,
                "url": f"http://127.0.0.1/{one.key}",
                "title": one.title,
                "content_text": one.text,
                "date_published": datetime.fromtimestamp(one.time, UTC).isoformat(),
            }
            for one in reversed(shown)
        ]
        body = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": f"Feed {feed}",
            "items": items,
        }
        return web.json_response(body, headers={"ETag": etag})

    async def _webhook(self, request: web.Request) -> web.Response:
        self.webhooks.append((time.time(), dict(request.headers), await request.read()))
        return web.Response(status=204)

    def configuration(self, folder: Path, *, interval: float = 1.0) -> Path:
        """Writes sources, monitors and routes that fit this server; returns the folder."""
        folder.mkdir(parents=True, exist_ok=True)
        sources = [
            {
                "name": source_name(feed),
                "display_name": f"Outlet {feed}",
                "kind": "feed",
                "config": {"url": f"http://127.0.0.1:{self.port}/feeds/{feed}"},
                "interval": f"{interval:g}s",
                "weight": 0.9,
            }
            for feed in range(self.feeds)
        ]
        monitor = {
            "name": "monitors/everything",
            "display_name": "Everything",
            "query": " OR ".join(HAPPENINGS),
            "minimum_support": 1,
            "alert_level": "IV",
        }
        secret = folder / "secret"
        secret.write_text("a secret that only tests know")
        secret.chmod(0o600)
        hook = {"url": f"http://127.0.0.1:{self.port}/webhook", "secret_file": str(secret)}
        timers = {"group_by": ["story"], "group_wait": "1s", "group_interval": "5s"}
        routes = {
            "route": {"receiver": "sink", **timers, "repeat_interval": "4h"},
            "receivers": [{"name": "sink", "webhook_configs": [hook]}],
        }
        for name, content in (
            ("sources", {"sources": sources}),
            ("monitors", {"monitors": [monitor]}),
            ("routes", routes),
        ):
            # JSON is YAML: the loaders read it as such.
            (folder / f"{name}.yaml").write_text(json.dumps(content, ensure_ascii=False))
        return folder


class PatientServer(LoadServer):
    """Shows a document until the reader has confirmed it, as a feed with pages would.

    A reader that comes with the ETag of the last answer has stored all that it held.
    """

    def __init__(self, ledger: Path, *, feeds: int, tail: int = 50, most: int = 500) -> None:
        """Takes how many confirmed entries stay in sight, and the most that an answer holds."""
        super().__init__(ledger, feeds=feeds, window=10**6)
        self._tail = tail
        self._most = most
        self._answered: dict[int, list[Served]] = defaultdict(list)

    def _shown(self, feed: int, known: str) -> list[Served]:
        waiting, last = self._windows[feed], self._answered[feed]
        if last and known == _etag(last):
            for _ in range(len(last) - self._tail):
                waiting.popleft()
        self._answered[feed] = list(islice(waiting, self._most))
        return self._answered[feed]


def _etag(shown: list[Served]) -> str:
    return f'"{shown[-1].number if shown else 0}"'
