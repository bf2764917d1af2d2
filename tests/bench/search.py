"""How fast searches over stored documents are, at 100,000 documents of real titles, or as many as are asked for.

Usage: scripts/bench search [documents]. Fills a mongod of its own, then asks as the console does.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from harness.evaluation import Row, need, show
from harness.figures import percentile, write_figures

from groundswell.analysis.v1 import document_service_pb2 as pb
from groundswell_analyzer.query import parse_or_raise
from groundswell_analyzer.search import document_grams
from groundswell_analyzer.search.documents import DocumentSearch, asked
from groundswell_analyzer.stores import DOCUMENTS
from groundswell_core.analyses import ANALYSES, Analysis, Place
from groundswell_core.documents import Document
from groundswell_core.embedded import EmbeddedMongo
from groundswell_core.mongo import Collection, connect, insert_op

START = datetime(2026, 1, 1, tzinfo=UTC)
BATCH = 1_000
REPEATS = 15
CATEGORIES = ("accident", "natural_disaster", "public_health", "education", "")
QUERIES: dict[str, dict[str, Any]] = {
    "a frequent word": {"query": "中国"},
    "a rare word": {"query": "塌方"},
    "two frequent words": {"query": "中国 地震"},
    "a frequent and a rare word": {"query": "中国 塌方"},
    "a phrase": {"query": '"王楚钦孙颖莎"'},
    "any of three": {"query": "塌方 OR 泥石流 OR 溃坝"},
    "a new name, title only": {"query": "title:神舟二十号"},
    "nothing matches": {"query": "不存在之词"},
    "word and category": {"query": "学生", "category": "accident"},
    "place": {"place": "CN-51"},
    "newest of all": {},
}


def documents(count: int) -> Any:
    """Yields records of documents: real titles with their descriptions, over and over."""
    from pyarrow import parquet

    (file,) = need("heat/weibo_hot_hourly.parquet")
    table = parquet.read_table(file, columns=["title", "description"]).to_pydict()
    texts = sorted(
        {(a, b or "") for a, b in zip(table["title"], table["description"], strict=True)}
    )
    chance = random.Random(20_261_123)
    for number in range(count):
        title, text = chance.choice(texts)
        yield record(number, title, text, chance)


def record(number: int, title: str, text: str, chance: random.Random) -> dict[str, Any]:
    """Returns a stored document."""
    moment = START + timedelta(seconds=number)
    document = Document(
        name=f"documents/{number:032x}",
        source=f"sources/s{number % 200}",
        key=str(number),
        revision="r",
        title=title,
        text=text,
        publish_time=moment,
        collect_time=moment,
    )
    analysis = Analysis(
        name=f"analyses/{number:032x}",
        document=document,
        language="zh",
        category=chance.choice(CATEGORIES),
        places=(Place(code=f"CN-{chance.randrange(11, 66)}"),),
    )
    return {
        "_id": f"{number:032x}",
        "analysis": ANALYSES.to_record(analysis),
        "revision": "r",
        "change": 1,
        "pending": False,
        "story": f"{number // 10:020x}",
        "exercise": False,
        "event_time": moment,
        "grams": document_grams(analysis),
        "expire_time": moment + timedelta(days=9999),
    }


async def fill(collection: Collection, count: int) -> float:
    """Stores documents; returns seconds."""
    began, batch = time.monotonic(), []
    for one in documents(count):
        batch.append(insert_op(one))
        if len(batch) == BATCH:
            await collection.bulk(batch)
            batch = []
    await collection.bulk(batch)
    return time.monotonic() - began


async def ask(collection: Collection, fields: dict[str, Any]) -> tuple[float, int, int | None]:
    """Returns the seconds of a first page, how much it holds, and the count."""
    request = pb.SearchDocumentsRequest(**fields)
    tree = parse_or_raise(request.query) if request.query else None
    search = DocumentSearch(documents=collection, where=asked(request, tree), tree=tree, size=20)
    began = time.perf_counter()
    total = await search.count()
    await search.run(0)
    return time.perf_counter() - began, len(search.found), total


async def main(count: int) -> None:
    """Fills, asks, prints."""
    folder = Path(tempfile.mkdtemp(prefix="groundswell-bench-"))
    mongod = EmbeddedMongo(folder, cache_gigabytes=1.0)
    await mongod.start()
    try:
        async with connect(mongod.settings("bench")) as database:
            await database.ensure(DOCUMENTS)
            collection = database.collection(DOCUMENTS.name)
            seconds = await fill(collection, count)
            print(f"{count:,} documents stored in {seconds:.0f} s, {count / seconds:,.0f}/s")
            await measure(collection, count)
    finally:
        await mongod.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def measure(collection: Collection, count: int) -> None:
    """Asks every query several times."""
    rows, every = [], []
    for name, fields in QUERIES.items():
        await ask(collection, fields)
        asked_times = [await ask(collection, fields) for _ in range(REPEATS)]
        times = [seconds * 1000 for seconds, _, _ in asked_times]
        every += times
        _, found, total = asked_times[0]
        figures = {
            "p50_ms": percentile(times, 0.5),
            "p95_ms": percentile(times, 0.95),
            "found": found,
            "total": total,
        }
        rows.append(Row(name, "report", count, figures))
    show(f"Search: first page of 20 at {count:,} documents", rows)
    figures = {
        "page_p50_ms": percentile(every, 0.5),
        "page_p95_ms": percentile(every, 0.95),
        "slowest_p50_ms": max(row.figures["p50_ms"] for row in rows),
    }
    print(f"\n{figures}; written to {write_figures('search', count, figures)}")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
