"""The address guard: looks at the address really dialled, whatever the URL said.

A check of the URL or of the resolver's answer misses spellings, redirects and rebinding;
a check in the socket factory sees what connect() is about to get.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Any

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# What is_global lets through on some Python versions, and addresses that carry others inside.
NEVER: tuple[Network, ...] = tuple(
    ip_network(text)
    for text in (
        "192.0.0.0/24",  # protocol assignments
        "192.88.99.0/24",  # 6to4 relay
        "::/96",  # IPv4-compatible
        "64:ff9b::/96",  # NAT64
        "64:ff9b:1::/48",  # NAT64, local
        "100::/64",  # discard
        "2001::/32",  # Teredo
        "2002::/16",  # 6to4
        "fec0::/10",  # site-local
    )
)


class ForbiddenAddress(OSError):
    """The address about to be dialled is not to be dialled."""

    def __init__(self, message: str) -> None:
        """Carries an errno that survives aiohttp's merging of several failures."""
        super().__init__(errno.EACCES, message)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressGuard:
    """A socket factory that makes sockets for permitted addresses only."""

    allowed: tuple[Network, ...] = ()  # private networks that the operator permits, on any port
    denied: tuple[Network, ...] = ()  # more networks that are never dialled
    ports: frozenset[int] = frozenset({80, 443})  # permitted on public addresses

    def __call__(self, address_info: tuple[Any, ...]) -> socket.socket:
        """Returns a socket for getaddrinfo's tuple; raises ForbiddenAddress."""
        family, kind, protocol, _, target = address_info
        if reason := self.refusal(str(target[0]), int(target[1])):
            raise ForbiddenAddress(reason)
        return socket.socket(family, kind, protocol)

    def refusal(self, host: str, port: int) -> str:
        """Returns why an address must not be dialled; empty when it may."""
        address = unwrap(ip_address(host.partition("%")[0]))
        if _within(address, self.allowed):
            return ""
        if is_forbidden(address) or _within(address, self.denied):
            return f"{address} is a private, reserved or denied address"
        if port not in self.ports:
            return f"port {port} is not among the allowed ports"
        return ""


def parse_networks(text: str) -> tuple[Network, ...]:
    """Returns the networks of a comma-separated list of CIDRs; ValueError names a bad one."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def parse_ports(text: str) -> frozenset[int]:
    """Returns the ports of a comma-separated list; ValueError names a bad one."""
    ports = frozenset(int(part) for part in text.split(",") if part.strip())
    for port in ports:
        if not 0 < port < 65536:
            raise ValueError(f"{port} is no port; use 1..65535")
    return ports


def unwrap(address: Address) -> Address:
    """Returns the IPv4 address inside an IPv4-mapped one."""
    mapped = getattr(address, "ipv4_mapped", None)
    return address if mapped is None else mapped


def is_forbidden(address: Address) -> bool:
    """Tells whether a public service can never live at an address."""
    return not address.is_global or address.is_multicast or _within(address, NEVER)


def _within(address: Address, networks: Iterable[Network]) -> bool:
    return any(address.version == network.version and address in network for network in networks)
