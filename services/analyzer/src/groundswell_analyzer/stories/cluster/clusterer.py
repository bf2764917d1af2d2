"""Stories as counts of terms, found through an inverted index.

A document is compared by the cosine of tf-idf (Salton and Buckley 1988); two stories by that and by
how well each one's language model, smoothed after Jelinek and Mercer (1980), foretells the other.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from heapq import nlargest, nsmallest
from operator import itemgetter

from groundswell_analyzer.stories.centroid import TERMS_COUNTED, Centroid

NEAR = 0.22  # cosine from which a document belongs to a story
JOINED = 0.03  # likeness from which two stories are one
_LOOKS = frozenset(round(2 * 1.5**step) for step in range(40))  # sizes at which a story looks
CANDIDATES = 3  # stories that are compared with all they say
TERMS_LOOKED_UP = 16  # of a story, by weight
LEAST_COSINE = 0.1  # of stories that are worth a comparison
SIZE_PENALTY = 0.05  # for each e-fold of the smaller story: big ones must be more alike
MODEL_WEIGHT = 0.1  # of what language models say, beside the cosine
SHARED = 2  # terms that must be common: one word is no event
VISITS = 600  # stories looked at for one document, those of its rarest terms first
_SMOOTHING = 0.9  # share of the story in its model; the rest is all stories
_PRIOR_DOCUMENTS = 200  # until so many are held, a term's rarity is not believed much
_PRIOR_TERMS = 1500
_UNSEEN = math.log(1.0 - _SMOOTHING)

WORTH_A_LOOK = 20  # times smaller may a story be that joined, for the other to look again

Adjust = Callable[[Centroid], float]


def _best_first(found: tuple[Centroid, float]) -> tuple[float, int]:
    return -found[1], found[0].born


def _no_more(_: Centroid) -> float:
    return 0.0


class Clusterer:
    """The centroids of open stories, and the terms that lead to them."""

    def __init__(self) -> None:
        """Starts without stories."""
        self.documents = _PRIOR_DOCUMENTS
        self.terms = _PRIOR_TERMS
        self._counts: dict[str, int] = {}  # documents of open stories that have a term
        self._postings: dict[str, dict[Centroid, int]] = {}

    def rarity(self, term: str) -> float:
        """Returns how telling a term is: the rarer among documents of open stories, the more."""
        return math.log(self.documents / (self._counts.get(term, 0) + 1))

    def add(self, centroid: Centroid, terms: Sequence[str]) -> None:
        """Adds a document to a story."""
        counted = dict.fromkeys(terms[:TERMS_COUNTED])
        counts, postings, weights = self._counts, self._postings, centroid.weights
        self.documents += 1
        self.terms += len(counted)
        log, log_documents, length = math.log, math.log(self.documents), centroid.length
        for term in counted:
            holders = counts[term] = counts.get(term, 0) + 1
            rarity = log_documents - log(holders + 1)
            count = weights.get(term, 0) + 1
            weights[term] = count
            length += (2 * count - 1) * rarity * rarity
            posting = postings.get(term)
            if posting is None:
                postings[term] = {centroid: count}
            else:
                posting[centroid] = count
        centroid.length = length
        centroid.changed(1, len(counted))

    def remove(self, centroid: Centroid, terms: Sequence[str]) -> None:
        """Takes a document out of a story again."""
        counted = dict.fromkeys(terms[:TERMS_COUNTED])
        for term in counted:
            self._set(centroid, term, -1)
        self.documents -= 1
        self.terms -= len(counted)
        centroid.changed(-1, -len(counted))
        self.measure(centroid)

    def forget(self, centroid: Centroid) -> None:
        """Takes a whole story out; its centroid stays as it is."""
        weights = dict(centroid.weights)
        for term, count in weights.items():
            self._set(centroid, term, -count)
        centroid.weights = weights
        self.documents -= centroid.size
        self.terms -= centroid.total

    def join(self, kept: Centroid, joined: Centroid) -> None:
        """Gives all that one story says to another."""
        for term, count in joined.weights.items():
            posting, rarity = self._postings[term], self.rarity(term)
            before = kept.weights.get(term, 0)
            del posting[joined]
            posting[kept] = kept.weights[term] = before + count
            kept.length += ((before + count) ** 2 - before**2) * rarity * rarity
        kept.changed(joined.size, joined.total)

    def measure(self, centroid: Centroid) -> None:
        """Measures a story's length anew: rarities have changed since its documents came."""
        log, counts, log_documents = math.log, self._counts, math.log(self.documents)
        centroid.length = math.fsum(
            (count * (log_documents - log(counts[term] + 1))) ** 2
            for term, count in centroid.weights.items()
        )

    def nearest(self, terms: Sequence[str], adjust: Adjust = _no_more) -> Centroid | None:
        """Returns the story that a document belongs to; adjust: what else speaks for one."""
        counts, log = self._counts, math.log
        log_documents = log(self.documents + 1)
        weighed, length = [], 0.0
        counted = dict.fromkeys(terms[:TERMS_COUNTED])
        for term in counted:
            rarity = log_documents - log(counts.get(term, 0) + 2)
            square = rarity * rarity
            length += square
            posting = self._postings.get(term)
            if posting is not None:
                weighed.append((len(posting), square, posting))
        found = _scores(weighed)
        if not found:
            return None
        near = max(LEAST_COSINE, NEAR - 0.05) ** 2 * length
        best, best_cosine = None, NEAR
        for centroid, score in found.items():
            if score * score >= near * centroid.length:
                cosine = score / math.sqrt(centroid.length * length) + adjust(centroid)
                is_older = best is not None and centroid.born < best.born
                is_better = cosine > best_cosine or (cosine == best_cosine and is_older)
                if is_better and _share_enough(counted, centroid.weights):
                    best, best_cosine = centroid, cosine
        return best

    def is_due(self, centroid: Centroid) -> bool:
        """Tells whether a story has just grown enough to look for others like it; measures it then."""
        if centroid.size not in _LOOKS:
            return False
        self.measure(centroid)
        return True

    def alike(
        self, centroid: Centroid, adjust: Adjust = _no_more
    ) -> Iterator[tuple[Centroid, float]]:
        """Yields other stories with their likeness, the most alike first."""
        candidates = self._candidates(centroid)
        # Rounded: the order in which words came must not decide.
        likeness = [
            (other, round(self.likeness(centroid, other) + adjust(other), 9))
            for other in candidates
        ]
        yield from sorted(likeness, key=_best_first)

    def likeness(self, left: Centroid, right: Centroid) -> float:
        """Returns how alike two stories are; from JOINED on they are one."""
        small, big = (left, right) if left.total <= right.total else (right, left)
        log, counts, log_documents = math.log, self._counts, math.log(self.documents)
        factor = _SMOOTHING * self.terms
        of_small, of_big = factor / small.total, factor / big.total
        dot = foretold = backward = 0.0
        covered = covering = shared = 0
        for term, count in small.weights.items():
            other = big.weights.get(term)
            if other is None:
                continue
            holders = counts[term] + 1
            rarity = log_documents - log(holders)
            dot += count * other * rarity * rarity
            foretold += count * log(of_big * other / holders + 1.0 - _SMOOTHING)
            backward += other * log(of_small * count / holders + 1.0 - _SMOOTHING)
            covered += count
            covering += other
            shared += 1
        if shared < min(SHARED, len(small.weights)):
            return -1.0
        foretold = (foretold + (small.total - covered) * _UNSEEN) / small.total
        backward = (backward + (big.total - covering) * _UNSEEN) / big.total
        cosine = dot / math.sqrt(small.length * big.length) if dot else 0.0
        penalty = SIZE_PENALTY * log(min(small.size, big.size))
        return cosine - penalty + MODEL_WEIGHT * (foretold + backward) / 2

    def _candidates(self, centroid: Centroid) -> list[Centroid]:
        log, counts, log_documents = math.log, self._counts, math.log(self.documents)
        weights = [
            (count * (log_documents - log(counts[term] + 1)), term)
            for term, count in centroid.weights.items()
        ]
        length = math.fsum([weight * weight for weight, _ in weights])
        found = _scores(
            [
                (
                    len(self._postings[term]),
                    weight * weight / centroid.weights[term],
                    self._postings[term],
                )
                for weight, term in nlargest(TERMS_LOOKED_UP, weights)
            ]
        )
        found.pop(centroid, None)
        least = LEAST_COSINE * LEAST_COSINE * length
        alike = [
            (other, round(score * score / other.length, 9))
            for other, score in found.items()
            if score * score > least * other.length
        ]
        return [other for other, _ in nsmallest(CANDIDATES, alike, key=_best_first)]

    def _set(self, centroid: Centroid, term: str, change: int) -> None:
        held, count = self._counts[term] + change, centroid.weights[term] + change
        if held:
            self._counts[term] = held
        else:
            del self._counts[term]
        posting = self._postings[term]
        if count:
            centroid.weights[term] = posting[centroid] = count
            return
        del centroid.weights[term], posting[centroid]
        if not posting:
            del self._postings[term]


def _share_enough(terms: Mapping[str, None], weights: Mapping[str, int]) -> bool:
    return sum(map(weights.__contains__, terms)) >= min(SHARED, len(terms))


def _scores(
    weighed: list[tuple[int, float, dict[Centroid, int]]],
) -> dict[Centroid, float]:
    """Sums up what terms say of stories, rare terms first; common ones only while few are visited."""
    if sum(map(itemgetter(0), weighed)) > VISITS:
        weighed = _affordable(weighed)
    scores: dict[Centroid, float] = {}
    get = scores.get
    for _, weight, posting in weighed:
        for centroid, count in posting.items():
            scores[centroid] = get(centroid, 0.0) + weight * count
    return scores


def _affordable(
    weighed: list[tuple[int, float, dict[Centroid, int]]],
) -> list[tuple[int, float, dict[Centroid, int]]]:
    kept, visits = [], 0
    for one in sorted(weighed, key=itemgetter(0)):
        visits += one[0]
        if visits > VISITS:
            break
        kept.append(one)
    return kept
