"""A site is asked first, and never too often."""

import asyncio

import pytest
from aiohttp import web

from groundswell_collector.fetch.politeness import Politeness
from groundswell_collector.fetch.robots import MAXIMUM_BYTES, read_rules
from groundswell_core.clock import SystemClock
from groundswell_core.errors import InvalidInput, Unavailable


class RecordingClock(SystemClock):
    """A clock of which a test sees each wait; waiting moves it at once."""

    def __init__(self):
        self.waits = []
        self.time = 1000.0

    def monotonic(self):
        return self.time

    async def sleep(self, seconds):
        self.waits.append(seconds)
        self.time += seconds
        await asyncio.sleep(0)


def _robots(text, status=200):
    return lambda _: web.Response(body=text, status=status)


async def test_what_robots_txt_forbids_is_not_fetched(site, fetching):
    site.answer("/robots.txt", _robots("User-agent: *\nDisallow: /private\n"))
    site.answer("/private/feed", _robots("x"))
    site.answer("/feed", _robots("x"))
    async with fetching() as fetcher:
        with pytest.raises(InvalidInput, match=r"robots\.txt") as caught:
            await fetcher.fetch(f"{site.url}/private/feed")
        assert caught.value.reason == "ROBOTS_FORBIDDEN"
        await fetcher.fetch(f"{site.url}/feed")
    assert site.paths == ["/feed"]


async def test_rules_for_us_by_name_win_over_rules_for_all(site, fetching):
    text = "User-agent: *\nDisallow: /\n\nUser-agent: groundswell\nAllow: /\n"
    site.answer("/robots.txt", _robots(text))
    site.answer("/feed", _robots("x"))
    async with fetching() as fetcher:
        await fetcher.fetch(f"{site.url}/feed")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
async def test_a_missing_robots_txt_permits_all(site, fetching, status):
    site.answer("/robots.txt", _robots("", status))
    site.answer("/feed", _robots("x"))
    async with fetching() as fetcher:
        await fetcher.fetch(f"{site.url}/feed")


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_failing_robots_txt_forbids_all_for_a_while(site, fetching, status):
    clock = RecordingClock()
    site.answer("/robots.txt", _robots("", status))
    site.answer("/feed", _robots("x"))
    async with fetching(clock=clock) as fetcher:
        with pytest.raises(Unavailable, match=r"robots\.txt") as caught:
            await fetcher.fetch(f"{site.url}/feed")
        assert caught.value.retry_after == 600
        site.answer("/robots.txt", _robots("", 404))
        clock.time += 601
        await fetcher.fetch(f"{site.url}/feed")


async def test_robots_txt_is_asked_for_once_a_day(site, fetching):
    clock = RecordingClock()
    site.answer("/feed", _robots("x"))
    async with fetching(clock=clock) as fetcher:
        await asyncio.gather(*(fetcher.fetch(f"{site.url}/feed") for _ in range(5)))
        assert [r.path for r in site.requests].count("/robots.txt") == 1
        clock.time += 86_401
        await fetcher.fetch(f"{site.url}/feed")
        assert [r.path for r in site.requests].count("/robots.txt") == 2


def test_a_byte_order_mark_does_not_hide_the_first_rule():
    rules = read_rules(200, b"\xef\xbb\xbfUser-agent: *\nDisallow: /", 0.0, 10.0)
    assert not rules.parsed.can_fetch("http://h/x", "Groundswell")


def test_robots_txt_is_read_up_to_its_limit_and_no_further():
    comment = b"#" * 98 + b"\n"
    head = b"User-agent: *\nDisallow: /a\n" + comment * (MAXIMUM_BYTES // len(comment) + 1)
    rules = read_rules(200, head + b"Disallow: /b\n", 0.0, 10.0)
    assert not rules.parsed.can_fetch("http://h/a", "Groundswell")
    assert rules.parsed.can_fetch("http://h/b", "Groundswell")


async def test_an_endless_robots_txt_is_cut_and_counts(site, fetching):
    async def endless(request):
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"User-agent: *\nDisallow: /private\n")
        for _ in range(2000):
            await response.write(b"# comment\n" * 1000)
        return response

    site.answer("/robots.txt", endless)
    site.answer("/feed", _robots("x"))
    async with fetching() as fetcher:
        await fetcher.fetch(f"{site.url}/feed")
        with pytest.raises(InvalidInput, match="forbidden"):
            await fetcher.fetch(f"{site.url}/private")


@pytest.mark.parametrize("body", [b"\xff\xfe\x00", b"\x00" * 1000, b"<html>", b"Crawl-delay: x"])
async def test_a_nonsense_robots_txt_permits_all(site, fetching, body):
    site.answer("/robots.txt", _robots(body))
    site.answer("/feed", _robots("x"))
    async with fetching() as fetcher:
        await fetcher.fetch(f"{site.url}/feed")


async def test_fetches_from_one_host_start_apart(site, fetching):
    clock = RecordingClock()
    site.answer("/feed", _robots("x"))
    async with fetching(clock=clock, host_delay=2.0) as fetcher:
        for _ in range(3):
            await fetcher.fetch(f"{site.url}/feed")
    assert clock.waits == [2.0, 2.0]


async def test_a_crawl_delay_is_kept_up_to_a_minute(site, fetching):
    clock = RecordingClock()
    site.answer("/robots.txt", _robots("User-agent: *\nCrawl-delay: 900\n"))
    site.answer("/feed", _robots("x"))
    async with fetching(clock=clock) as fetcher:
        await fetcher.fetch(f"{site.url}/feed")
        await fetcher.fetch(f"{site.url}/feed")
    assert clock.waits == [60.0]


async def test_one_host_is_asked_by_few_at_once(site, fetching):
    async def answer(request):
        for _ in range(20):
            await asyncio.sleep(0)
        return web.Response(text="x")

    site.answer("/feed", answer)
    async with fetching(host_connections=3) as fetcher:
        await asyncio.gather(*(fetcher.fetch(f"{site.url}/feed") for _ in range(12)))
    assert site.most_at_once <= 3


async def test_a_slow_host_does_not_delay_another():
    clock = RecordingClock()
    polite = Politeness(connections=1, delay=100.0, clock=clock)
    async with polite.turn("slow.example"), polite.turn("other.example"):
        assert clock.waits == []
