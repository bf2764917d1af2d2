"""The demo's web server: boards and feeds as sources read them, and the sink of webhooks."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from groundswell_cli.demo.replay import Replay
from groundswell_cli.demo.sink import Sink
from groundswell_cli.demo.site import served
from groundswell_cli.demo.tracks import Track
from groundswell_core.testing.clock import FakeClock

START = datetime(2025, 3, 28, 6, tzinfo=UTC)
SECRET = b"a secret of the test"


class Site:
    """The server with what it was given and what it got."""

    def __init__(self) -> None:
        """Holds fifty topics, one with a character that no XML may hold."""
        points = ((START, 1000.0), (START + timedelta(hours=3), 9000.0))
        titles = ["缅甸<7.9级>地震\x07", *(f"t{number}" for number in range(49))]
        tracks = [Track(title=one, category="社会", text="a & b", points=points) for one in titles]
        self.clock = FakeClock()
        self.replay = Replay(tracks, START, speed=60.0, clock=self.clock)
        self.received: list[dict[str, Any]] = []
        self.sink = Sink(SECRET, self.received.append)
        self.url = ""


@pytest_asyncio.fixture
async def site() -> AsyncIterator[Site]:
    """Gives the server on loopback."""
    made = Site()
    async with served(made.replay, made.sink) as made.url:
        yield made


async def _get(url: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return response.status, await response.text()


async def test_a_board_gives_rank_heat_and_recorded_time(site: Site) -> None:
    status, text = await _get(f"{site.url}/boards/hot.json")
    items = json.loads(text)["data"]["list"]
    assert status == 200
    assert [item["rank"] for item in items] == list(range(1, 51))
    assert {item["time"] for item in items} == {START.isoformat()}
    await site.clock.move(60)
    later = json.loads((await _get(f"{site.url}/boards/society.json"))[1])["data"]["list"]
    assert later[0]["hot"] > items[0]["hot"]


async def test_a_feed_is_valid_xml_with_recorded_dates(site: Site) -> None:
    await _get(f"{site.url}/boards/hot.json")
    await site.clock.move(30)
    _, text = await _get(f"{site.url}/feeds/wire.xml")
    entries = ET.fromstring(text).findall("channel/item")  # noqa: S314 - our own server
    assert 20 < len(entries) <= 50
    assert {entry.findtext("pubDate") for entry in entries} == {"Fri, 28 Mar 2025 06:04:00 +0000"}
    assert {entry.findtext("description") for entry in entries} == {"a & b"}


@pytest.mark.parametrize("path", ["/boards/none.json", "/feeds/none.xml", "/"])
async def test_what_is_not_there_is_404(site: Site, path: str) -> None:
    assert (await _get(site.url + path))[0] == 404


async def _post(site: Site, body: bytes, *, secret: bytes = SECRET, age: int = 0) -> int:
    stamp = str(int(time.time()) - age)
    signature = hmac.new(secret, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    headers = {"X-Groundswell-Timestamp": stamp, "X-Groundswell-Signature": f"v1={signature}"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{site.url}/sink", data=body, headers=headers) as response,
    ):
        return response.status


async def test_the_sink_takes_what_is_signed(site: Site) -> None:
    assert await _post(site, b'{"title": "x"}') == 204
    assert site.received == [{"title": "x"}]


@pytest.mark.parametrize(
    "forgery", [{"secret": b"another"}, {"age": 3600}], ids=["another secret", "an old request"]
)
async def test_the_sink_refuses_what_is_forged(site: Site, forgery: dict[str, Any]) -> None:
    assert await _post(site, b"{}", **forgery) == 401
    assert site.received == []
    assert site.sink.refused == 1
