"""How the collector fetches, and what it refuses."""

from __future__ import annotations

from pydantic import Field, field_validator

from groundswell_core.dial import parse_networks, parse_ports
from groundswell_core.settings import Seconds, Section


class FetchSettings(Section):
    """Politeness, limits and the address guard."""

    contact: str = Field(
        "", max_length=200, description="URL or e-mail that the User-Agent names, for site owners"
    )
    allowed_networks: str = Field(
        "",
        description="private networks that may be dialled all the same, on any port; CIDRs, "
        "comma-separated; empty: none",
    )
    denied_networks: str = Field(
        "",
        description="more networks that are never dialled, such as the cluster's; CIDRs, "
        "comma-separated",
    )
    allowed_ports: str = Field(
        "80,443", description="ports that may be dialled on public addresses; comma-separated"
    )
    timeout: Seconds = Field(30.0, description="seconds for one fetch, redirects included")
    slow_after: Seconds = Field(10.0, description="seconds after which a slow answer is cut off")
    minimum_rate: int = Field(1024, ge=1, description="bytes per second below which it is slow")
    maximum_bytes: int = Field(
        5 * 1024 * 1024, ge=1024, description="bytes of one answer after decoding"
    )
    maximum_ratio: int = Field(
        200, ge=2, description="decoded bytes per byte on the wire, above which it is a bomb"
    )
    maximum_redirects: int = Field(5, ge=0, le=20, description="redirects that are followed")
    host_connections: int = Field(2, ge=1, le=64, description="fetches at once from one host")
    host_delay: float = Field(
        1.0, ge=0, le=3600, description="seconds between the starts of two fetches from one host"
    )
    connections: int = Field(100, ge=1, le=10_000, description="fetches at once from all hosts")
    robots_lifetime: Seconds = Field(86_400.0, description="seconds that robots.txt is kept")

    @field_validator("allowed_networks", "denied_networks")
    @classmethod
    def _networks(cls, value: str) -> str:
        parse_networks(value)
        return value

    @field_validator("allowed_ports")
    @classmethod
    def _ports(cls, value: str) -> str:
        parse_ports(value)
        return value

    @property
    def user_agent(self) -> str:
        """Returns the honest name that every request carries."""
        return f"Groundswell/0.1 (+{self.contact})" if self.contact else "Groundswell/0.1"
