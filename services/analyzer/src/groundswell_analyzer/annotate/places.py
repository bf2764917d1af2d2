"""Stage places: which places a text names, by codes that hold each other as CN-44 holds CN-44-4403."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

import rjieba

from groundswell_analyzer.annotate.draft import Draft, Tools
from groundswell_analyzer.annotate.gazetteer import Gazetteer, gazetteer
from groundswell_analyzer.annotate.resolving import Mention, resolve
from groundswell_analyzer.query.literals import borders, stands_alone
from groundswell_core.analyses import Place

MAXIMUM_PLACES = 20
READ_DENSE = 500  # characters of a text that are read: news says first where it happened
READ_SPACED = 2_500  # in scripts with spaces
_DENSE = frozenset({"zh", "ja"})
_BEFORE_WORDS = frozenset(
    "美英法俄澳在从到的和与是自往赴至由了及或日月年"
)  # a new word begins after these
_AFTER_PLACES = frozenset(
    "省市县区州都府人站港湾城镇队军方籍台版式产男女系帮史发的一网核防馆外国会"
)
_WINDOW = 5  # characters on each side that decide where words begin
_LATIN_END = "\u0250"
_PREPOSITION = re.compile(r"(?:\b(?:in|near|at|from|outside|à|en|em|bei|aus|di) )$")
# Written together with the name: and, in, for.
_ARABIC_PREFIX = re.compile(r"(?:^|\W)[وبل]$")
_NEXT_WORD = re.compile(r" ([A-Z][a-z'’]+)\b")
_LAST_WORD = re.compile(r"\b([A-Z][a-zé'’]+\.?) $")
# After a city these are its own, and no surname: Sydney Airport.
_OF_A_CITY = frozenset(
    [
        "Airport",
        "Police",
        "Opera",
        "Olympics",
        "Olympic",
        "University",
        "College",
        "Council",
        "County",
        "City",
        "Mayor",
        "Hospital",
        "School",
        "Port",
        "Metro",
        "Stadium",
        "Court",
        "District",
        "Marathon",
        "Fire",
        "Harbour",
        "Harbor",
        "Bridge",
        "Festival",
        "Zoo",
    ]
)


def find_places(drafts: Sequence[Draft], tools: Tools) -> list[Draft]:
    """Finds the places that every document names."""
    known = gazetteer()
    return [
        draft.learned(places=places_of(_read(draft), known, draft.document.region))
        for draft in drafts
    ]


def _read(draft: Draft) -> str:
    limit = READ_DENSE if draft.language in _DENSE else READ_SPACED
    return f"{draft.plain_title}\n{draft.plain_text[:limit]}"


def places_of(text: str, known: Gazetteer, region: str = "") -> tuple[Place, ...]:
    """Returns the places that a plain text names, most named first; equals in their order."""
    counts = Counter(
        (reading.code, reading.name)
        for reading in resolve(text, list(_mentions(text, known)), region)
    )
    return tuple(
        Place(code=code, display_name=name, mentions=count)
        for (code, name), count in counts.most_common(MAXIMUM_PLACES)
    )


def _mentions(text: str, known: Gazetteer) -> Iterator[Mention]:
    previous = -1
    for index, start, end in known.automaton.find_matches_as_indexes(text):
        name = known.names[index]
        if not name.readings or not _is_place(text, start, end, known):
            continue
        if name.is_pair and start != previous and _straddles(text, start, end):
            continue
        previous = end
        in_place = text[start] < _LATIN_END and bool(
            _PREPOSITION.search(text, max(0, start - 9), start)
        )
        yield Mention(start, end, name, in_place)


def _is_place(text: str, start: int, end: int, known: Gazetteer) -> bool:
    """Tells whether a name stands for itself: no part of a word, no name of a road or a person."""
    first, last = text[start], text[end - 1]
    if "\u4e00" <= first <= "\u9fff":
        return not known.not_before.match(text, end)
    if "\u30a1" <= first <= "\u30fa":
        return not (_is_katakana(text, start - 1) or _is_katakana(text, end))
    if "\uac00" <= first <= "\ud7a3":
        return not (start > 0 and "\uac00" <= text[start - 1] <= "\ud7a3")
    if "\u0621" <= first <= "\u06ff" and _ARABIC_PREFIX.search(text, max(0, start - 2), start):
        start -= 1
    elif text[start - 1 : start] == "-" and text[start - 2 : start - 1].islower():
        return False  # Crans-Montana
    left, right = borders((first + last, False))
    return stands_alone(text, start, end, left=left, right=right) and not (
        first < _LATIN_END and _is_person(text, start, end, known)
    )


def _is_katakana(text: str, index: int) -> bool:
    return 0 <= index < len(text) and "\u30a1" <= text[index] <= "\u30fc"


def _straddles(text: str, start: int, end: int) -> bool:
    """Tells whether two characters are no word here: 大连 in 重大连环车祸, 罗马 in 罗马诺."""
    begins = start == 0 or text[start - 1] in _BEFORE_WORDS or not _is_han(text[start - 1])
    ends = end >= len(text) or text[end] in _AFTER_PLACES or not _is_han(text[end])
    if begins and ends:
        return False
    position = max(0, start - _WINDOW)
    for word in rjieba.cut(text[position : end + _WINDOW]):
        if position >= start or position + len(word) > start:
            # One character more makes another word of it; 北京大学 still speaks of 北京.
            grown = position + len(word) - end
            return position != start or grown < 0 or (grown == 1 and not ends)
        position += len(word)
    return False


def _is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


def _is_person(text: str, start: int, end: int, known: Gazetteer) -> bool:
    """Tells whether a name is part of a person's: Whitney Houston, Paris Hilton."""
    before = _LAST_WORD.search(text, max(0, start - 20), start)
    if before and before[1].rstrip(".") in known.given_names:
        return True
    if text[start:end] not in known.also_given or _is_title_case(text):
        return False
    after = _NEXT_WORD.match(text, end)
    return after is not None and after[1] not in _OF_A_CITY


def _is_title_case(text: str) -> bool:
    """Tells whether a headline begins most words with a capital, so that capitals tell nothing."""
    words = [word for word in text.split("\n", 1)[0].split() if len(word) > 3]
    return sum(word[:1].isupper() for word in words) * 3 > len(words) * 2
