"""The fetcher gives good answers through, and cuts bad servers off with a reason."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from aiohttp import web

from groundswell_core.errors import GroundswellError, InvalidInput, Unavailable

MIB = 1024 * 1024


def _text(body="hello", **headers):
    return lambda _: web.Response(body=body, headers=headers)


async def test_an_answer_comes_with_what_the_next_fetch_needs(site, fetching):
    site.answer(
        "/feed",
        lambda _: web.Response(
            body="<rss/>".encode("gbk"),
            headers={
                "Content-Type": "Text/XML; charset=GBK",
                "ETag": '"1"',
                "Last-Modified": "Thu, 21 Nov 2024 10:00:00 GMT",
            },
        ),
    )
    async with fetching(contact="https://city.example/contact") as fetcher:
        answer = await fetcher.fetch(f"{site.url}/feed")
    assert answer.status == 200
    assert answer.body == b"<rss/>"
    assert (answer.content_type, answer.charset) == ("text/xml", "gbk")
    assert (answer.etag, answer.last_modified) == ('"1"', "Thu, 21 Nov 2024 10:00:00 GMT")
    agent = site.requests[-1].headers["User-Agent"]
    assert agent == "Groundswell/0.1 (+https://city.example/contact)"


async def test_an_unchanged_answer_is_not_sent_again(site, fetching):
    def answer(request):
        fresh = request.headers.get("If-None-Match") == '"1"'
        return web.Response(status=304) if fresh else web.Response(text="new")

    site.answer("/feed", answer)
    async with fetching() as fetcher:
        again = await fetcher.fetch(f"{site.url}/feed", etag='"1"')
        assert again.not_modified
        assert again.body == b""
        assert (await fetcher.fetch(f"{site.url}/feed", etag='"0"')).body == b"new"


async def test_a_304_that_nobody_asked_for_is_an_error(site, fetching):
    site.answer("/feed", lambda _: web.Response(status=304))
    async with fetching() as fetcher:
        with pytest.raises(InvalidInput, match="304"):
            await fetcher.fetch(f"{site.url}/feed")


async def test_validators_cannot_smuggle_headers(site, fetching):
    site.answer("/feed", _text())
    async with fetching() as fetcher:
        await fetcher.fetch(f"{site.url}/feed", etag='"1"\r\nX-Evil: yes')
    assert "X-Evil" not in site.requests[-1].headers


async def test_redirects_are_followed_and_the_last_address_is_told(site, fetching):
    site.answer("/old", lambda _: web.Response(status=301, headers={"Location": "/new?a=1"}))
    site.answer("/new", _text())
    async with fetching() as fetcher:
        assert (await fetcher.fetch(f"{site.url}/old")).url == f"{site.url}/new?a=1"


async def test_a_redirect_loop_ends_after_five_hops(site, fetching):
    site.answer("/loop", lambda _: web.Response(status=302, headers={"Location": "/loop"}))
    async with fetching() as fetcher:
        with pytest.raises(InvalidInput, match="redirects more than 5 times"):
            await fetcher.fetch(f"{site.url}/loop")
    assert len(site.paths) == 6


@pytest.mark.parametrize("location", ["", "ftp://host/x", "http://", "file:///etc/passwd", "//"])
async def test_a_redirect_to_nowhere_is_refused(site, fetching, location):
    site.answer("/x", lambda _: web.Response(status=302, headers={"Location": location}))
    async with fetching() as fetcher:
        with pytest.raises(InvalidInput):
            await fetcher.fetch(f"{site.url}/x")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (204, InvalidInput),
        (400, InvalidInput),
        (401, InvalidInput),
        (404, InvalidInput),
        (410, InvalidInput),
        (408, Unavailable),
        (429, Unavailable),
        (500, Unavailable),
        (503, Unavailable),
        (599, Unavailable),
    ],
)
async def test_a_status_is_a_bad_request_or_a_bad_moment(site, fetching, status, kind):
    site.answer("/x", lambda _: web.Response(status=status))
    async with fetching() as fetcher:
        with pytest.raises(kind, match=str(status)) as caught:
            await fetcher.fetch(f"{site.url}/x?token=s3cret")
    assert "s3cret" not in str(caught.value) + str(caught.value.metadata)


async def test_retry_after_is_passed_on_and_the_host_is_left_alone_until_then(site, fetching):
    site.answer("/busy", lambda _: web.Response(status=503, headers={"Retry-After": "120"}))
    site.answer("/other", _text())
    async with fetching() as fetcher:
        with pytest.raises(Unavailable) as caught:
            await fetcher.fetch(f"{site.url}/busy")
        assert caught.value.retry_after == 120.0
        with pytest.raises(Unavailable, match="left alone") as caught:
            await fetcher.fetch(f"{site.url}/other")
        assert 100 < caught.value.retry_after <= 120
    assert site.paths == ["/busy"]


@pytest.mark.parametrize("header", ["-5", "soon", "", "99999999999999999999", "²"])
async def test_retry_after_nonsense_harms_nobody(site, fetching, header):
    site.answer("/x", lambda _: web.Response(status=429, headers={"Retry-After": header}))
    async with fetching() as fetcher:
        with pytest.raises(Unavailable) as caught:
            await fetcher.fetch(f"{site.url}/x")
    assert caught.value.retry_after is None or caught.value.retry_after <= 3600


async def test_retry_after_may_be_a_date(site, fetching):
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    site.answer("/x", lambda _: web.Response(status=429, headers={"Retry-After": later}))
    async with fetching() as fetcher:
        with pytest.raises(Unavailable) as caught:
            await fetcher.fetch(f"{site.url}/x")
    assert 60 < caught.value.retry_after <= 91


async def test_fifty_megabytes_are_cut_at_the_cap(site, fetching):
    sent = 0

    async def answer(request):
        nonlocal sent
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(50):
            await response.write(b"x" * MIB)
            sent += 1
        return response

    site.answer("/big", answer)
    async with fetching() as fetcher:
        with pytest.raises(InvalidInput, match="larger than 5242880 bytes") as caught:
            await fetcher.fetch(f"{site.url}/big")
    assert caught.value.reason == "TOO_LARGE"
    assert sent < 50


async def _slow(request, *, seconds, head=b""):
    response = web.StreamResponse()
    await response.prepare(request)
    await response.write(head)
    async with asyncio.timeout(seconds):
        while True:
            await response.write(b"x")
            await asyncio.to_thread(lambda: None)
    return response


async def test_a_dripping_server_is_cut_off_for_its_rate(site, fetching):
    site.answer("/drip", lambda request: _slow(request, seconds=20))
    async with fetching(slow_after=0.3, minimum_rate=10_000_000) as fetcher:
        with pytest.raises(Unavailable, match="bytes per second") as caught:
            await fetcher.fetch(f"{site.url}/drip")
    assert caught.value.reason == "TOO_SLOW"


async def test_a_dripping_server_is_cut_off_by_the_total_deadline(site, fetching):
    site.answer("/drip", lambda request: _slow(request, seconds=20))
    loop = asyncio.get_running_loop()
    started = loop.time()
    async with fetching(timeout=0.5, minimum_rate=1) as fetcher:
        with pytest.raises(Unavailable, match=r"longer than 0\.5 s"):
            await fetcher.fetch(f"{site.url}/drip")
    assert loop.time() - started < 1.5


async def test_a_silent_server_is_cut_off(site, fetching):
    forever = asyncio.Event()
    site.answer("/hang", lambda _: forever.wait())
    async with fetching(timeout=0.3) as fetcher:
        with pytest.raises(Unavailable, match="cut off"):
            await fetcher.fetch(f"{site.url}/hang")
    forever.set()


async def _broken(request):
    request.transport.abort()
    return web.Response()


async def test_a_broken_off_answer_is_a_bad_moment(site, fetching):
    site.answer("/abort", _broken)
    async with fetching() as fetcher:
        with pytest.raises(Unavailable, match="broke off"):
            await fetcher.fetch(f"{site.url}/abort")


NO_ROBOTS = b"HTTP/1.1 404 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
RAW = {
    "no HTTP": b"SSH-2.0-OpenSSH\r\n\r\n",
    "endless header": b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000 + b"\r\n\r\n",
    "bad chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "short body": b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "bad status": b"HTTP/1.1 9999 OK\r\n\r\n",
    "nothing": b"",
}


@pytest.mark.parametrize("raw", RAW.values(), ids=RAW.keys())
async def test_what_is_not_http_is_named_and_nothing_crashes(fetching, raw):
    async def serve(reader, writer):
        request = await reader.readuntil(b"\r\n\r\n")
        writer.write(NO_ROBOTS if b"/robots.txt" in request else raw)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, fetching(timeout=5) as fetcher:
        with pytest.raises(GroundswellError, match=f"127.0.0.1:{port}/x"):
            await fetcher.fetch(f"http://127.0.0.1:{port}/x?key=1")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "feed.xml",
        "ftp://host/x",
        "file:///etc/passwd",
        "http://",
        "http://user:password@127.0.0.1/",
        "http://host:99999/",
        "http://host:0/",
        "http://[::1/",
        "http://ho st/",
        "http://host/a b",
        "http://host\u202e/",
        "javascript:alert(1)",
        "http://\ud800/",
        "http://" + "a" * 300 + "/",
    ],
)
async def test_a_bad_url_is_an_error_and_no_request(fetching, url):
    async with fetching(timeout=5) as fetcher:
        with pytest.raises(GroundswellError) as caught:
            await fetcher.fetch(url)
    assert "password" not in str(caught.value).replace("user or password", "")


async def test_an_unknown_host_is_a_bad_moment(fetching):
    async with fetching(timeout=5) as fetcher:
        with pytest.raises(Unavailable, match=r"cannot be resolved|cut off"):
            await fetcher.fetch("http://nowhere.invalid/feed")


async def test_a_closed_port_is_a_bad_moment(fetching, unused_tcp_port):
    async with fetching() as fetcher:
        with pytest.raises(Unavailable, match="cannot be reached"):
            await fetcher.fetch(f"http://127.0.0.1:{unused_tcp_port}/feed")


async def test_cookies_and_proxies_are_not_used(site, fetching, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9/")
    site.answer("/x", lambda _: web.Response(text="hello", headers={"Set-Cookie": "id=1"}))
    async with fetching() as fetcher:
        await fetcher.fetch(f"{site.url}/x")
        await fetcher.fetch(f"{site.url}/x")
    assert "Cookie" not in site.requests[-1].headers
