"""Generated documents, and the books that must balance whatever happens."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import timedelta

import pytest

WORDS = [
    "harbour",
    "bridge",
    "tunnel",
    "river",
    "storm",
    "flood",
    "fire",
    "smoke",
    "clinic",
    "school",
    "market",
    "strike",
    "union",
    "court",
    "judge",
    "verdict",
    "miner",
    "train",
    "ferry",
    "airline",
    "pilot",
    "runway",
    "vaccine",
    "doctor",
    "nurse",
    "teacher",
    "student",
    "exam",
    "budget",
    "tax",
    "bank",
    "loan",
    "rates",
    "housing",
    "tenant",
    "landlord",
    "drought",
    "harvest",
    "farmer",
    "wheat",
    "factory",
    "recall",
    "battery",
    "cable",
    "outage",
    "hacker",
    "ransom",
    "museum",
    "statue",
    "festival",
    "stadium",
    "coach",
    "striker",
    "goalkeeper",
    "trial",
]


@pytest.fixture
def generated(write, clock) -> Callable[..., list]:
    """Gives documents about so many events, with copies, edits and boards; same seed, same documents."""

    def make(count: int, *, events: int, seed: int) -> list:
        dice = random.Random(seed)
        vocabulary = [dice.sample(WORDS, 7) for _ in range(events)]
        made: list = []
        start = clock.now()
        for index in range(count):
            moment = start + timedelta(seconds=5 * index)
            kind = dice.random()
            if made and kind < 0.1:
                old = dice.choice(made[-200:])
                made.append(
                    write(
                        old.title, source=f"copy-{index}", key=old.key, text=old.text, time=moment
                    )
                )
            elif made and kind < 0.15:
                old = dice.choice(made[-200:])
                title = old.title + " updated"
                source = old.source.removeprefix("sources/")
                made.append(write(title, source=source, key=old.key, text=old.text, time=moment))
            else:
                words = dice.sample(vocabulary[dice.randrange(events)], 5)
                heat = dice.randrange(10**5, 10**6) if dice.random() < 0.1 else None
                made.append(
                    write(
                        " ".join(words),
                        source=f"source-{dice.randrange(20)}",
                        key=f"k{index}",
                        text=f"number {index}",
                        time=moment,
                        heat=heat,
                    )
                )
        return made

    return make


async def books(database) -> dict:
    """Returns what must be the same after every disturbance; raises when it does not balance."""
    documents = await database.collection("documents").find({})
    stories = await database.collection("stories").find({"state": {"$ne": "MERGED"}})
    series = await database.collection("story_series").find({})
    counted: dict[str, Counter] = defaultdict(Counter)
    for document in documents:
        assert document["story"], f"{document['_id']} has no story"
        assert not document["pending"], f"{document['_id']} still waits"
        kind = "copies" if document["near_copy"] else "documents"
        counted[document["story"]].update({kind: 1, "edits": len(document["edits"])})
    in_series: dict[str, Counter] = defaultdict(Counter)
    for minute in series:
        in_series[minute["story"]].update(
            {"documents": minute["documents"], "copies": minute["copies"]}
        )
    for story in stories:
        derived, minutes = counted[story["_id"]], in_series[story["_id"]]
        recorded = (story["document_count"], story["copy_count"], story["revision_count"])
        assert recorded == (derived["documents"], derived["copies"], derived["edits"])
        assert (minutes["documents"], minutes["copies"]) == recorded[:2]
    assert {story["_id"] for story in stories} == set(counted)
    return {document["_id"]: (document["story"], document["near_copy"]) for document in documents}


@pytest.fixture(name="books")
def books_fixture() -> Callable:
    return books
