"""Settings of the console."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from groundswell_core.settings import Port, Seconds, Section, ServiceSettings

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class ConsoleSettings(Section):
    """The web server and the log-in."""

    host: str = Field("127.0.0.1", description="address to listen on")
    port: Port = Field(8080, description="port; 0 picks a free one")
    public_url: str = Field(
        "",
        description="address in people's browsers, such as https://console.example; empty: as asked",
    )
    trusted_proxies: str = Field(
        "", description="addresses of proxies whose X-Forwarded-For counts, comma-separated"
    )
    first_password_file: Path | None = Field(
        None, description="where the first account's one-time password is written, mode 0600"
    )
    session_idle: Seconds = Field(43_200.0, description="seconds without use until a session ends")
    session_lifetime: Seconds = Field(604_800.0, description="seconds until a session ends anyway")
    failed_logins: int = Field(
        5, ge=1, description="failures of one name from one address in 15 minutes, then it waits"
    )
    hashing_at_once: int = Field(2, ge=1, le=64, description="passwords hashed at the same time")
    streams: int = Field(200, ge=1, description="live streams at the same time")

    @field_validator("public_url")
    @classmethod
    def _check_public_url(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise ValueError("write https://host or http://host:port")
        return value.rstrip("/")

    @property
    def origin(self) -> str:
        """Returns the origin that changing requests must come from; empty: the one they name."""
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}" if self.public_url else ""

    @property
    def is_secure(self) -> bool:
        """Tells whether people reach the console by https: cookies are bound to it then."""
        return self.public_url.startswith("https://")

    @property
    def is_open_to_others(self) -> bool:
        """Tells whether passwords could cross a network in clear."""
        return not self.is_secure and self.host not in _LOOPBACK


class Settings(ServiceSettings):
    """Everything that the console reads."""

    console: ConsoleSettings = ConsoleSettings()
