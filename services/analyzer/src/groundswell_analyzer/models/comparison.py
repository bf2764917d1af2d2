"""How the answers of two models differ, counted document by document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappushpop, nlargest
from typing import Any

from groundswell_core.analyses import SENTIMENTS, Sentiment, SentimentClass

MOST_CHANGED = 20


@dataclass(frozen=True, slots=True, order=True)
class Changed:
    """A document to which two models give different classes."""

    difference: float
    document: str
    title: str = field(compare=False)
    first: Sentiment = field(compare=False)
    second: Sentiment = field(compare=False)


@dataclass(slots=True)
class Comparison:
    """What two models, named by version, said of the same documents."""

    first: str
    second: str
    cells: Counter[tuple[SentimentClass, SentimentClass]] = field(default_factory=Counter)
    shift: float = 0.0  # sum of the second's score less the first's
    _changed: list[Changed] = field(default_factory=list)

    def add(self, analysis: Mapping[str, Any]) -> None:
        """Counts a stored analysis, if both models answered it."""
        answers = {answer.method: answer for answer in _answers(analysis)}
        if self.first not in answers or self.second not in answers:
            return
        first, second = answers[self.first], answers[self.second]
        self.cells[first.label, second.label] += 1
        self.shift += second.score - first.score
        if first.label is not second.label:
            self._remember(analysis["document"], first, second)

    def _remember(self, document: Mapping[str, Any], first: Sentiment, second: Sentiment) -> None:
        difference = abs(second.score - first.score)
        changed = Changed(difference, document["name"], document.get("title", ""), first, second)
        if len(self._changed) < MOST_CHANGED:
            self._changed.append(changed)
            self._changed.sort()
        else:
            heappushpop(self._changed, changed)

    @property
    def count(self) -> int:
        """Returns how many documents both answered."""
        return self.cells.total()

    @property
    def agreement(self) -> float:
        """Returns the share of documents with the same class; 0 of none."""
        same = sum(count for (first, second), count in self.cells.items() if first is second)
        return same / self.count if self.count else 0.0

    @property
    def mean_shift(self) -> float:
        """Returns the mean score of the second less that of the first; 0 of none."""
        return self.shift / self.count if self.count else 0.0

    @property
    def changed(self) -> list[Changed]:
        """Returns the documents on which the two differ most, widest first."""
        return nlargest(MOST_CHANGED, self._changed)


def _answers(analysis: Mapping[str, Any]) -> Sequence[Sentiment]:
    stored = [analysis.get("sentiment"), *(analysis.get("shadow_sentiments") or ())]
    return [SENTIMENTS.from_record(record) for record in stored if record]
