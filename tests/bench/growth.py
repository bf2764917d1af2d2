"""What a document costs when many are held: the product's desk, 10,000 documents against 1,000,000.

Made-up titles of 6 to 12 terms: half from the vocabulary of their story, half from a common one of
200,000 words, both after Zipf. Stories open at a steady rate; of 50,000 open ones the newest get most.
Documents in between are loaded as a start of the role loads them, each into the story it has; only the
first 10,000 and the last 20,000 are placed and timed. Near-copies carry no fingerprint here: the index of copies has a bench of its own.
"""

from __future__ import annotations

import gc
import random
from bisect import bisect
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import accumulate
from pathlib import Path

from harness.evaluation import Row, cpu_seconds, show
from harness.figures import write_figures

from groundswell_analyzer.stories.desk import Desk
from groundswell_analyzer.stories.life import Life
from groundswell_analyzer.stories.member import Member, Piece

FIRST, LAST, OPEN = 10_000, 1_000_000, 50_000
WORDS, OWN_WORDS = 200_000, 12
START = datetime(2026, 1, 1, tzinfo=UTC)
SECONDS_APART = 0.25


def zipf(count: int) -> list[float]:
    """Returns the cumulated weights of so many words after Zipf's law."""
    return list(accumulate(1.0 / (rank + 10) for rank in range(count)))


def documents(dice: random.Random) -> Iterator[Piece]:
    """Yields documents without end."""
    common, last = zipf(WORDS), 0.0
    last = common[-1]
    every = LAST // OPEN
    for number in range(10 * LAST):
        opened = number // every + 1
        back = min(int(dice.expovariate(1 / 2000)), opened - 1, OPEN - 1)
        story = opened - 1 - back
        own = [f"s{story}w{int(OWN_WORDS * dice.random() ** 2)}" for _ in range(4)]
        shared = [f"w{bisect(common, dice.random() * last)}" for _ in range(dice.randint(2, 8))]
        yield piece(number, dict.fromkeys(own + shared), story)


def piece(number: int, terms: dict[str, None], story: int) -> Piece:
    """Returns a document as the stories role reads it."""
    moment = START + timedelta(seconds=number * SECONDS_APART)
    member = Member(
        id=f"{number:032x}",
        change=1,
        revision=f"{number:016x}",
        time=moment,
        title=f"title {number} of about thirty",
        url=f"https://outlet-{number % 300}.example/news/{number}",
        outlet=f"outlet-{number % 300}",
        source=f"sources/outlet-{number % 300}",
        terms=tuple(terms),
        collect_time=moment,
        analyze_time=moment,
        story_time=moment,
    )
    return Piece(
        member=member,
        language="zh",
        exercise=False,
        story=f"{story:020x}",
        pending=True,
        assigned=0,
    )


def resident() -> int:
    """Returns the bytes of memory that this process holds."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096


def place(desk: Desk, life: Life, pieces: list[Piece]) -> None:
    """Does for documents what the stories role does between reading and writing."""
    for one in pieces:
        desk.place(replace(one, story=""))
        for kept, joined in life.pairs_to_merge(desk):
            life.join(desk, kept, joined, one.member.time)


def load(desk: Desk, pieces: list[Piece]) -> None:
    """Gives documents to the stories that they have, as a start of the role does."""
    for one in pieces:
        desk.place(one)


def main() -> None:
    """Places documents in steps and compares the cost of the first and the last ones."""
    gc.freeze()
    desk, life = Desk(), Life(rest_after=6 * 3600, forget_after=72 * 3600)
    stream, held, rows = documents(random.Random(7)), 0, []
    before = resident()
    for until in (FIRST // 2, FIRST, 100_000, 500_000, LAST - 20_000, LAST):
        seconds, start = 0.0, held
        is_timed = until in {FIRST // 2, FIRST, LAST}
        while held < until:
            count = min(5_000, until - held)
            pieces = [next(stream) for _ in range(count)]
            work = partial(place, desk, life) if is_timed else partial(load, desk)
            seconds += cpu_seconds(partial(work, pieces))[1]
            held += count
        figures = {
            "microseconds": 1e6 * seconds / (held - start),
            "open_stories": len(desk.stories),
            "bytes_per_document": (resident() - before) / held,
        }
        how = "placed" if is_timed else "loaded"
        rows.append(Row(f"documents {start:,} to {held:,}, {how}", "made up", held, figures))
    show("Growth", rows)
    first, last = rows[1].figures, rows[-1].figures
    write_figures(
        "growth",
        held,
        {
            "cost_ratio_1m_to_10k": last["microseconds"] / first["microseconds"],
            "bytes_per_document": last["bytes_per_document"],
            "open_stories": last["open_stories"],
        },
    )


if __name__ == "__main__":
    main()
