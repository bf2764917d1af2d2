"""What is dialled decides, not what the URL looks like."""

import contextlib
import socket
from ipaddress import ip_address, ip_network

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver

from groundswell_core.dial import AddressGuard, ForbiddenAddress, is_forbidden, unwrap
from groundswell_core.errors import GroundswellError, InvalidInput

# 28 addresses that no public service can live at; is_global alone calls some of them global.
FORBIDDEN = """
0.0.0.0 10.0.0.1 100.64.0.1 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1 192.0.0.8
192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 203.0.113.1 224.0.0.1 239.255.255.250 240.0.0.1
255.255.255.255 :: ::1 ::127.0.0.1 ::ffff:127.0.0.1 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 100::1
2002:7f00:1:: fe80::1 fec0::1 ff02::1 fc00::1 2001:0:7f00:1::
"""

SPELLINGS = [
    "http://127.0.0.1:{port}/",
    "http://localhost:{port}/",
    "http://LOCALHOST:{port}/",
    "http://localhost.:{port}/",
    "http://0.0.0.0:{port}/",
    "http://0:{port}/",
    "http://127.1:{port}/",
    "http://127.0.1:{port}/",
    "http://2130706433:{port}/",
    "http://0x7f000001:{port}/",
    "http://0X7F000001:{port}/",
    "http://0x7f.0.0.1:{port}/",
    "http://0x7f.0x0.0x0.0x1:{port}/",
    "http://0177.0.0.1:{port}/",
    "http://0177.0.0.01:{port}/",
    "http://017700000001:{port}/",
    "http://00000177.1:{port}/",
    "http://127.000.000.001:{port}/",
    "http://127.0.0.1.:{port}/",
    "http://127.255.255.254:{port}/",
    "http://[::1]:{port}/",
    "http://[0:0:0:0:0:0:0:1]:{port}/",
    "http://[::]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://[::ffff:7f00:1]:{port}/",
    "http://[::ffff:0:7f00:1]:{port}/",
    "http://[::127.0.0.1]:{port}/",
    "http://[64:ff9b::7f00:1]:{port}/",
    "http://[::1%25lo]:{port}/",
    "http://①②⑦.⓪.⓪.①:{port}/",
    "http://127。0。0。1:{port}/",
    "http://127．0．0．1:{port}/",
    "http://１２７.0.0.1:{port}/",
    "http://ⓛocalhost:{port}/",
    " http://127.0.0.1:{port}/",
    "http://127.0.0.1\t:{port}/",
    "http://127.0.\t0.1:{port}/",
    "http://user:password@127.0.0.1:{port}/",
    "http://example.com@127.0.0.1:{port}/",
    "http:\\\\127.0.0.1:{port}/",
    "//127.0.0.1:{port}/",
    "http:///127.0.0.1:{port}/",
]


@pytest.mark.parametrize("text", FORBIDDEN.split())
def test_a_forbidden_address_is_known_as_one(text):
    assert is_forbidden(unwrap(ip_address(text)))


@pytest.mark.parametrize("text", ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111"])
def test_public_addresses_are_dialled_on_web_ports_alone(text):
    guard = AddressGuard()
    assert guard.refusal(text, 443) == ""
    assert "port 25" in guard.refusal(text, 25)


def test_an_allowed_network_is_dialled_on_any_port_and_no_other_is():
    guard = AddressGuard(allowed=(ip_network("10.1.0.0/16"),))
    assert guard.refusal("10.1.2.3", 8080) == ""
    assert guard.refusal("::ffff:10.1.2.3", 8080) == ""
    assert guard.refusal("10.2.0.1", 80)
    assert guard.refusal("127.0.0.1", 80)


def test_a_denied_network_is_never_dialled():
    guard = AddressGuard(denied=(ip_network("93.184.0.0/16"),))
    assert guard.refusal("93.184.216.34", 443)


def test_the_guard_refuses_before_there_is_a_socket():
    info = (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::ffff:127.0.0.1", 80, 0, 0))
    with pytest.raises(ForbiddenAddress):
        AddressGuard()(info)


async def _reached(site, fetcher, url):
    before = len(site.requests)
    with contextlib.suppress(GroundswellError):
        await fetcher.fetch(url.format(port=site.port))
    return len(site.requests) > before


async def test_no_spelling_of_loopback_is_reached_by_default(site, fetching):
    site.answer("/", lambda _: web.Response(text="secret"))
    async with fetching(allowed_networks="", allowed_ports=str(site.port), timeout=1) as fetcher:
        reached = [url for url in SPELLINGS if await _reached(site, fetcher, url)]
    assert len(SPELLINGS) >= 40
    assert reached == []


async def test_the_same_spellings_do_reach_a_server_that_is_allowed(site, fetching):
    """Without this the test above would prove nothing."""
    site.answer("/", lambda _: web.Response(text="fine"))
    everything = "127.0.0.0/8,0.0.0.0/32,::/96"
    async with fetching(allowed_networks=everything, timeout=1) as fetcher:
        reached = [url for url in SPELLINGS if await _reached(site, fetcher, url)]
    assert len(reached) >= 15, reached


async def test_a_refusal_names_the_url_without_its_query_and_the_cure(fetching):
    async with fetching(allowed_networks="") as fetcher:
        with pytest.raises(InvalidInput, match="GROUNDSWELL_FETCH__ALLOWED_NETWORKS") as caught:
            await fetcher.fetch("http://localhost/feed?api_key=s3cret")
    assert caught.value.reason == "FORBIDDEN_ADDRESS"
    assert "http://localhost/feed" in str(caught.value)
    assert "s3cret" not in str(caught.value)


async def test_a_redirect_to_a_forbidden_address_is_not_followed(site, fetching):
    site.answer("/start", lambda _: web.Response(status=302, headers={"Location": inner}))
    site.answer("/inner", lambda _: web.Response(text="secret"))
    inner = f"http://127.0.0.2:{site.port}/inner"
    async with fetching(allowed_networks="127.0.0.1/32") as fetcher:
        with pytest.raises(InvalidInput, match="private or reserved"):
            await fetcher.fetch(f"{site.url}/start")
    assert site.paths == ["/start"]


class Rebinding(AbstractResolver):
    """A name that is public when it is looked at and loopback when it is dialled."""

    def __init__(self):
        self.asked = 0

    async def resolve(self, host, port=0, family=socket.AF_INET):
        self.asked += 1
        return [
            {
                "hostname": host,
                "host": "127.0.0.1",
                "port": port,
                "family": socket.AF_INET,
                "proto": 0,
                "flags": 0,
            }
        ]

    async def close(self):
        pass


async def test_a_name_that_is_bound_to_loopback_reaches_nothing(site, fetching):
    site.answer("/", lambda _: web.Response(text="secret"))
    async with fetching(allowed_networks="", allowed_ports=str(site.port)) as fetcher:
        connector = fetcher._session.connector
        resolver, connector._resolver = connector._resolver, Rebinding()
        with pytest.raises(InvalidInput, match="private or reserved"):
            await fetcher.fetch(f"http://news.example:{site.port}/")
        assert connector._resolver.asked >= 1
        await resolver.close()
    assert site.requests == []
