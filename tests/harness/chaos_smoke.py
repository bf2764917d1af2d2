"""`make chaos-smoke`: kills every service and empties the broker under load, then checks the books."""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from groundswell_core.embedded import EmbeddedBroker, EmbeddedMongo
from groundswell_core.mongo import Database, connect
from harness.books import Books, settle
from harness.chaos import Faults, bound, keep_alive, pour_until
from harness.load import LoadServer
from harness.stack import PIPELINE, Stack
from harness.watcher import Seen, watch

WINDOW = 600  # documents that a feed shows: more than come while its reader is down
FEEDS = 8


async def main(kills: int, empties: int, rate: float, seed: int) -> int:
    """Runs the faults and returns 0 when nothing was lost and nothing counted twice."""
    print(
        f"seed {seed}: {kills} kills of each of {', '.join(PIPELINE)}; broker emptied {empties} x"
    )
    with tempfile.TemporaryDirectory(prefix="groundswell-chaos-") as name:
        folder = Path(name)
        mongo, broker = EmbeddedMongo(folder / "mongo"), EmbeddedBroker(folder / "broker")
        await mongo.start()
        await broker.start()
        server = LoadServer(folder / "ledger", feeds=FEEDS, window=WINDOW, seed=seed)
        try:
            async with server.running(), connect(mongo.settings()) as database:
                stack = Stack(
                    folder / "state",
                    server.configuration(folder / "config"),
                    kafka=broker.settings(),
                    mongo=mongo.settings(),
                )
                try:
                    return await _run(
                        stack,
                        server,
                        broker,
                        database,
                        Faults(kills=kills, seed=seed),
                        empties,
                        rate,
                    )
                finally:
                    await stack.stop()
        finally:
            await broker.stop()
            await mongo.stop()


async def _run(
    stack: Stack,
    server: LoadServer,
    broker: EmbeddedBroker,
    database: Database,
    faults: Faults,
    empties: int,
    rate: float,
) -> int:
    await stack.start_all()
    seen, stop, done = Seen(), asyncio.Event(), asyncio.Event()
    watching = asyncio.create_task(watch(stack.address("notifier"), stack.signer(), seen, done))
    pouring = asyncio.create_task(pour_until(server.publish, stop, rate=rate))
    keeping = asyncio.create_task(keep_alive(stack))

    async def empty() -> None:
        await broker.kill()
        await broker.start()

    started = time.monotonic()
    async with asyncio.TaskGroup() as group:
        for name in PIPELINE:
            group.create_task(faults.kill_service(stack, name))
        group.create_task(faults.repeat("broker emptied", empties, empty, pause=20.0))
    print(f"faults over after {time.monotonic() - started:.0f} s; waiting for the books")
    stop.set()
    await pouring
    await stack.wait_ready()
    books = await settle(database, server, timeout=240)
    done.set()
    await watching
    keeping.cancel()
    return _report(books, seen, faults, stack)


def _report(books: Books, seen: Seen, faults: Faults, stack: Stack) -> int:
    total = sum(faults.done.values())
    print(books)
    print(f"faults {faults.done}, bound of a loss per fault (95 %) {bound(total)}")
    print(
        f"stream: {len(seen.alerts)} alerts, {len(seen.revisions)} revisions, missing {seen.missing}, doubled or out of order "
        f"{seen.doubled}, resumed {seen.resumes} x"
    )
    print(f"why the stream ended: {Counter(seen.errors).most_common(5)}")
    # A run without alerts proves nothing about them.
    good = books.balance and seen.alerts and not seen.missing and not seen.doubled
    print("books balance: lost 0, counted twice 0" if good else "BOOKS DO NOT BALANCE")
    if not good:
        for name in stack.names:
            print(f"== {name}\n{stack.tail(name)}")
    return 0 if good else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20, help="kills of each service")
    parser.add_argument("--empties", type=int, default=5, help="times the broker is emptied")
    parser.add_argument("--rate", type=float, default=40.0, help="documents a second")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    arguments = parser.parse_args()
    sys.exit(asyncio.run(main(arguments.kills, arguments.empties, arguments.rate, arguments.seed)))
