"""The unchanged services on three Kafka brokers and a three-node MongoDB, leaders killed under load."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest
from cluster.kafka_cluster import KafkaCluster
from cluster.mongo_cluster import MongoCluster
from harness.books import settle
from harness.chaos import Faults, bound, keep_alive, pour_until
from harness.load import LoadServer
from harness.stack import Stack
from harness.watcher import Seen, watch

from groundswell_core.mongo import connect
from groundswell_core.topics import ALERTS, ANALYSES, DOCUMENTS

KILLS = 5
RATE = 30.0  # documents a second
SEED = random.SystemRandom().randrange(10**6)

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(900)]


async def test_nothing_is_lost_or_counted_twice_when_leaders_and_primaries_are_killed(
    kafka_cluster: KafkaCluster, mongo_cluster: MongoCluster, tmp_path: Path
) -> None:
    print(f"seed {SEED}")
    rng = random.Random(SEED)
    server = LoadServer(tmp_path / "ledger", feeds=8, window=900, seed=SEED)
    faults = Faults(kills=KILLS, seed=SEED)

    async def kill_leader() -> None:
        topic = rng.choice([DOCUMENTS, ANALYSES, ALERTS])
        node = await kafka_cluster.leader(topic.name)
        await kafka_cluster.kill(node)
        await asyncio.sleep(rng.uniform(2.0, 6.0))
        kafka_cluster.restart(node)
        await kafka_cluster.wait_for_all()

    async def kill_primary() -> None:
        member = await mongo_cluster.primary()
        await mongo_cluster.kill(member)
        await asyncio.sleep(rng.uniform(1.0, 4.0))
        mongo_cluster.restart(member)
        await mongo_cluster.primary()

    mongo = mongo_cluster.settings()
    async with server.running(), connect(mongo) as database:
        config = server.configuration(tmp_path / "config")
        stack = Stack(tmp_path / "state", config, kafka=kafka_cluster.settings(), mongo=mongo)
        try:
            await stack.start_all()
            seen, stop, done = Seen(), asyncio.Event(), asyncio.Event()
            address, signer = stack.address("notifier"), stack.signer()
            watching = asyncio.create_task(watch(address, signer, seen, done))
            keeping = asyncio.create_task(keep_alive(stack))
            pouring = asyncio.create_task(pour_until(server.publish, stop, rate=RATE))
            async with asyncio.TaskGroup() as group:
                for name, fault in (("leader", kill_leader), ("primary", kill_primary)):
                    group.create_task(faults.repeat(f"{name} killed", KILLS, fault, pause=8.0))
            stop.set()
            await pouring
            await stack.wait_ready()
            books = await settle(database, server, timeout=180)
            done.set()
            await watching
            keeping.cancel()
        finally:
            codes = await stack.stop()
    print(books, faults.done, f"95 % bound per kill {bound(2 * KILLS)}", codes)
    print(f"{len(seen.alerts)} alerts, {len(seen.revisions)} revisions, {seen.resumes} resumes")
    assert books.balance, {name: stack.tail(name) for name in stack.names}
    assert seen.alerts
    assert (seen.missing, seen.doubled) == (0, 0)
    assert faults.done == {"leader killed": KILLS, "primary killed": KILLS}
