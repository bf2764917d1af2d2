"""Stage places: which places a text names, by ISO code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from groundswell_analyzer.annotate.draft import Draft, Tools
from groundswell_analyzer.annotate.gazetteer import Candidate, Gazetteer, gazetteer
from groundswell_analyzer.query.literals import borders, stands_alone
from groundswell_core.analyses import Place

MAXIMUM_PLACES = 20
MAXIMUM_TEXT = 20_000  # characters that are read


def find_places(drafts: Sequence[Draft], tools: Tools) -> list[Draft]:
    """Finds the places that every document names."""
    known = gazetteer()
    return [
        replace(draft, places=places_of(f"{draft.plain_title}\n{draft.plain_text}", known))
        for draft in drafts
    ]


def places_of(text: str, known: Gazetteer) -> tuple[Place, ...]:
    """Returns the places that a plain text names, most named first; equals in their order."""
    mentions = _mentions(text[:MAXIMUM_TEXT], known)
    # What is named beyond doubt decides what is in doubt; without it, doubt stays silence.
    certain = {found[0][0] for found in mentions if len(found) == 1}
    counts: Counter[Candidate] = Counter()
    for found in mentions:
        fitting = [candidate for candidate in found if candidate[0] in certain]
        if len(found) == 1 or len(fitting) == 1:
            counts[fitting[0]] += 1
    return tuple(
        Place(code=code, display_name=name, mentions=count)
        for (code, name), count in counts.most_common(MAXIMUM_PLACES)
    )


def _mentions(text: str, known: Gazetteer) -> list[tuple[Candidate, ...]]:
    return [
        known.candidates[index]
        for index, start, end in known.automaton.find_matches_as_indexes(text)
        if known.candidates[index] and _is_place(text, start, end, known)
    ]


def _is_place(text: str, start: int, end: int, known: Gazetteer) -> bool:
    """Tells whether a name stands for itself: no part of a word, no name of a road or a bank."""
    first, last = text[start], text[end - 1]
    if "\u4e00" <= first <= "\u9fff":
        return not text.startswith(known.not_before, end)
    if "\u30a1" <= first <= "\u30fa":
        return not (_is_katakana(text, start - 1) or _is_katakana(text, end))
    if "\uac00" <= first <= "\ud7a3":
        return not (start > 0 and "\uac00" <= text[start - 1] <= "\ud7a3")
    left, right = borders((first + last, False))
    return stands_alone(text, start, end, left=left, right=right)


def _is_katakana(text: str, index: int) -> bool:
    return 0 <= index < len(text) and "\u30a1" <= text[index] <= "\u30fc"
