"""How to reach a cluster, which topics it must have, and a bounded end for clients."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError
from aiokafka.helpers import create_ssl_context

from groundswell_core.errors import InvalidInput, Stalled, Unavailable
from groundswell_core.log import get_logger
from groundswell_core.retry import RetryPolicy, retry
from groundswell_core.topics import Topic

if TYPE_CHECKING:
    from groundswell_core.settings import KafkaSettings

log = get_logger(__name__)

STOP_SECONDS = 10.0
START = RetryPolicy(initial_interval=0.2, maximum_interval=5.0)


def connection(settings: KafkaSettings) -> dict[str, Any]:
    """Returns what every client of the library needs to reach the cluster."""
    options: dict[str, Any] = {"bootstrap_servers": settings.bootstrap_servers}
    if settings.ca_file or settings.username:
        options["security_protocol"] = "SASL_SSL" if settings.username else "SSL"
        options["ssl_context"] = create_ssl_context(
            cafile=str(settings.ca_file) if settings.ca_file else None
        )
    if settings.username:
        options["sasl_mechanism"] = "SCRAM-SHA-512"
        options["sasl_plain_username"] = settings.username
        options["sasl_plain_password"] = settings.password.get_secret_value()
    return options


async def patiently(start: Callable[[], Awaitable[None]], settings: KafkaSettings) -> None:
    """Starts a client; waits as long as the stall timeout for a broker."""
    try:
        async with asyncio.timeout(settings.stall_timeout):
            await retry(start, START)
    except TimeoutError:
        raise Stalled(
            f"no Kafka broker of {settings.bootstrap_servers} answered for "
            f"{settings.stall_timeout:g} s; is GROUNDSWELL_KAFKA__BOOTSTRAP_SERVERS right?"
        ) from None
    except ValueError as error:
        raise InvalidInput(
            f"GROUNDSWELL_KAFKA__BOOTSTRAP_SERVERS cannot be used: {error}; write host:port",
            reason="BAD_SETTINGS",
        ) from error


async def ensure_topics(settings: KafkaSettings, topics: Iterable[Topic]) -> None:
    """Creates the topics that are missing."""
    wanted = [
        NewTopic(topic.name, topic.partitions or settings.partitions, settings.replication_factor)
        for topic in topics
    ]
    try:
        admin = AIOKafkaAdminClient(**connection(settings), request_timeout_ms=10_000)
        await admin.start()
        try:
            await admin.create_topics(wanted)
        finally:
            await admin.close()
    except (KafkaError, OSError) as error:
        raise Unavailable(f"Kafka cannot be asked for its topics: {error!r}") from error


async def started(client: Any) -> None:
    """Starts one of the library's clients; one that finds no broker is ended and Unavailable raised."""
    try:
        await client.start()
    except (KafkaError, OSError) as error:
        await client.stop()
        raise Unavailable(f"no Kafka broker answers: {error!r}") from error


async def bounded(stop: Awaitable[Any], what: str) -> None:
    """Awaits an end for at most 10 s: a hang must not keep the process."""
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await stop
    except (TimeoutError, KafkaError) as error:
        log.warning("kafka client left without a clean end", what=what, error=repr(error))
