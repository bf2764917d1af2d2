"""One layer of gzip or deflate is decoded, as servers really send it; the rest is refused."""

import gzip
import zlib

import pytest
from aiohttp import web

from groundswell_core.errors import InvalidInput, Unavailable


@pytest.mark.parametrize(
    ("encoding", "encode"),
    [
        ("gzip", gzip.compress),
        ("GZIP", gzip.compress),
        ("x-gzip", gzip.compress),
        ("gzip", lambda body: gzip.compress(body[:5], mtime=0) + gzip.compress(body[5:], mtime=0)),
        ("gzip", lambda body: gzip.compress(body, mtime=0) + b"\0" * 100),
        ("gzip", lambda body: gzip.compress(body, mtime=0) + b"garbage"),
        ("deflate", zlib.compress),
        ("deflate", lambda body: zlib.compress(body)[2:-4]),
        ("identity", bytes),
        ("", bytes),
    ],
)
async def test_encodings_are_decoded(site, fetching, encoding, encode):
    body = b"".join(b"%d groundswell " % n for n in range(20_000))
    site.answer(
        "/x", lambda _: web.Response(body=encode(body), headers={"Content-Encoding": encoding})
    )
    async with fetching() as fetcher:
        assert (await fetcher.fetch(f"{site.url}/x")).body == body


@pytest.mark.parametrize(
    ("encoding", "body", "kind"),
    [
        ("gzip, gzip", gzip.compress(gzip.compress(b"x", mtime=0), mtime=0), InvalidInput),
        ("br", b"\x0b\x02\x80hello\x03", InvalidInput),
        ("gzip", b"this is no gzip", InvalidInput),
        ("gzip", gzip.compress(b"x" * 1000, mtime=0)[:-12], Unavailable),
        ("gzip", gzip.compress(bytes(range(256)) * 99, mtime=0)[:150] + b"\0" * 200, InvalidInput),
    ],
)
async def test_broken_and_layered_encodings_are_refused(site, fetching, encoding, body, kind):
    site.answer("/x", lambda _: web.Response(body=body, headers={"Content-Encoding": encoding}))
    async with fetching() as fetcher:
        with pytest.raises(kind):
            await fetcher.fetch(f"{site.url}/x")
