"""Decides which place a name stands for, from what stands beside it, the rest, and the source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from groundswell_analyzer.annotate.gazetteer import Name, Reading

# In the same unit as a reading's weight, the logarithm of people.
_BESIDE = 6.0  # right after the place that holds it, or before it: 长春朝阳区; Paris, Texas
_SAME = 4.0  # it, or a place in it, is named in full elsewhere
_NEAR = 3.0  # a region that holds it is named elsewhere
_SAME_COUNTRY = 1.5
_OF_SOURCE = 2.0  # it lies in the region that the source is about
_IN_SOURCE_COUNTRY = 1.0
_LISTED = 4.0  # a country beside another: Jordan and Israel
_LINKS = frozenset({" and ", ", ", " & ", "-", "、", "和", "与"})
_COUNTY = 3  # hyphens of its code
_MARGIN = 0.5  # by so much the best must lead; less is doubt, and doubt stays silence


class Mention(NamedTuple):
    """One name in a text."""

    start: int
    end: int
    name: Name
    after_preposition: bool = False


class _Around(NamedTuple):
    """What speaks for one reading of a name or another."""

    beside: frozenset[str]  # codes of the places right beside it
    counts: Mapping[str, int]  # how many names of the text say each code
    own: tuple[str, ...]  # codes that the name itself says, once each
    is_listed: bool
    region: str  # of the source


def resolve(text: str, mentions: Sequence[Mention], region: str = "") -> Iterator[Reading]:
    """Yields what each name stands for, in order; nothing for names in doubt."""
    counts: Counter[str] = Counter()
    before: tuple[Reading, ...] = ()
    for index, found in enumerate(mentions):
        chosen: Reading | None = found.name.readings[0]
        if not found.name.is_plain:
            counts = counts or _counts(mentions)
            beside = _beside(text, mentions, index, before)
            is_listed = _is_listed(text, mentions, index)
            chosen = _choose(found, _Around(beside, counts, found.name.alone, is_listed, region))
        before = (chosen,) if chosen else found.name.readings
        if chosen:
            yield chosen


def _counts(mentions: Sequence[Mention]) -> Counter[str]:
    """Counts the names that say each code; a name twice is no second witness."""
    names = {id(each.name): each.name for each in mentions}
    return Counter(code for name in names.values() for code in name.alone)


def _beside(
    text: str, mentions: Sequence[Mention], index: int, before: tuple[Reading, ...]
) -> frozenset[str]:
    """Returns the codes of places right before a name, or after it as in Paris, Texas."""
    found = mentions[index]
    codes: list[str] = []
    if index and text[mentions[index - 1].end : found.start] in ("", " ", "·", "-"):
        codes += (reading.code for reading in before)
    if index + 1 < len(mentions) and text[found.end : mentions[index + 1].start] in (", ", " ("):
        codes += (reading.code for reading in mentions[index + 1].name.readings)
    return frozenset(codes)


def _is_listed(text: str, mentions: Sequence[Mention], index: int) -> bool:
    """Tells whether a country stands beside a name in a list: Jordan and Israel."""
    for left in (index - 1, index):
        if 0 <= left < len(mentions) - 1:
            other = mentions[left if left != index else index + 1]
            gap = text[mentions[left].end : mentions[left + 1].start]
            if gap in _LINKS and any("-" not in reading.code for reading in other.name.readings):
                return True
    return False


def _choose(found: Mention, around: _Around) -> Reading | None:
    """Returns the likeliest reading; None when none is likely or two are."""
    scored = [
        (reading.weight + evidence, index, reading)
        for index, reading in enumerate(found.name.readings)
        for evidence in (_evidence(reading, found, around),)
        if evidence is not None
    ]
    scored.sort(reverse=True)
    if not scored or (len(scored) > 1 and scored[0][0] - scored[1][0] < _MARGIN):
        return None
    return scored[0][2]


def _evidence(reading: Reading, found: Mention, around: _Around) -> float | None:
    """Returns how much speaks for a place beyond its size; None when too little does."""
    code = reading.code
    # A country says too little of a county: 中国合作 speaks of working together.
    if any(_holds(other, code) and other != "CN" for other in around.beside):
        return _BESIDE
    if around.counts.get(code, 0) > (code in around.own):
        return _SAME
    if around.is_listed and "-" not in code:
        return _LISTED
    if not (reading.alone or around.region) and code.count("-") == _COUNTY:
        return None  # what is left is too little for a county without its suffix
    evidence = _elsewhere(code, around) + _of_source(code, around.region)
    return evidence if reading.alone or evidence >= _enough(reading, found) else None


def _enough(reading: Reading, found: Mention) -> float:
    """Returns how much must speak for a place whose name alone says too little."""
    if reading.is_small and (found.after_preposition or found.start == 0):
        return _SAME_COUNTRY if reading.code[:2] != "US" else _NEAR
    return _NEAR if found.after_preposition else _SAME


def _elsewhere(code: str, around: _Around) -> float:
    best = 0.0
    for other, count in around.counts.items():
        if other[:2] != code[:2] or count <= (other in around.own):
            continue
        if _holds(code, other):
            return _SAME
        if _holds(other, code) and "-" in other:
            return _NEAR
        if _holds(other, code):
            best = _SAME_COUNTRY
    return best


def _of_source(code: str, region: str) -> float:
    if not region or not (code == region or _holds(region, code) or _holds(code, region)):
        return 0.0
    return _OF_SOURCE if "-" in region else _IN_SOURCE_COUNTRY


def _holds(larger: str, smaller: str) -> bool:
    return smaller.startswith(larger) and smaller[len(larger) : len(larger) + 1] == "-"
