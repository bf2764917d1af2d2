"""The stories role, restarted in mid-stream, makes the same stories as one that never stopped."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from groundswell_core.mongo import connect, insert_op

ROOT = Path(__file__).resolve().parents[4]
DATA = Path(os.environ.get("GROUNDSWELL_EVALUATION_DATA", ROOT.parent / "shared" / "data"))
BOARD = DATA / "heat" / "weibo_hot_hourly.parquet"
DOCUMENTS, BATCH = 20_000, 1000


def titles() -> list[str]:
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow reads the recorded board")
    if not BOARD.exists():
        pytest.skip(f"{BOARD} is absent; GROUNDSWELL_EVALUATION_DATA names its folder")
    column = parquet.ParquetFile(BOARD).iter_batches(65_536, columns=["title"])
    seen: dict[str, None] = {}
    for batch in column:
        seen.update(dict.fromkeys(title for title in batch.column(0).to_pylist() if title))
        if len(seen) >= DOCUMENTS:
            break
    return list(seen)[:DOCUMENTS]


async def analysed(analyzer, documents) -> list[dict]:
    """Hands documents to both roles; returns what the first one stored, for others to take up."""
    ids = await analyzer.annotate(*documents)
    found = await analyzer.database.collection("documents").find({"_id": {"$in": ids}})
    await analyzer.keeper.take(ids)
    stored = {record["_id"]: record for record in found}
    return [stored[identifier] for identifier in ids]


@pytest.mark.slow
@pytest.mark.timeout(400)
async def test_a_restart_in_mid_stream_gives_the_same_stories(
    analyzer, write, books, mongo_server, producer, clock
):
    start: datetime = clock.now()
    documents = [
        write(title, source=f"s{index % 50}", time=start + timedelta(seconds=index // 10))
        for index, title in enumerate(titles())
    ]
    batches = [
        await analysed(analyzer, documents[at : at + BATCH])
        for at in range(0, len(documents), BATCH)
    ]
    undisturbed = await books(analyzer.database)
    async with connect(mongo_server.settings(database="restarted")) as database:
        other = type(analyzer)(database, producer, clock)
        await other.start()
        for number, batch in enumerate(batches):
            if number in {3, 10, 16}:
                await other.start()
            await database.collection("documents").bulk([insert_op(record) for record in batch])
            await other.keeper.take([record["_id"] for record in batch])
        restarted = await books(database)
        await database.drop()
    assert restarted == undisturbed
    assert len(undisturbed) == DOCUMENTS
