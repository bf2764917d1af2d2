"""Finds the stories that share telling terms."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

_PRIOR_STORIES = 200  # until so many are open, a term's rarity is not believed much
_VISITS = 3000  # stories looked at for one document, those with the rarest terms first


class TermIndex:
    """Terms → the stories whose centroid holds them."""

    def __init__(self) -> None:
        """Starts empty."""
        self._postings: defaultdict[str, set[str]] = defaultdict(set)
        self.stories = 0

    def add(self, story: str, terms: Iterable[str]) -> None:
        """Notes that a story holds terms."""
        for term in terms:
            self._postings[term].add(story)

    def remove(self, story: str, terms: Iterable[str]) -> None:
        """Notes that a story no longer holds terms."""
        for term in terms:
            holders = self._postings.get(term)
            if holders is not None:
                holders.discard(story)
                if not holders:
                    del self._postings[term]

    def importance(self, term: str) -> float:
        """Returns how telling a term is: the rarer among open stories, the more."""
        holders = self._postings.get(term)
        return math.log(1.0 + (_PRIOR_STORIES + self.stories) / (1.0 + len(holders or ())))

    def candidates(self, terms: Sequence[str], limit: int) -> list[str]:
        """Returns the stories that share the most importance with terms, best first."""
        held = sorted(
            ((len(holders), term) for term in terms if (holders := self._postings.get(term))),
        )
        shared: defaultdict[str, float] = defaultdict(float)
        visits = 0
        for count, term in held:
            if visits and visits + count > _VISITS:
                break
            visits += count
            weight = self.importance(term)
            for story in self._postings[term]:
                shared[story] += weight
        return sorted(shared, key=lambda story: (-shared[story], story))[:limit]
