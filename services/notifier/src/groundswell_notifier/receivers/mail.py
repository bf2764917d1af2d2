"""E-mail by SMTP."""

from __future__ import annotations

import ssl
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

import aiosmtplib

from groundswell_core.errors import FailedPrecondition, InvalidInput, Unavailable
from groundswell_core.settings import read_secret
from groundswell_notifier.notification_log import Sending
from groundswell_notifier.receivers.rendering import Message, render
from groundswell_notifier.routes_file import EmailConfig
from groundswell_notifier.settings import NotifierSettings


class MailIntegration:
    """Sends notifications to some mailboxes."""

    kind = "email"

    def __init__(self, config: EmailConfig, settings: NotifierSettings, language: str) -> None:
        """Reads the password; raises InvalidInput when an address is none."""
        self.send_resolved = config.send_resolved
        self._config = config
        self._settings = settings
        self._language = language
        self._password = (
            read_secret(config.password_file, config.password_env) if config.username else None
        )
        for address in (config.sender, *config.to):
            _check_address(address)

    async def send(self, sending: Sending) -> None:
        """Sends one mail; its Message-ID is the notification's, so that repeats show."""
        mail = compose(
            sending, render(sending, self._language, self._settings.public_url), self._config
        )
        try:
            await aiosmtplib.send(
                mail,
                hostname=self._config.host,
                port=self._config.port,
                username=self._config.username or None,
                password=self._password.get_secret_value() if self._password else None,
                start_tls=self._config.security == "starttls",
                use_tls=self._config.security == "tls",
                timeout=self._settings.send_timeout,
            )
        except aiosmtplib.SMTPResponseException as error:
            raise self._refusal(error.code) from None
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise self._refusal(max(one.code for one in error.recipients)) from None
        except (aiosmtplib.SMTPException, ssl.SSLError, OSError, TimeoutError) as error:
            raise Unavailable(f"{self._host} does not answer: {type(error).__name__}") from None

    def _refusal(self, code: int) -> Unavailable | FailedPrecondition:
        """Returns the failure without the server's words: they may repeat what it was told."""
        said = f"{self._host} answered {code}"
        if 400 <= code < 500:
            return Unavailable(said)
        return FailedPrecondition(f"{said}; correct the receiver", reason="REFUSED")

    @property
    def _host(self) -> str:
        return f"smtp://{self._config.host}:{self._config.port}"

    async def close(self) -> None:
        """Does nothing: each mail has its own connection."""


def compose(sending: Sending, message: Message, config: EmailConfig) -> EmailMessage:
    """Returns the mail."""
    mail = EmailMessage()
    mail["From"] = config.sender
    mail["To"] = ", ".join(config.to)
    mail["Message-ID"] = f"<{sending.id}@groundswell.invalid>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Groundswell-Notification"] = sending.notification.name
    if sending.notification.create_time:
        mail["Date"] = format_datetime(sending.notification.create_time)
    try:
        mail["Subject"] = message.title
    except (ValueError, MessageError):  # what reads like a header must not lose the alert
        mail["Subject"] = sending.notification.name
    mail.set_content(message.text, charset="utf-8", cte="base64")
    return mail


def _check_address(text: str) -> None:
    _, address = parseaddr(text)
    if "@" not in address or any(char in text for char in "\r\n\0"):
        raise InvalidInput(
            f'"{text[:80]!r}" is no mail address; write name@example.org', reason="BAD_ADDRESS"
        )
