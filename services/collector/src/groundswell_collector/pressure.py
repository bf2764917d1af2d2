"""Stops reading while what was read cannot go on: do not buffer, stop polling."""

from __future__ import annotations

from groundswell_collector import metrics
from groundswell_collector.inbox import Inbox
from groundswell_core.clock import Clock
from groundswell_core.log import get_logger

log = get_logger(__name__)

LOOK_SECONDS = 0.05  # between two looks; all sources share what was seen


class Pressure:
    """Lets reading go on while Kafka answers and not too much waits to be confirmed."""

    def __init__(
        self,
        inbox: Inbox,
        *,
        collector: str,
        documents: int,
        size: int,
        clock: Clock,
    ) -> None:
        """Takes the documents and the bytes of this collector that may be unconfirmed."""
        self._inbox = inbox
        self._collector = collector
        self._documents = documents
        self._size = size
        self._looked = float("-inf")  # monotonic seconds
        self._seen = ""
        self.is_down = False  # Kafka did not acknowledge the last sending
        self._clock = clock

    async def reason(self) -> str:
        """Returns why reading must wait; empty when it need not."""
        now = self._clock.monotonic()
        if now - self._looked >= LOOK_SECONDS:
            self._looked = now
            self._seen = await self._look()
        return self._seen

    def look_again(self) -> None:
        """Forgets what was seen: more was stored since."""
        self._looked = float("-inf")

    async def _look(self) -> str:
        if self.is_down:
            return "kafka does not acknowledge"
        documents, size = await self._inbox.unconfirmed(self._collector)
        if documents > self._documents or size > self._size:
            return f"{documents} documents ({size} bytes) wait to be confirmed by the analyzer"
        return ""

    async def relieved(self) -> None:
        """Returns when reading may go on."""
        reason = await self.reason()
        if not reason:
            return
        log.warning("reading waits", reason=reason)
        metrics.HELD_BACK.set(1)
        while await self.reason():
            await self._clock.sleep(LOOK_SECONDS)
        metrics.HELD_BACK.set(0)
        log.info("reading goes on")
