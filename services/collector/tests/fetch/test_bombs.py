"""Decompression bombs cost the collector no memory."""

import gzip
import zlib
from pathlib import Path

import pytest
from aiohttp import web

from groundswell_core.errors import InvalidInput

MIB = 1024 * 1024


def _zeros(window, size=1024):
    packer = zlib.compressobj(9, zlib.DEFLATED, window)
    return b"".join(packer.compress(bytes(MIB)) for _ in range(size)) + packer.flush()


GZIP = _zeros(31)
BOMBS = {
    "1 GiB of zeros as gzip": ("gzip", GZIP),
    "1 GiB of zeros as deflate": ("deflate", _zeros(15)),
    "1 GiB of zeros as raw deflate": ("deflate", _zeros(-15)),
    "gzip twice": ("gzip, gzip", gzip.compress(GZIP)),
    "many members": ("gzip", gzip.compress(bytes(MIB)) * 1024),
}


def _resident():
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    fields = dict(line.split(":", 1) for line in lines)
    return int(fields["VmHWM"].split()[0]) // 1024


@pytest.mark.parametrize(("encoding", "body"), BOMBS.values(), ids=BOMBS.keys())
async def test_a_bomb_is_refused_within_32_mib(site, fetching, encoding, body):
    site.answer("/bomb", lambda _: web.Response(body=body, headers={"Content-Encoding": encoding}))
    async with fetching() as fetcher:
        before = _resident()
        with pytest.raises(InvalidInput) as caught:
            await fetcher.fetch(f"{site.url}/bomb")
        assert caught.value.reason in {"DECOMPRESSION_BOMB", "TOO_LARGE", "BAD_ENCODING"}
        assert _resident() - before <= 32


async def test_a_bomb_is_still_refused_below_the_cap_for_its_ratio(site, fetching):
    body = gzip.compress(bytes(4 * MIB))
    site.answer("/x", lambda _: web.Response(body=body, headers={"Content-Encoding": "gzip"}))
    async with fetching() as fetcher:
        with pytest.raises(InvalidInput, match="200 times"):
            await fetcher.fetch(f"{site.url}/x")


async def test_fifty_thousand_empty_members_are_an_empty_answer(site, fetching):
    body = gzip.compress(b"") * 50_000
    site.answer("/x", lambda _: web.Response(body=body, headers={"Content-Encoding": "gzip"}))
    async with fetching() as fetcher:
        assert (await fetcher.fetch(f"{site.url}/x")).body == b""
