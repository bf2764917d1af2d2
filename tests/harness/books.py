"""The verdict: what was served, what is stored, what was counted, what was told."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass

from groundswell_core.mongo import Database
from harness.load import LoadServer


@dataclass(frozen=True, slots=True)
class Books:
    """Four sums that must agree, and what each difference means."""

    served: int
    stored: int
    lost: int  # served, and not stored as a document
    unexplained: int  # stored, and never served
    homeless: int  # stored, and in no story
    miscounted: int  # stories whose own counts differ from their documents
    doubled: int  # counted by stories beyond the documents there are
    unsent: int  # alerts of stories that the notifier does not have
    unconfirmed: int  # inbox entries that nobody confirmed

    @property
    def balance(self) -> bool:
        """Tells whether nothing is lost and nothing counted twice."""
        return not any(
            (
                self.lost,
                self.unexplained,
                self.homeless,
                self.miscounted,
                self.doubled,
                self.unsent,
                self.unconfirmed,
            )
        )


async def read_books(database: Database, served: LoadServer) -> Books:
    """Compares ledger, documents, stories and alerts as sets."""
    wanted = {one.document_id for one in served.served}
    stored: set[str] = set()
    members: Counter[str] = Counter()
    homeless = 0
    async for record in database.collection("documents").stream({}, fields=["story", "pending"]):
        stored.add(str(record["_id"]))
        members[record["story"]] += 1
        homeless += not record["story"] or bool(record["pending"])
    stories = await database.collection("stories").find({"state": {"$ne": "MERGED"}})
    counts = {s["_id"]: s["document_count"] + s["copy_count"] for s in stories}
    by_id = {name.removeprefix("stories/"): n for name, n in members.items()}
    miscounted = sum(counts.get(story, 0) != n for story, n in by_id.items() if story)
    raised = {a["name"] for s in stories for a in s.get("alerts", []) if a.get("version", 0)}
    known = {a["name"] for a in await database.collection("alerts").find({}, fields=["name"])}
    return Books(
        served=len(wanted),
        stored=len(stored),
        lost=len(wanted - stored),
        unexplained=len(stored - wanted),
        homeless=homeless,
        miscounted=miscounted,
        doubled=max(sum(counts.values()) - len(stored), 0),
        unsent=len(raised - known),
        unconfirmed=await database.collection("inbox").count({"confirm_time": None}),
    )


async def settle(database: Database, served: LoadServer, *, timeout: float) -> Books:
    """Waits until the books balance, at most so many seconds; returns the last reading."""
    deadline = time.monotonic() + timeout
    while True:
        books = await read_books(database, served)
        if books.balance or time.monotonic() > deadline:
            return books
        await asyncio.sleep(1.0)
