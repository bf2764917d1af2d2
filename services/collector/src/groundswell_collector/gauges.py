"""Keeps the gauges of the inbox and of the sources' health current."""

from __future__ import annotations

from groundswell_collector import metrics
from groundswell_collector.stores import Stores
from groundswell_core.clock import Clock
from groundswell_core.source_records import HealthState, SourceHealth


async def measure(stores: Stores, clock: Clock) -> None:
    """Sets every gauge from the stores."""
    documents, _ = await stores.inbox.unconfirmed()
    metrics.UNCONFIRMED.set(documents)
    oldest = await stores.inbox.oldest_unconfirmed() if documents else None
    metrics.OLDEST_UNCONFIRMED.set((clock.now() - oldest).total_seconds() if oldest else 0)
    active = [source.name.removeprefix("sources/") for source in await stores.sources.active()]
    known = await stores.healths.of(active)
    states = [known.get(identifier, SourceHealth()).state for identifier in active]
    for state in HealthState:
        if state is not HealthState.UNSPECIFIED:
            metrics.SOURCES.labels(state.name).set(states.count(state))
