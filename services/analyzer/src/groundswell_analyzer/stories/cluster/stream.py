"""A stream of texts with no time but their order: what benches and replays of words alone need."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from groundswell_analyzer.stories.centroid import Centroid
from groundswell_analyzer.stories.cluster.clusterer import JOINED, WORTH_A_LOOK, Clusterer

PATIENCE = 1000  # documents after which a story that stayed small looks once more
SMALL = 4


class StreamClusterer:
    """Gives each text to a story as it comes; stories that grow alike are joined on the way."""

    def __init__(self) -> None:
        """Starts without stories."""
        self.clusterer = Clusterer()
        self._joined: dict[Centroid, Centroid] = {}
        self._waiting: deque[tuple[int, Centroid]] = deque()
        self._count = 0

    def add(self, terms: Sequence[str]) -> Centroid:
        """Gives a text to a story; `home` tells which story that became."""
        clusterer = self.clusterer
        self._count += 1
        centroid = clusterer.nearest(terms)
        if centroid is None:
            centroid = Centroid()
            centroid.born = self._count
            self._waiting.append((self._count + PATIENCE, centroid))
        clusterer.add(centroid, terms)
        if clusterer.is_due(centroid):
            self._look(centroid)
        while self._waiting and self._waiting[0][0] <= self._count:
            _, waiting = self._waiting.popleft()
            if waiting not in self._joined and waiting.size <= SMALL:
                self._look(waiting)
        return centroid

    def home(self, centroid: Centroid) -> Centroid:
        """Returns the story that a story was joined into, or itself."""
        while centroid in self._joined:
            centroid = self._joined[centroid]
        return centroid

    def _look(self, centroid: Centroid) -> None:
        while True:
            best = next(self.clusterer.alike(centroid), None)
            if best is None or best[1] < JOINED:
                return
            other = best[0]
            kept, joined = (centroid, other) if centroid.size >= other.size else (other, centroid)
            self.clusterer.join(kept, joined)
            self._joined[joined] = kept
            if joined.size * WORTH_A_LOOK < kept.size:
                return
            centroid = kept
