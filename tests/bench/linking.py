"""Whether stories of different languages are linked when they tell of one happening, and only then.

Our own made-up headlines, each happening in three languages; the happenings of one topic are each
other's hard negatives. Topics of one half tune, the others report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from typing import Any, TypeAlias

import numpy as np
import yaml
from harness.evaluation import ROOT, Row, cpu_seconds, show
from harness.figures import write_figures

from groundswell_analyzer.annotate import annotate
from groundswell_analyzer.query import CompiledQueries
from groundswell_analyzer.stories.embedder import Embedder, SentenceEncoder
from groundswell_analyzer.stories.linking import LINKED, Card, link
from groundswell_core.documents import Document

HEADLINES = ROOT / "services/analyzer/tests/data/headlines_of_one_happening.yaml"
NOW = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Told:
    """A headline of one happening."""

    topic: str
    happening: int
    card: Card


@dataclass(frozen=True, slots=True)
class Pair:
    """Two headlines of different languages."""

    one: Told
    other: Told
    cosine: float

    @property
    def is_same(self) -> bool:
        """Tells whether both tell of one happening."""
        return self.is_hard and self.one.happening == self.other.happening

    @property
    def is_hard(self) -> bool:
        """Tells whether both are of one topic."""
        return self.one.topic == self.other.topic


Decision: TypeAlias = Callable[[Pair], bool]


def main() -> None:
    """Prints precision and recall of the headlines' likeness alone, and of what ships."""
    embedder = SentenceEncoder()
    embedder.embed(["the model loads before anything is timed"])
    methods: dict[str, Decision] = {
        "cosine alone": lambda pair: pair.cosine >= LINKED,
        "ours": lambda pair: link(pair.one.card, pair.other.card, pair.cosine) is not None,
    }
    rows = []
    for part in ("tune", "report"):
        pairs, milliseconds = _pairs(_told(part), embedder)
        for method, decide in methods.items():
            measured = _measure(pairs, decide) | {"ms a headline": milliseconds}
            rows.append(Row(method, part, len(pairs), measured))
    show("linking", rows)
    ours, floor = rows[-1].figures, rows[-2].figures
    figures = {name: ours[name] for name in ("precision", "recall", "f1")}
    write_figures("linking", rows[-1].n, {**figures, "floor_f1": floor["f1"]})


def _told(part: str) -> list[Told]:
    return [
        Told(topic["topic"], number, _card(language, headline))
        for topic in yaml.safe_load(HEADLINES.read_text(encoding="utf-8"))
        if topic["part"] == part
        for number, happening in enumerate(topic["happenings"])
        for language, headline in happening.items()
    ]


def _card(language: str, headline: str) -> Card:
    document = Document(name="documents/one", source="sources/one", key="one", title=headline)
    (analysis,) = annotate([document], CompiledQueries(), NOW)
    return Card(
        headline=headline,
        language=language,
        start=NOW,
        end=NOW,
        places={place.code: place.display_name for place in analysis.places},
        claims={(one.kind, one.unit, one.value): one.text for one in analysis.claims},
    )


def _pairs(told: Sequence[Told], embedder: Embedder) -> tuple[list[Pair], float]:
    """Returns all pairs of two languages, and the milliseconds that embedding a headline took."""
    vectors, seconds = cpu_seconds(lambda: embedder.embed([one.card.headline for one in told]))
    cosines = np.inner(vectors, vectors)
    pairs = [
        Pair(one, other, float(cosines[at, other_at]))
        for (at, one), (other_at, other) in combinations(enumerate(told), 2)
        if one.card.language != other.card.language
    ]
    return pairs, 1000 * seconds / len(told)


def _measure(pairs: Sequence[Pair], decide: Decision) -> dict[str, Any]:
    linked = [pair for pair in pairs if decide(pair)]
    right = _count(pair.is_same for pair in linked)
    precision = right / max(len(linked), 1)
    recall = right / _count(pair.is_same for pair in pairs)
    return {
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / max(precision + recall, 1e-9),
        "same": _count(pair.is_same for pair in pairs),
        "wrong of one topic": _count(pair.is_hard and not pair.is_same for pair in linked),
        "wrong of others": _count(not pair.is_hard for pair in linked),
    }


def _count(answers: Iterable[bool]) -> int:
    return sum(answers)


if __name__ == "__main__":
    main()
