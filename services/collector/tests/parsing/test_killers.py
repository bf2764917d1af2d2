"""Feeds that kill a tolerant parser: the child contains them, and our own reader hardly notices."""

import asyncio

import pytest

from groundswell_collector.parsing.pool import open_parsers
from groundswell_collector.parsing.settings import ParsingSettings
from groundswell_core.errors import InvalidInput

UNPROTECTED = """
import io, feedparser

def parse(body, options):
    return len(feedparser.parse(io.BytesIO(body)).entries)

def echo(body, options):
    return body.decode()
"""
HEAD, TAIL = "<rss><channel><item><title>a</title>", "</item></channel></rss>"
DESCRIBED, END = HEAD + "<description>", "</description>" + TAIL
KILLERS = {
    "40,000 blank lines": "<?xml version='1.0'?>" + "\n" * 40_000 + HEAD + TAIL,
    "4,000 doctypes": "<?xml version='1.0'?>" + "\n<!DOCTYPE" * 4000 + HEAD + TAIL,
    "blank lines and doctypes": "\n" * 20_000 + "<!DOCTYPE x " * 16_000,
    "40,000 attributes": HEAD + "<a " + " ".join(f'a{n}="1"' for n in range(40_000)) + "/>" + TAIL,
    "80,000 comment starts": DESCRIBED + "<!--" * 80_000 + END,
    "200,000 nested": HEAD + "<a>" * 200_000 + TAIL,
    "40,000 entries": "<rss><channel>" + "<item><title>a</title></item>" * 40_000,
    "author e-mail": HEAD + "<author>" + "a" * 100_000 + "@" + "b" * 100_000 + "</author>" + TAIL,
    "many ampersands": DESCRIBED + "&" * 300_000 + END,
    "CDATA starts": DESCRIBED + "<![CDATA[" * 100_000 + END,
    "many colons": HEAD + "<" + "a:" * 50_000 + "/>" + TAIL,
    "long date": HEAD + "<pubDate>" + "1 " * 100_000 + "</pubDate>" + TAIL,
}
OPTIONS = {"url": "http://h/", "charset": "", "timezone": "UTC"}


@pytest.fixture
async def pool(tmp_path, monkeypatch):
    (tmp_path / "unprotected.py").write_text(UNPROTECTED)
    monkeypatch.syspath_prepend(tmp_path)
    limits = ParsingSettings(cpu=0.5, timeout=4.0)
    async with open_parsers(limits, ["unprotected", "groundswell_source_feed"]) as pool:
        yield pool


@pytest.mark.parametrize("body", KILLERS.values(), ids=KILLERS.keys())
async def test_a_killer_is_answered_or_killed_and_jobs_beside_it_go_on(pool, body):
    killer = asyncio.create_task(pool.run("unprotected:parse", body.encode(), {}))
    assert [await pool.run("unprotected:echo", b"x", {}) for _ in range(10)] == ["x"] * 10
    try:
        assert await killer >= 0
    except InvalidInput as error:
        assert error.reason in {"PARSE_CPU", "PARSE_MEMORY", "PARSE_FAILED"}, error  # noqa: PT017
    assert await pool.run("unprotected:echo", b"next", {}) == "next"


async def test_some_killers_do_kill_an_unprotected_parser(pool):
    """Without this the tests above and below would prove little."""
    with pytest.raises(InvalidInput, match="CPU"):
        await pool.run("unprotected:parse", KILLERS["40,000 blank lines"].encode(), {})


@pytest.mark.parametrize("body", KILLERS.values(), ids=KILLERS.keys())
async def test_our_own_reader_answers_a_killer_or_refuses_it_unharmed(tmp_path, body):
    async with open_parsers(ParsingSettings(), ["groundswell_source_feed"]) as pool:
        try:
            feed = await pool.run(
                "groundswell_source_feed.parse:parse_feed", body.encode(), OPTIONS
            )
            assert feed["entries"]
        except InvalidInput as error:
            assert error.reason == "PARSE_REFUSED", error  # noqa: PT017
