"""What the analyzer sends: analyses by language, and alerts."""

from __future__ import annotations

from collections.abc import Sequence

from groundswell_core.alerts import ALERTS, Alert
from groundswell_core.analyses import ANALYSES, Analysis
from groundswell_core.kafka import Producer
from groundswell_core.names import parse_name
from groundswell_core.topics import ALERTS as ALERTS_TOPIC
from groundswell_core.topics import ANALYSES as ANALYSES_TOPIC


class AnalysisPublisher:
    """Sends analyses; returns when the broker has them."""

    def __init__(self, producer: Producer) -> None:
        """Takes the process's producer."""
        self._producer = producer

    async def publish(self, analyses: Sequence[Analysis]) -> None:
        """Sends analyses in order, keyed by language: one language has one owner."""
        records = [
            (analysis.language or "und", ANALYSES.to_bytes(analysis)) for analysis in analyses
        ]
        if records:
            await self._producer.send_all(ANALYSES_TOPIC, records)


class AlertPublisher:
    """Sends alerts; returns when the broker has them."""

    def __init__(self, producer: Producer) -> None:
        """Takes the process's producer."""
        self._producer = producer

    async def publish(self, alerts: Sequence[Alert]) -> None:
        """Sends alerts in order, keyed by fingerprint."""
        records = [(parse_name(alert.name, "alerts"), ALERTS.to_bytes(alert)) for alert in alerts]
        if records:
            await self._producer.send_all(ALERTS_TOPIC, records)
