"""Receivers: where notifications go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from groundswell_core.errors import GroundswellError, InvalidInput
from groundswell_notifier.notification_log import Sending
from groundswell_notifier.receivers.chat import ChatIntegration
from groundswell_notifier.receivers.mail import MailIntegration
from groundswell_notifier.receivers.webhook import WebhookIntegration
from groundswell_notifier.routes_file import ReceiverConfig, RoutesFile
from groundswell_notifier.settings import NotifierSettings


class Integration(Protocol):
    """One way to one receiver."""

    kind: str
    send_resolved: bool

    async def send(self, sending: Sending) -> None:
        """Sends once; Unavailable: later perhaps, any other failure of the tree: never.

        Every try of one notification carries its id, so that the far side can tell repeats.
        """
        ...

    async def close(self) -> None:
        """Lets go of connections."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """A named target with its integrations."""

    name: str
    exercises: bool = False
    integrations: tuple[Integration, ...] = ()


def build_receivers(file: RoutesFile, settings: NotifierSettings) -> dict[str, Receiver]:
    """Returns the receivers of a routing file; InvalidInput names the one that cannot be used."""
    return {config.name: _receiver(config, settings) for config in file.receivers}


def _receiver(config: ReceiverConfig, settings: NotifierSettings) -> Receiver:
    try:
        integrations = tuple(_integrations(config, settings))
    except GroundswellError as error:
        raise InvalidInput(
            f'receiver "{config.name}": {error.message}', reason="BAD_RECEIVER"
        ) from None
    return Receiver(name=config.name, exercises=config.exercises, integrations=integrations)


def _integrations(config: ReceiverConfig, settings: NotifierSettings) -> Iterator[Integration]:
    language = config.language or settings.language
    for webhook in config.webhook_configs:
        yield WebhookIntegration(webhook, settings, language)
    for mail in config.email_configs:
        yield MailIntegration(mail, settings, language)
    for chat in config.apprise_configs:
        yield ChatIntegration(chat, settings, language)
