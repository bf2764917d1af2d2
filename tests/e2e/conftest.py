"""The whole suite as processes, started once for each module, on embedded servers."""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from harness import bad_feeds
from harness.load import LoadServer, Served
from harness.stack import Stack

from groundswell_core import rpc
from groundswell_core.embedded import EmbeddedBroker, EmbeddedMongo
from groundswell_core.mongo import Database, connect
from groundswell_core.tokens import Identity, Role

FEEDS = 13
DRILL = FEEDS - 1  # the feed whose documents are a drill's
_CHARACTERS = "鑫瑞祺晗珂琳瑶璐颖蕾薇梓桐楠枫柏榕榆骏骐骁驰骋翔琦琨琛瑾瑜璋铭锋锐淳渊涛"


@dataclass(frozen=True, slots=True)
class Running:
    """The suite, and what feeds it."""

    stack: Stack
    server: LoadServer
    database: Database

    def publish_story(self, head: str, count: int, *, feed: int | None = None) -> list[Served]:
        """Publishes documents about one grave happening, on all feeds that are real or on one."""
        rng = random.Random(head)  # seeded by text: each happening has names of its own
        names = ["".join(rng.choices(_CHARACTERS, k=3)) for _ in range(10)]
        return [
            self.server.publish_text(
                f"{head}爆炸：{rng.choice(names)}",
                _text(rng, head, names, number),
                feed=_feed(number, feed),
            )
            for number in range(count)
        ]

    def channel(self, peer: str, role: Role = Role.ADMIN):
        """Connects to a service as a person of a role."""
        return rpc.connect_peer(
            self.stack.address(peer),
            audience=peer,
            signer=self.stack.signer(),
            identify=lambda: Identity("e2e", role),
        )


def _text(rng: random.Random, head: str, names: list[str], number: int) -> str:
    words = "，".join(rng.sample(names, 7))
    return f"{head}爆炸，多人死亡，居民愤怒。{words}，第{number}次报道。"


def _feed(number: int, feed: int | None) -> int:
    return number % DRILL if feed is None else feed


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(
    request: pytest.FixtureRequest,
    mongo_server: EmbeddedMongo,
    broker_server: EmbeddedBroker,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Running]:
    folder = tmp_path_factory.mktemp("suite")
    mongo = mongo_server.settings(database=f"e2e_{uuid.uuid4().hex[:12]}")
    server = LoadServer(folder / "ledger", feeds=FEEDS, window=400)
    async with server.running(bad_feeds.routes()), connect(mongo) as database:
        config = _configured(server, folder / "config", bad=request.module.BAD_FEEDS)
        stack = Stack(
            folder / "state", config, kafka=broker_server.settings(session_timeout=6.0), mongo=mongo
        )
        try:
            await stack.start_all()
            yield Running(stack, server, database)
        finally:
            await stack.stop()
            await database.drop()


def _configured(server: LoadServer, folder: Path, *, bad: tuple[bad_feeds.BadFeed, ...]) -> Path:
    """Writes the server's configuration with bad feeds, a drill, and a receiver that asks for drills."""
    server.configuration(folder)
    with _edited(folder / "sources.yaml") as file:
        file["sources"][DRILL]["exercise"] = True
        file["sources"] += [_bad_source(server, feed) for feed in bad]
    with _edited(folder / "monitors.yaml") as file:
        file["monitors"][0]["exercise"] = True
    with _edited(folder / "routes.yaml") as file:
        [sink] = file["receivers"]
        file["receivers"].append({**sink, "name": "drills", "exercises": True})
        # Drills are routed to both: the sink that did not ask must be kept out by the gate.
        drills = {"receiver": "drills", "matchers": ['exercise="true"'], "continue": True}
        file["route"]["routes"] = [drills, {"receiver": "sink"}]
    return folder


@contextmanager
def _edited(path: Path) -> Iterator[dict[str, Any]]:
    """Opens a JSON file, and writes it back changed."""
    content = json.loads(path.read_text())
    yield content
    path.write_text(json.dumps(content, ensure_ascii=False))


def _bad_source(server: LoadServer, feed: bad_feeds.BadFeed) -> dict:
    return {
        "name": f"sources/bad-{feed.name}",
        "display_name": feed.name,
        "kind": "feed",
        "config": {"url": f"http://127.0.0.1:{server.port}/bad/{feed.name}"},
        "interval": "2s",
    }
