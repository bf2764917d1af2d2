"""The routing tree as people write it: Alertmanager's words, in YAML, validated whole.

Secrets never stand in the file: they are named as another file (*_file) or as an environment
variable (*_env), and no error shows their value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from groundswell_core.yaml_files import Matchers, read_yaml

_DURATION = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?")
# The notification log is kept longer than this, so that a repeat is never taken for a first.
LONGEST_REPEAT = timedelta(days=30)


def parse_duration(value: Any) -> timedelta:
    """Returns a duration such as 30s, 5m or 1h30m; raises ValueError with the cure."""
    match = _DURATION.fullmatch(value) if isinstance(value, str) and value else None
    if match is None:
        raise ValueError(f'"{value}" is no duration; write it like 30s, 5m, 4h or 1d')
    days, hours, minutes, seconds = (float(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


Duration = Annotated[timedelta, BeforeValidator(parse_duration)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class RouteConfig(_Part):
    """One route; what it does not say it takes from the route around it."""

    receiver: str | None = None
    matchers: Matchers = ()
    continue_: bool = Field(default=False, alias="continue")
    group_by: tuple[str, ...] | None = None
    group_wait: Duration | None = None
    group_interval: Duration | None = None
    repeat_interval: Duration | None = None
    routes: tuple[RouteConfig, ...] = ()

    @field_validator("repeat_interval")
    @classmethod
    def _remembered(cls, value: timedelta | None) -> timedelta | None:
        if value is not None and not timedelta(minutes=1) <= value <= LONGEST_REPEAT:
            raise ValueError("must be between 1m and 30d: longer is not remembered")
        return value

    @field_validator("group_interval")
    @classmethod
    def _turns(cls, value: timedelta | None) -> timedelta | None:
        if value is not None and value <= timedelta(0):
            raise ValueError("must be longer than 0s; write 1s for at once")
        return value


class _Integration(_Part):
    send_resolved: bool = True


def _one_of(model: Any, *names: str) -> None:
    given = [name for name in names if getattr(model, name) is not None]
    if len(given) != 1:
        raise ValueError(f"needs exactly one of {', '.join(names)}")


class WebhookConfig(_Integration):
    """A signed POST; the address may be secret too."""

    url: str | None = None
    url_file: Path | None = None
    url_env: str | None = None
    secret_file: Path | None = None
    secret_env: str | None = None

    @model_validator(mode="after")
    def _complete(self) -> WebhookConfig:
        _one_of(self, "url", "url_file", "url_env")
        _one_of(self, "secret_file", "secret_env")
        return self


class EmailConfig(_Integration):
    """A mail by SMTP."""

    to: tuple[str, ...] = Field(min_length=1)
    sender: str = Field(alias="from", min_length=3)
    host: str = Field(min_length=1)
    port: int = Field(587, ge=1, le=65535)
    security: str = Field("starttls", pattern="^(starttls|tls|none)$")
    username: str = ""
    password_file: Path | None = None
    password_env: str | None = None

    @model_validator(mode="after")
    def _complete(self) -> EmailConfig:
        if self.username:
            _one_of(self, "password_file", "password_env")
        if self.username and self.security == "none":
            raise ValueError("a password is not sent in clear: use security: starttls or tls")
        return self


class AppriseConfig(_Integration):
    """A chat or any other service that Apprise knows; its URL is a secret."""

    url_file: Path | None = None
    url_env: str | None = None

    @model_validator(mode="after")
    def _complete(self) -> AppriseConfig:
        _one_of(self, "url_file", "url_env")
        return self


class ReceiverConfig(_Part):
    """A named target; without any integration it stays silent."""

    name: str = Field(pattern=r"^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$")
    exercises: bool = False
    language: str | None = Field(None, pattern="^(zh|en)$")
    webhook_configs: tuple[WebhookConfig, ...] = ()
    email_configs: tuple[EmailConfig, ...] = ()
    apprise_configs: tuple[AppriseConfig, ...] = ()


class RoutesFile(_Part):
    """The whole file."""

    route: RouteConfig
    receivers: tuple[ReceiverConfig, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _whole(self) -> RoutesFile:
        names = [receiver.name for receiver in self.receivers]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"receivers named twice: {', '.join(twice)}")
        if self.route.receiver is None:
            raise ValueError("route has no receiver: name the one for alerts that match nothing")
        if self.route.matchers:
            raise ValueError("the outermost route takes every alert; move its matchers to routes")
        for name in _receivers_of(self.route):
            if name not in names:
                raise ValueError(
                    f'a route names the receiver "{name}", which is not under receivers'
                )
        return self


def _receivers_of(route: RouteConfig) -> Iterator[str]:
    if route.receiver is not None:
        yield route.receiver
    for child in route.routes:
        yield from _receivers_of(child)


SILENT = RoutesFile(
    route=RouteConfig(receiver="console"), receivers=(ReceiverConfig(name="console"),)
)


def read_routes(path: Path | None) -> RoutesFile:
    """Returns the file; without one, a tree whose only receiver stays silent."""
    return SILENT if path is None else read_yaml(path, RoutesFile)
