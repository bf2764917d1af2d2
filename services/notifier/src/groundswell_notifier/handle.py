"""Kafka in: records of groundswell.alerts.v1."""

from __future__ import annotations

from collections.abc import Sequence

from groundswell_core.alerts import ALERTS
from groundswell_core.topics import Record
from groundswell_notifier.dispatch import Dispatcher


class Handler:
    """Hands alerts to the dispatcher."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        """Takes the dispatcher."""
        self._dispatcher = dispatcher

    async def handle(self, records: Sequence[Record]) -> None:
        """Takes in a batch; durable when it returns."""
        await self._dispatcher.dispatch(
            [(ALERTS.from_bytes(record.value), record.timestamp) for record in records]
        )
