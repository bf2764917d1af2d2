"""Stops reading while what was read cannot go on: do not buffer, stop polling."""

from __future__ import annotations

from groundswell_collector import metrics
from groundswell_collector.inbox import Inbox
from groundswell_core.clock import Clock
from groundswell_core.log import get_logger

log = get_logger(__name__)

LOOK_SECONDS = 0.1  # between two looks; all sources share what was seen


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
        self._seen: tuple[int, int] | None = None  # documents and bytes, at most
        self.is_down = False  # Kafka did not acknowledge the last sending
        self._clock = clock

    def added(self, documents: int, size: int) -> None:
        """Notes what was stored since the last look."""
        if self._seen is not None:
            self._seen = (self._seen[0] + documents, self._seen[1] + size)

    async def reason(self) -> str:
        """Returns why reading must wait; empty when it need not."""
        if self.is_down:
            return "kafka does not acknowledge"
        now = self._clock.monotonic()
        # Confirmations only lessen what was seen: below the limits nobody needs to count again.
        if self._seen is None or (
            self._exceeds(*self._seen) and now - self._looked >= LOOK_SECONDS
        ):
            self._looked = now
            self._seen = await self._inbox.unconfirmed(self._collector)
        documents, size = self._seen
        if self._exceeds(documents, size):
            return f"{documents} documents ({size} bytes) wait to be confirmed by the analyzer"
        return ""

    def _exceeds(self, documents: int, size: int) -> bool:
        return documents > self._documents or size > self._size

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
