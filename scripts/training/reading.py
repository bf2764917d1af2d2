"""Reads texts as the annotate stages do: what a model is trained on is what it will be asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from groundswell_analyzer.annotate.draft import Draft, Tools
from groundswell_analyzer.annotate.stages import STAGES
from groundswell_analyzer.query import CompiledQueries
from groundswell_core.documents import Document

BATCH = 500


def read(texts: Iterable[tuple[str, str]], language: str) -> list[Draft]:
    """Returns titles and texts as drafts that are split into words; language: their sources' word."""
    documents = [
        Document(
            name=f"documents/{number}",
            source="sources/training",
            title=title,
            text=text,
            language=language,
        )
        for number, (title, text) in enumerate(texts)
    ]
    starts = range(0, len(documents), BATCH)
    return [draft for start in starts for draft in _split(documents[start : start + BATCH])]


def _split(documents: Sequence[Document]) -> Sequence[Draft]:
    tools = Tools(queries=CompiledQueries([]), now=datetime.now(UTC))
    drafts: Sequence[Draft] = [Draft(document=document) for document in documents]
    for stage in STAGES:
        drafts = stage.run(drafts, tools)
        if stage.name == "terms":
            break
    return drafts
