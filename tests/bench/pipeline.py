"""The whole path on the embedded servers: sustained documents/s, delay to the watcher, a burst.

Usage: scripts/bench pipeline [--seconds 600] [--rate 300] [--burst-seconds 30] [--feeds 20]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from harness.books import Books, settle
from harness.figures import percentile, write_figures
from harness.load import PatientServer
from harness.stack import PIPELINE, Stack
from harness.watcher import Seen, watch

from groundswell_core.embedded import EmbeddedBroker, EmbeddedMongo
from groundswell_core.mongo import Database, connect

# Nothing is killed here: the collector's own patience, and room for a burst.
VARIABLES = {
    "GROUNDSWELL_COLLECTOR__RECONCILE_AFTER": "60",
    "GROUNDSWELL_COLLECTOR__MAXIMUM_UNCONFIRMED": "4000",
    "GROUNDSWELL_ANALYZER__TICK": "10",
    "GROUNDSWELL_ANALYZER__SWEEP": "60",
}
INTERVAL = 1.0  # seconds between reads of a feed


@dataclass(slots=True)
class Bench:
    """The running suite, and what looks at it."""

    stack: Stack
    server: PatientServer
    database: Database
    processes: dict[str, int]
    seen: Seen = field(default_factory=Seen)

    async def stored(self) -> int:
        """Returns how many documents have their story."""
        return await self.database.collection("documents").count({"story": {"$gt": ""}})

    async def drained(self, timeout: float) -> float:
        """Waits until every document that was published has its story; returns the seconds."""
        start = time.monotonic()
        while await self.stored() < len(self.server.served):
            if time.monotonic() - start > timeout:
                return float("inf")
            await asyncio.sleep(0.25)
        return time.monotonic() - start

    def cpu(self) -> dict[str, float]:
        """Returns the seconds of CPU that each process and its children have used."""
        used = {name: _cpu(pid) for name, pid in self.processes.items()}
        return used | {"this bench": time.process_time()}


def _cpu(pid: int) -> float:
    whole = psutil.Process(pid)
    times = [one.cpu_times() for one in (whole, *whole.children(recursive=True))]
    return sum(one.user + one.system for one in times)


@asynccontextmanager
async def suite(folder: Path, feeds: int) -> AsyncIterator[Bench]:
    """Starts servers, services and the watcher; stops them afterwards."""
    mongo, broker = EmbeddedMongo(folder / "mongo"), EmbeddedBroker(folder / "broker")
    await mongo.start()
    await broker.start()
    server, over = PatientServer(folder / "ledger", feeds=feeds), asyncio.Event()
    try:
        async with server.running(), connect(mongo.settings()) as database:
            stack = Stack(
                folder / "state",
                server.configuration(folder / "config", interval=INTERVAL),
                kafka=broker.settings(),
                mongo=mongo.settings(),
                services=PIPELINE,
                variables=VARIABLES,
            )
            try:
                await stack.start_all()
                pids = {name: stack.pid(name) for name in stack.names}
                pids |= {one.name: one.pid or 0 for one in (mongo, broker)}
                bench = Bench(stack, server, database, pids)
                watching = asyncio.create_task(
                    watch(stack.address("notifier"), stack.signer(), bench.seen, over)
                )
                yield bench
                over.set()
                await watching
            finally:
                await stack.stop()
    finally:
        await broker.stop()
        await mongo.stop()


async def sustain(bench: Bench, rate: float, seconds: float) -> dict[str, float]:
    """Offers documents at a rate; returns what went through, and what the processes spent."""
    before, cpu, start = await bench.stored(), bench.cpu(), time.monotonic()
    published = len(bench.server.served)
    await bench.server.pour(rate, seconds)
    went, took = await bench.stored() - before, time.monotonic() - start
    spent = {name: used - cpu[name] for name, used in bench.cpu().items()}
    offered = len(bench.server.served) - published
    for name, used in sorted(spent.items(), key=lambda pair: -pair[1]):
        print(f"  {name:18s} {used / took:6.1%} of a core {used / max(went, 1) * 1e3:7.2f} ms each")
    return {
        "offered_per_s": offered / took,
        "documents_per_s": went / took,
        "backlog": offered - went,
        "backlog_drain_s": await bench.drained(300),
    }


async def burst(bench: Bench, rate: float, seconds: float) -> dict[str, float]:
    """Offers ten times as much for a while; returns how long the rest took."""
    published = len(bench.server.served)
    await bench.server.pour(10 * rate, seconds)
    offered, left = len(bench.server.served) - published, await bench.stored()
    behind = len(bench.server.served) - left
    print(f"  burst of {offered} documents in {seconds:g} s: {behind} behind at its end")
    drain = await bench.drained(900)
    return {
        "burst_documents": offered,
        "burst_drain_s": drain,
        "burst_documents_per_s": offered / (seconds + drain),
    }


async def delays(bench: Bench, until: int) -> dict[str, float]:
    """Returns the time from a story's first document in an answer to its first event.

    Of stories that began among the first `until` documents: those under the sustained load.
    """
    numbers = {one.document_id: one.number for one in bench.server.served}
    first: dict[str, float] = {}
    begun_later: set[str] = set()
    found = bench.database.collection("documents").stream({}, fields=["story"])
    async for record in found:
        at = bench.server.first_seen[record["_id"]]
        story = f"stories/{record['story'].removeprefix('stories/')}"
        first[story] = min(first.get(story, at), at)
        if numbers[record["_id"]] >= until:
            begun_later.add(story)
    shown = [
        time_seen - first[story]
        for story, time_seen in bench.seen.first_time.items()
        if story in first and story not in begun_later
    ]
    return {
        "publish_to_watch_p50_s": percentile(shown, 0.5),
        "publish_to_watch_p95_s": percentile(shown, 0.95),
        "publish_to_watch_max_s": max(shown, default=float("nan")),
        "stories_seen": len(shown),
    }


async def main(options: argparse.Namespace) -> int:
    """Measures, prints, writes; returns 0 when nothing was lost and nothing counted twice."""
    with tempfile.TemporaryDirectory(prefix="groundswell-bench-") as name:
        async with suite(Path(name), options.feeds) as bench:
            await bench.server.pour(options.rate / 3, 5)  # warms up
            await bench.drained(60)
            print(f"offering {options.rate:g} documents/s for {options.seconds:g} s")
            figures = await sustain(bench, options.rate, options.seconds)
            sustained = len(bench.server.served)
            if options.burst_seconds:
                figures |= await burst(bench, options.rate, options.burst_seconds)
            books = await settle(bench.database, bench.server, timeout=180)
            figures |= await delays(bench, sustained) | await told(bench)
        return report(books, bench, figures)


async def told(bench: Bench, timeout: float = 60.0) -> dict[str, float]:
    """Returns how long it took until every alert that fires was told, and how many were not."""
    start, alerts = time.monotonic(), bench.database.collection("alerts")
    untold = {"state": "FIRING", "notify_time": None}
    while await alerts.count(untold):
        if time.monotonic() - start > timeout:
            break
        await asyncio.sleep(0.5)
    return {
        "webhooks": len(bench.server.webhooks),
        "webhook_drain_s": time.monotonic() - start,
        "untold": await alerts.count(untold),
    }


def report(books: Books, bench: Bench, figures: dict[str, float]) -> int:
    """Prints the table and writes the file."""
    seen = bench.seen
    figures |= {
        "lost": books.lost + books.homeless + books.unsent + seen.missing,
        "duplicated": books.doubled + books.unexplained + books.miscounted + seen.doubled,
        "alerts": len(seen.alerts),
        "load_average": os.getloadavg()[1],
    }
    for name, value in figures.items():
        print(f"{name:26s} {value:12.2f}")
    print(books)
    print(f"written to {write_figures('pipeline', books.served, figures)}")
    return 0 if books.balance and not seen.missing and not seen.doubled else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="of the sustained load")
    parser.add_argument("--rate", type=float, default=300.0, help="documents a second")
    parser.add_argument("--burst-seconds", type=float, default=30.0, help="0: no burst")
    parser.add_argument("--feeds", type=int, default=20, help="sources that are read")
    sys.exit(asyncio.run(main(parser.parse_args())))
