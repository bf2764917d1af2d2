"""What two texts share and what parts them, as numbers that do not depend on their order."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from difflib import SequenceMatcher

from groundswell_analyzer.sameness.places import places_agree
from groundswell_analyzer.sameness.rarity import Rarity
from groundswell_analyzer.sameness.reading import Reading

Importance = Callable[[str], float]


def compare(left: Reading, right: Reading, rarity: Rarity) -> dict[str, float]:
    """Returns the features of two texts."""
    pairs = _shared(left.pairs, right.pairs, rarity.of_run)
    words = _shared(left.words, right.words, rarity.of_word)
    shorter, longer = sorted((len(left.letters), len(right.letters)))
    return {
        "characters cosine": cosine(left.characters, right.characters, rarity.of_run),
        "pairs cosine": cosine(left.pairs, right.pairs, rarity.of_run),
        "words cosine": cosine(left.words, right.words, rarity.of_word),
        "names cosine": cosine(left.names, right.names, rarity.of_word),
        "best sentence": _best_sentence(left, right, rarity),
        "longest run": _longest_run(left.letters, right.letters) / max(shorter, 1),
        "third rarest pair": pairs[2] if len(pairs) >= 3 else 0.0,
        "rarest word": words[0] if words else 0.0,
        **_sets("works", left.works, right.works),
        **_sets("numbers", left.numbers, right.numbers),
        **_sets("dates", left.dates, right.dates),
        **_sets("persons", left.persons, right.persons),
        **_sets("places", left.places, right.places),
        "places conflict": float(not places_agree(left.places, right.places)),
        "shorter": shorter,
        "length ratio": shorter / max(longer, 1),
    }


def cosine(left: Mapping[str, int], right: Mapping[str, int], importance: Importance) -> float:
    """Returns the cosine of two bags: each entry counts by importance and the logarithm of its count."""
    one, other = (
        {entry: (1.0 + math.log(count)) * importance(entry) for entry, count in bag.items()}
        for bag in (left, right)
    )
    inner = sum(weight * other[entry] for entry, weight in one.items() if entry in other)
    return inner / (math.hypot(*one.values()) * math.hypot(*other.values())) if inner else 0.0


def _shared(left: Collection[str], right: Collection[str], importance: Importance) -> list[float]:
    """Returns the importance of all that both hold, the rarest first."""
    return sorted((importance(entry) for entry in left if entry in right), reverse=True)


def _best_sentence(left: Reading, right: Reading, rarity: Rarity) -> float:
    return max(
        (cosine(one, other, rarity.of_run) for one in left.sentences for other in right.sentences),
        default=0.0,
    )


def _longest_run(left: str, right: str) -> int:
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    return matcher.find_longest_match().size


def _sets(name: str, left: frozenset[str], right: frozenset[str]) -> dict[str, float]:
    """Returns how much of two sets is shared; they conflict when both have some and none in common."""
    shared = len(left & right)
    return {
        f"{name} in common": shared / max(len(left | right), 1),
        f"{name} conflict": float(bool(left and right and not shared)),
    }
