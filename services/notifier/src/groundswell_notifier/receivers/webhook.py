"""Signed webhooks: a JSON body, its HMAC over time and body, and the notification's own key.

The receiver recomputes HMAC-SHA256(secret, timestamp + "." + body) and compares in constant time;
docs/alerting.md has the lines.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time

import aiohttp
import orjson
from google.protobuf.json_format import MessageToDict
from yarl import URL

from groundswell_core.alerts import ALERTS
from groundswell_core.dial import ForbiddenAddress
from groundswell_core.errors import FailedPrecondition, GroundswellError, InvalidInput, Unavailable
from groundswell_core.settings import read_secret
from groundswell_notifier.notification_log import Sending
from groundswell_notifier.receivers.rendering import Message, render
from groundswell_notifier.receivers.waiting import retry_after
from groundswell_notifier.routes_file import WebhookConfig
from groundswell_notifier.settings import NotifierSettings

_MAXIMUM_ANSWER = 64 << 10
_RETRIED = {408, 425, 429}


def signature(secret: bytes, timestamp: str, body: bytes) -> str:
    """Returns the header X-Groundswell-Signature."""
    signed = hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256)
    return f"v1={signed.hexdigest()}"


def payload(sending: Sending, message: Message) -> bytes:
    """Returns the JSON body; its fields are documented in docs/alerting.md."""
    notification = sending.notification
    return orjson.dumps(
        {
            "schema": "groundswell.notification.v1",
            "name": notification.name,
            "receiver": notification.receiver,
            "reason": notification.reason,
            "exercise": notification.exercise,
            "create_time": notification.create_time,
            "group_labels": dict(notification.group_labels),
            "title": message.title,
            "text": message.text,
            "link": message.link,
            "firing_count": sending.firing_count,
            "resolved_count": sending.resolved_count,
            "alerts": [
                MessageToDict(ALERTS.to_proto(alert), preserving_proto_field_name=True)
                for alert in sending.contents
            ],
        }
    )


def _url(text: str) -> URL:
    try:
        url = URL(text)
        good = url.scheme in {"http", "https"} and bool(url.host) and url.user is None
    except ValueError:
        good = False
    if not good:
        raise InvalidInput(
            "the webhook's URL is none; write https://host/path, without user and password",
            reason="BAD_URL",
        )
    return url


class WebhookIntegration:
    """Posts notifications to one address."""

    kind = "webhook"

    def __init__(self, config: WebhookConfig, settings: NotifierSettings, language: str) -> None:
        """Reads the secrets; raises InvalidInput when one is missing or the URL is none."""
        self.send_resolved = config.send_resolved
        self._secret = read_secret(config.secret_file, config.secret_env)
        self._url = _url(
            config.url or read_secret(config.url_file, config.url_env).get_secret_value()
        )
        self._settings = settings
        self._language = language
        self._session: aiohttp.ClientSession | None = None

    async def send(self, sending: Sending) -> None:
        """Posts once: 2xx is delivered; 408, 425, 429 and 5xx are tried again."""
        message = render(sending, self._language, self._settings.public_url)
        body = payload(sending, message)
        try:
            async with (
                asyncio.timeout(self._settings.send_timeout),
                self._opened().post(
                    self._url,
                    data=body,
                    headers=self._headers(sending, body),
                    allow_redirects=False,
                ) as response,
            ):
                await response.content.read(_MAXIMUM_ANSWER)
                status, asked = response.status, response.headers.get("Retry-After")
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise self._failure(error) from None
        if failure := self._refusal(status, asked):
            raise failure

    def _headers(self, sending: Sending, body: bytes) -> dict[str, str]:
        timestamp = str(int(time.time()))
        return {
            "Content-Type": "application/json",
            "User-Agent": "Groundswell/0.1",
            "Idempotency-Key": sending.id,
            "X-Groundswell-Timestamp": timestamp,
            "X-Groundswell-Signature": signature(
                self._secret.get_secret_value().encode(), timestamp, body
            ),
        }

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(socket_factory=self._settings.guard, limit=32),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
                auto_decompress=False,
            )
        return self._session

    def _failure(self, error: Exception) -> GroundswellError:
        """Returns the failure without the address's path and query: they may be the secret."""
        cause = getattr(error, "os_error", error)
        if isinstance(cause, ForbiddenAddress):
            return FailedPrecondition(
                f"{self._host} may not be reached: {cause.strerror}; permit its network in "
                "GROUNDSWELL_NOTIFIER__ALLOWED_NETWORKS",
                reason="FORBIDDEN_ADDRESS",
            )
        return Unavailable(f"{self._host} does not answer: {type(error).__name__}")

    def _refusal(self, status: int, asked: str | None) -> GroundswellError | None:
        if 200 <= status < 300:
            return None
        said = f"{self._host} answered {status}"
        if status in _RETRIED or status >= 500:
            return Unavailable(said, retry_after=retry_after(asked))
        return FailedPrecondition(f"{said}; correct the address or the receiver", reason="REFUSED")

    @property
    def _host(self) -> str:
        return f"{self._url.scheme}://{self._url.host}"

    async def close(self) -> None:
        """Closes the connections."""
        if self._session is not None:
            await self._session.close()
