"""Live figures out of the processes' Prometheus metrics; what a process does not tell is left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families

DOCUMENTS = "groundswell_collector_documents_total"
LAG = "groundswell_kafka_lag_records"
FIRING = "groundswell_notifier_alerts_firing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What the status shows beside the processes; None: nobody told."""

    documents: float | None = None  # since the collector started
    documents_per_second: float | None = None
    lag: float | None = None  # records that wait
    firing: float | None = None  # alerts


class FigureReader:
    """Turns metrics texts into figures; remembers the last count to tell a rate."""

    def __init__(self) -> None:
        """Knows nothing yet."""
        self._last: tuple[float, float] | None = None  # seconds, documents

    def read(self, texts: Iterable[str], now: float) -> Figures:
        """Returns the figures of all processes together; now is monotonic seconds."""
        sums: dict[str, float] = {}
        for text in texts:
            for name, value in samples(text):
                sums[name] = sums.get(name, 0.0) + value
        documents = sums.get(DOCUMENTS)
        return Figures(
            documents=documents,
            documents_per_second=self._rate(documents, now),
            lag=sums.get(LAG),
            firing=sums.get(FIRING),
        )

    def _rate(self, documents: float | None, now: float) -> float | None:
        before, self._last = self._last, None if documents is None else (now, documents)
        if before is None or documents is None or now <= before[0]:
            return None
        # A restarted collector counts from zero again.
        return max(0.0, documents - before[1]) / (now - before[0])


def samples(text: str) -> list[tuple[str, float]]:
    """Returns name and value of each sample; nothing from a text that is not Prometheus'."""
    try:
        families = list(text_string_to_metric_families(text))
    except ValueError:
        return []
    return [(sample.name, sample.value) for family in families for sample in family.samples]
