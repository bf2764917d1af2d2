"""The address guard: no spelling of a private address is dialled, public ones are."""

from __future__ import annotations

import socket
from ipaddress import ip_address
from pathlib import Path

import pytest

from groundswell_core.dial import (
    AddressGuard,
    ForbiddenAddress,
    is_forbidden,
    parse_networks,
    parse_ports,
)

FORBIDDEN = [
    "127.0.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",  # noqa: S104 - never bound
    "100.64.0.1", "192.0.0.8", "192.88.99.1", "198.18.0.1", "203.0.113.1", "224.0.0.1",
    "240.0.0.1", "255.255.255.255", "::1", "::", "::127.0.0.1", "::ffff:127.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001::1", "fe80::1%lo", "fc00::1",
    "fec0::1", "ff02::1", "100::1", "2001:db8::1",
]  # fmt: skip


@pytest.mark.parametrize("address", FORBIDDEN)
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    assert AddressGuard().refusal(address, 443)


@pytest.mark.parametrize("address", ["8.8.8.8", "::ffff:8.8.8.8", "2606:4700::1111"])
def test_a_public_address_is_dialled_on_the_ports_of_the_web_alone(address: str) -> None:
    guard = AddressGuard()
    assert guard.refusal(address, 443) == guard.refusal(address, 80) == ""
    assert "port 22" in guard.refusal(address, 22)
    assert not is_forbidden(ip_address("8.8.8.8"))


def test_permitted_networks_are_dialled_on_any_port_and_denied_ones_on_none() -> None:
    guard = AddressGuard(
        allowed=parse_networks("127.0.0.0/8, ::1/128"), denied=parse_networks("8.8.8.0/24")
    )
    assert guard.refusal("127.0.0.1", 8080) == guard.refusal("::1", 1) == ""
    assert "denied" in guard.refusal("8.8.8.8", 443)
    assert guard.refusal("10.0.0.1", 443)


def test_a_socket_is_made_for_what_is_permitted_alone() -> None:
    info = (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", 80))
    with pytest.raises(ForbiddenAddress, match=r"127\.0\.0\.1 is a private"):
        AddressGuard()(info)
    AddressGuard(allowed=parse_networks("127.0.0.0/8"))(info).close()


@pytest.mark.parametrize("text", ["10.0.0.1/8", "x", "1.2.3.4/33"])
def test_a_bad_network_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"does not appear|host bits|not permitted"):
        parse_networks(text)


def test_ports_are_read_and_bad_ones_named() -> None:
    assert parse_ports(" 80, 443,,") == {80, 443}
    with pytest.raises(ValueError, match="70000 is no port"):
        parse_ports("70000")


def test_a_local_site_serves_what_tests_put_on_it(tmp_path: Path) -> None:
    import urllib.error
    import urllib.request

    from groundswell_core.testing.servers import local_site

    with local_site() as site:
        url = site.put("/a", "hello", headers={"ETag": "1"})
        with urllib.request.urlopen(url + "?q=1", timeout=5) as answer:  # noqa: S310 - ours
            assert answer.read() == b"hello"
        for target, tag, status in ((url, "1", 304), (site.url + "/b", "", 404)):
            request = urllib.request.Request(target, headers={"If-None-Match": tag})  # noqa: S310 - ours
            with pytest.raises(urllib.error.HTTPError) as caught:
                urllib.request.urlopen(request, timeout=5)  # noqa: S310 - ours
            assert caught.value.code == status
            caught.value.close()
        assert site.requests == ["/a?q=1", "/a", "/b"]
