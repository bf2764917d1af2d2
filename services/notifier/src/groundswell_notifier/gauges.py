"""Keeps the gauge of firing alerts current, in every replica: they all read one book."""

from __future__ import annotations

import contextlib

from groundswell_core.errors import Unavailable
from groundswell_core.service import Service
from groundswell_notifier import metrics
from groundswell_notifier.book import AlertBook

SECONDS = 2.0


async def keep_gauges(book: AlertBook, service: Service) -> None:
    """Counts until the service stops; a bad moment leaves the last count standing."""
    while not service.stopping.is_set():
        with contextlib.suppress(Unavailable):
            metrics.FIRING.set(await book.firing_count())
        await service.pause(SECONDS)
