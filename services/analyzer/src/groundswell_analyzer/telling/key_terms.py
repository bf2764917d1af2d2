"""The terms that set a story apart from the other open ones."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

MOST_TERMS = 12
_PLACES = 24  # among the strongest, after which a term counts half
_OWN = 0.1  # of its worth that a word keeps which a monitor asks for: all its stories have it
_NUMBER = 0.4  # a bare number sets apart, but tells little


def key_terms(
    strongest: Iterable[tuple[str, float]],
    rarity: Callable[[str], float],
    asked: Collection[str] = (),
) -> tuple[str, ...]:
    """Returns terms by what they weigh in the story times how rare they are elsewhere.

    Takes strongest: the story's terms with their weights; asked: words of its monitors' queries.
    """
    worth = {term: weight * rarity(term) * _kind(term, asked) for term, weight in strongest if term}
    chosen: list[str] = []
    for term in sorted(worth, key=lambda term: (-worth[term], term)):
        if not any(term in longer for longer in chosen):
            chosen.append(term)
        if len(chosen) == MOST_TERMS:
            break
    return tuple(chosen)


def _kind(term: str, asked: Collection[str]) -> float:
    if term in asked:
        return _OWN
    return _NUMBER if term.replace(".", "").replace(",", "").isdigit() else 1.0
