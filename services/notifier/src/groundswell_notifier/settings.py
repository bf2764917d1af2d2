"""The notifier's settings."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from pydantic import Field, field_validator

from groundswell_core.dial import AddressGuard, parse_networks, parse_ports
from groundswell_core.settings import Seconds, Section, ServiceSettings


class WatchSettings(Section):
    """The stream of alerts."""

    bookmark_interval: Seconds = Field(
        4.0, le=5.0, description="seconds after which a quiet stream gets a bookmark"
    )
    poll_interval: Seconds = Field(
        0.1, description="seconds between looks at the log when nobody wakes us"
    )
    queue_messages: int = Field(256, ge=1, description="messages that may wait for one watcher")
    queue_bytes: int = Field(4 << 20, ge=1024, description="bytes that may wait for one watcher")
    lag_timeout: Seconds = Field(
        60.0, description="seconds that a watcher may stay behind its queue before it is cut off"
    )
    streams_per_identity: int = Field(20, ge=1, description="streams that one caller may hold open")
    history_hours: float = Field(24.0, gt=0, description="hours of revisions kept at least")
    history_revisions: int = Field(1_000_000, ge=1, description="revisions kept at least")


class NotifierSettings(Section):
    """What is sent, where, and how stubbornly."""

    routes_file: Path | None = Field(
        None, description="routing tree (YAML); unset: alerts show in console and streams only"
    )
    reload_interval: Seconds = Field(5.0, description="seconds between looks at the routing tree")
    language: str = Field("zh", pattern="^(zh|en)$", description="language of notifications")
    public_url: str = Field(
        "", description="address of the console, for links in notifications; empty: no such links"
    )
    allowed_networks: str = Field(
        "",
        description="private networks that webhooks may reach, on any port; CIDRs, comma-separated",
    )
    allowed_ports: str = Field(
        "80,443", description="ports that webhooks may reach on public addresses; comma-separated"
    )
    apprise_schemes: str = Field(
        "wecombot,dingtalk,feishu,lark,slack,tgram,discord,workflow,workflows",
        description="Apprise services that receivers may name; comma-separated",
    )
    send_timeout: Seconds = Field(10.0, description="seconds for one try of one notification")
    sends: int = Field(16, ge=1, le=256, description="notifications under way at once")
    sends_per_receiver: int = Field(4, ge=1, le=64, description="of them to one receiver")
    urgent_retry_hours: float = Field(
        4.0, ge=4.0, description="hours of trying for levels I and II before giving up"
    )
    retry_hours: float = Field(1.0, gt=0, description="hours of trying for other levels")
    poll_interval: Seconds = Field(0.2, description="seconds between looks for what is due")
    expiry_grace: Seconds = Field(
        120.0, description="seconds after a take-over in which no alert expires"
    )
    alert_lifetime: Seconds = Field(
        300.0, description="seconds that an alert holds when its own end is of another clock"
    )

    @field_validator("allowed_networks")
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
    def guard(self) -> AddressGuard:
        """Returns the guard that every webhook is dialled through."""
        return AddressGuard(
            allowed=parse_networks(self.allowed_networks), ports=parse_ports(self.allowed_ports)
        )

    @property
    def schemes(self) -> frozenset[str]:
        """Returns the Apprise services that receivers may name."""
        return frozenset(part.strip() for part in self.apprise_schemes.split(",") if part.strip())

    def patience(self, *, urgent: bool) -> timedelta:
        """Returns how long a notification is tried."""
        return timedelta(hours=self.urgent_retry_hours if urgent else self.retry_hours)


class Settings(ServiceSettings):
    """All settings of the notifier."""

    notifier: NotifierSettings = NotifierSettings()
    watch: WatchSettings = WatchSettings()
