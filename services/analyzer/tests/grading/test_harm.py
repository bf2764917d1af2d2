"""A number of dead counts when independent voices agree on it, never for the loudest alone."""

from __future__ import annotations

import pytest

from groundswell_analyzer.grading import load_rules
from groundswell_analyzer.grading.harm import Claimed, agreed

RULES = load_rules().harm


def dead(*claims: tuple[str, int], weight: float = 0.5) -> list[Claimed]:
    return [Claimed(voice, weight, "dead", number) for voice, number in claims]


CASES = {
    "nobody says a number": ([], {}),
    "one voice alone": (dead(("a", 40)), {}),
    "one voice again and again": (dead(("a", 40), ("a", 41), ("a", 42)), {}),
    "one voice that counts": (dead(("office", 12), weight=0.9), {"dead": 12}),
    "two agree": (dead(("a", 12), ("b", 12)), {"dead": 12}),
    "one exaggerates": (dead(("a", 300), ("b", 12), ("c", 11)), {"dead": 12}),
    "the newest word of each": (dead(("a", 12), ("b", 12), ("a", 3), ("b", 3)), {"dead": 12}),
    "a number taken back": (dead(("a", 2), ("b", 2), ("a", 12), ("b", 12)), {"dead": 2}),
}


@pytest.mark.parametrize(("claims", "found"), CASES.values(), ids=CASES)
def test_a_number_counts_when_enough_voices_say_it_or_more(claims, found):
    assert agreed(claims, RULES) == found


def test_kinds_of_harm_are_counted_apart():
    claims = [Claimed(voice, 0.5, kind, 5) for voice in "ab" for kind in ("dead", "injured")]
    assert agreed(claims, RULES) == {"dead": 5, "injured": 5}
