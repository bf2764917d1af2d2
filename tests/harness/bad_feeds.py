"""Feeds that go wrong in every way that was thought of, served over HTTP beside good ones."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from aiohttp import web

_NEWS = "供水中断影响三个小区，居民称已停水两天，有关部门正在抢修"
_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class BadFeed:
    """One feed, and what its source must show."""

    name: str
    body: bytes = b""
    content_type: str = "application/rss+xml"
    titles: tuple[str, ...] = ()  # of the documents that must arrive all the same
    error: str = ""  # words of the health error: the thing, then the cure
    cure: str = ""

    @property
    def is_read(self) -> bool:
        """Tells whether reading it must succeed."""
        return not self.error


def _item(title: str, *, key: str, date: str = "") -> str:
    dated = f"<pubDate>{date}</pubDate>" if date else ""
    return f"<item><guid>{key}</guid><title>{title}</title><description>{_NEWS}</description>{dated}</item>"


def _rss(*items: str, end: str = "</channel></rss>") -> bytes:
    return f"<rss version='2.0'><channel><title>x</title>{''.join(items)}{end}".encode()


_TWICE = _rss(
    _item("duplicate first", key="same"),
    _item("duplicate first", key="same"),
    _item("duplicate other", key="other"),
)
_DATES = _rss(
    *(
        _item(f"dated {position}", key=f"d{position}", date=date)
        for position, date in enumerate(
            ("Mon, 99 Foo 0000 99:99:99", "9999-99-99", "-1", "31 Feb 2026", "12026-01-01T00:00Z")
        )
    )
)
_SURROGATES = (
    '{"version": "https://jsonfeed.org/version/1.1", "items": ['
    '{"id": "lone-\\ud800", "title": "lone surrogate", "content_text": "a\\udc00b \\ud83c\\udf0a"},'
    '{"id": "emoji", "title": "👨‍👩‍👧 family 🌊", "content_text": "\\u0000 nul"}]}'
).encode()

FEEDS = (
    BadFeed(
        "broken-xml",
        _rss(_item("broken & unclosed <b>", key="b1"), "<item><title>cut off", end=""),
        titles=("broken & unclosed",),
    ),
    BadFeed(
        "undeclared-gbk",
        _rss(_item(_NEWS, key="g1")).decode().encode("gbk"),
        titles=(_NEWS,),
    ),
    BadFeed("empty-feed", _rss()),
    BadFeed("nothing", b"", error="answer is empty"),
    BadFeed(
        "page",
        b"<!doctype html><html><body>x</body></html>",
        error="web page, not a feed",
        cure="look for <link",
    ),
    BadFeed("dates", _DATES, titles=tuple(f"dated {position}" for position in range(5))),
    BadFeed("surrogates", _SURROGATES, titles=("lone surrogate", "👨‍👩‍👧 family 🌊")),
    BadFeed("duplicates", _TWICE, titles=("duplicate first", "duplicate other")),
    BadFeed("huge", error="is larger than", cure="GROUNDSWELL_FETCH__MAXIMUM_BYTES"),
    BadFeed("bomb", error="is larger than", cure="GROUNDSWELL_FETCH__MAXIMUM_BYTES"),
    BadFeed("small-bomb", error="decompression bomb", cure="hostile or broken"),
    BadFeed("loop", error="redirects more than", cure="use the address where the redirects end"),
    BadFeed("gone", error="answers 410", cure="check the URL"),
)


def routes() -> list[web.RouteDef]:
    """Returns the paths of the feeds: /bad/<name>."""
    return [web.get("/bad/{name}", _answer)]


async def _answer(request: web.Request) -> web.StreamResponse:
    name = request.match_info["name"]
    if name in _SPECIAL:
        return await _SPECIAL[name](request)
    feed = next(one for one in FEEDS if one.name == name)
    return web.Response(body=feed.body, headers={"Content-Type": feed.content_type})


async def _huge(request: web.Request) -> web.StreamResponse:
    """Answers 50 MiB of what begins like a feed."""
    response = web.StreamResponse(headers={"Content-Type": "application/rss+xml"})
    await response.prepare(request)
    await response.write(_rss(end=""))
    filler = _item("huge " * 200, key="h").encode() * 800
    for _ in range(50 * _MIB // len(filler)):
        await response.write(filler)
    return response


async def _bomb(request: web.Request) -> web.StreamResponse:
    return _packed(256)


async def _small_bomb(request: web.Request) -> web.StreamResponse:
    return _packed(4)


def _packed(size: int) -> web.Response:
    """Returns so many MiB of blanks, packed."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    body = b"".join(squeeze.compress(b" " * _MIB) for _ in range(size)) + squeeze.flush()
    return web.Response(
        body=body, headers={"Content-Type": "application/rss+xml", "Content-Encoding": "gzip"}
    )


async def _loop(request: web.Request) -> web.StreamResponse:
    raise web.HTTPFound(f"/bad/loop?turn={int(request.query.get('turn', '0')) + 1}")


async def _gone(request: web.Request) -> web.StreamResponse:
    return web.Response(status=410)


_SPECIAL = {"huge": _huge, "bomb": _bomb, "small-bomb": _small_bomb, "loop": _loop, "gone": _gone}
