"""The topics, and what a record of one looks like to a handler."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Topic:
    """A Kafka topic; partitions None: as many as the settings say."""

    name: str
    partitions: int | None = None

    @property
    def dlq(self) -> Topic:
        """Returns the topic of its dead letters."""
        return Topic(f"{self.name}.dlq", 1)


DOCUMENTS = Topic("groundswell.documents.v1")
ANALYSES = Topic("groundswell.analyses.v1")
# One partition: total order, and fail-over by assignment.
ALERTS = Topic("groundswell.alerts.v1", 1)
INCIDENTS = Topic("groundswell.incidents.v1", 1)


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a topic."""

    topic: str
    partition: int
    offset: int
    key: str
    value: bytes
    headers: Mapping[str, bytes]
    timestamp: datetime

    @property
    def origin(self) -> str:
        """Returns topic/partition/offset."""
        return f"{self.topic}/{self.partition}/{self.offset}"
