"""Kafka out: every version of an incident on groundswell.incidents.v1, from its own record."""

from __future__ import annotations

import asyncio

from groundswell_coordinator.ledger import Ledger
from groundswell_core.errors import Unavailable
from groundswell_core.incidents import INCIDENTS
from groundswell_core.kafka import Producer
from groundswell_core.log import get_logger
from groundswell_core.service import Heartbeat, Service
from groundswell_core.topics import INCIDENTS as TOPIC

log = get_logger(__name__)


class Outbox:
    """Publishes incidents that are marked pending; a crash before the mark is gone sends again."""

    def __init__(self, ledger: Ledger, producer: Producer) -> None:
        """Takes the ledger and the producer."""
        self._ledger = ledger
        self._producer = producer
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Says that something is pending."""
        self._woken.set()

    async def publish(self) -> int:
        """Sends what is pending; returns how many."""
        count = 0
        while cases := await self._ledger.pending():
            await self._producer.send_all(
                TOPIC, [(case.incident.name, INCIDENTS.to_bytes(case.incident)) for case in cases]
            )
            await self._ledger.published(cases)
            count += len(cases)
        return count

    async def run(self, service: Service, heartbeat: Heartbeat, every: float) -> None:
        """Publishes until the service stops; a bad moment is waited out."""
        while not service.stopping.is_set():
            heartbeat.beat()
            self._woken.clear()
            try:
                await self.publish()
            except Unavailable as error:
                log.warning("incidents wait to be published", why=str(error))
            await self._pause(service, every)

    async def _pause(self, service: Service, every: float) -> None:
        waits = [asyncio.create_task(event.wait()) for event in (self._woken, service.stopping)]
        try:
            await asyncio.wait(waits, timeout=every, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
