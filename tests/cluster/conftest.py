"""One cluster of each kind for all tests here; where Java or Maven is absent they are not run."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cluster.kafka_cluster import KafkaCluster, fetch, missing
from cluster.mongo_cluster import MongoCluster


def _run(work: Any) -> Any:
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(work)
    finally:
        loop.close()


@pytest.fixture(scope="session")
def kafka_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaCluster]:
    """Gives three Apache Kafka brokers."""
    if lacking := missing():
        pytest.skip(f"not run: {lacking} is not on this machine")
    fetch()
    cluster = KafkaCluster(Path(tmp_path_factory.mktemp("kafka")))
    _run(cluster.start())
    yield cluster
    _run(cluster.stop())


@pytest.fixture(scope="session")
def mongo_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MongoCluster]:
    """Gives a replica set of three."""
    cluster = MongoCluster(Path(tmp_path_factory.mktemp("mongo")))
    _run(cluster.start())
    yield cluster
    _run(cluster.stop())
