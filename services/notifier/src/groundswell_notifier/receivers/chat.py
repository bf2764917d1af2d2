"""Chats and everything else that Apprise knows."""

from __future__ import annotations

import asyncio
from typing import Any

import apprise

from groundswell_core.errors import InvalidInput, Unavailable
from groundswell_core.settings import read_secret
from groundswell_notifier.notification_log import Sending
from groundswell_notifier.receivers.rendering import harmless, render
from groundswell_notifier.routes_file import AppriseConfig
from groundswell_notifier.settings import NotifierSettings

_MAXIMUM_BYTES = 1900  # WeCom takes 2,048; the head says what matters


class ChatIntegration:
    """Sends notifications to one Apprise URL; the URL is a secret and is in no error."""

    kind = "apprise"

    def __init__(self, config: AppriseConfig, settings: NotifierSettings, language: str) -> None:
        """Reads the URL; raises InvalidInput when its service is not among those allowed."""
        self.send_resolved = config.send_resolved
        self._settings = settings
        self._language = language
        url = read_secret(config.url_file, config.url_env).get_secret_value()
        scheme, separator, _ = url.partition("://")
        self._scheme = scheme.lower()
        if self._scheme not in settings.schemes:
            named = f'"{scheme}"' if separator and scheme.isalnum() else "without a name"
            raise InvalidInput(
                f"the Apprise service {named} is not allowed; allowed are "
                f"{', '.join(sorted(settings.schemes))} (GROUNDSWELL_NOTIFIER__APPRISE_SCHEMES)",
                reason="SCHEME_NOT_ALLOWED",
            )
        self._apprise: Any = apprise.Apprise(
            asset=apprise.AppriseAsset(app_id="Groundswell", plugin_paths=[], secure_logging=True)
        )
        if not self._apprise.add(url):
            raise InvalidInput(
                f'Apprise cannot read this URL of "{self._scheme}"; compare it with that '
                "service's page",
                reason="BAD_URL",
            )

    async def send(self, sending: Sending) -> None:
        """Sends once; Apprise does not say why it failed, so every failure is tried again."""
        message = render(sending, self._language, self._settings.public_url)
        try:
            async with asyncio.timeout(self._settings.send_timeout):
                done = await self._apprise.async_notify(
                    title=harmless(message.title),
                    body=shortened(harmless(message.text), message.link),
                    body_format=apprise.NotifyFormat.TEXT,
                )
        except TimeoutError:
            raise Unavailable(f"{self._scheme} did not answer in time") from None
        if not done:
            raise Unavailable(f"{self._scheme} did not accept the notification")

    async def close(self) -> None:
        """Does nothing: Apprise keeps no connection."""


def shortened(text: str, link: str) -> str:
    """Returns the head of a text that is too long for a chat, with its link."""
    if len(text.encode()) <= _MAXIMUM_BYTES:
        return text
    tail = f"…\n{link}" if link else "…"
    room = _MAXIMUM_BYTES - len(tail.encode())
    return text.encode()[:room].decode(errors="ignore") + tail
