"""What a text is compared by: characters, words, names, numbers, dates, works and places."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import rjieba

from groundswell_analyzer.annotate.fingerprint import numbers_of
from groundswell_analyzer.annotate.gazetteer import gazetteer
from groundswell_analyzer.annotate.places import places_of
from groundswell_analyzer.annotate.words import stop_words
from groundswell_analyzer.query.keys import plain

LONGEST = 2_000  # characters that are read: news says first what matters
SENTENCES = 12  # that are compared one by one
_SHORTEST_SENTENCE = 4  # letters
_SENTENCE = re.compile(r"[。！？!?；;，\n]|(?<=\D),")
_WORK = re.compile("《([^》]{1,30})》")
_DATE = re.compile(r"(?:\d{1,2}月)?\d{1,2}[日号]")
_PERSON = ("nr",)
_NAME = (*_PERSON, "ns", "nt", "nz", "eng")  # tags of the segmenter


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One text, taken apart."""

    letters: str  # of its key; spaces and punctuation do not count
    characters: Counter[str]
    pairs: Counter[str]  # of characters that follow each other
    words: Counter[str]
    names: Counter[str]
    sentences: tuple[Counter[str], ...]  # pairs of each
    persons: frozenset[str]
    numbers: frozenset[str]
    dates: frozenset[str]
    works: frozenset[str]  # books, films, songs
    places: frozenset[str]  # codes


def read(text: str) -> Reading:
    """Returns a text, taken apart; full-width and Traditional characters are read as their plain forms."""
    spelled = plain(text[:LONGEST])
    key = spelled.casefold()
    letters = _letters(key)
    words = [
        (word, tag)
        for word, tag in rjieba.tag(key)
        if word[0].isalnum() and word not in stop_words()
    ]
    return Reading(
        letters=letters,
        characters=Counter(letters),
        pairs=_pairs(letters),
        words=Counter(word for word, _ in words),
        names=Counter(_tagged(words, _NAME)),
        sentences=_sentences(key),
        persons=frozenset(_tagged(words, _PERSON)),
        numbers=frozenset(numbers_of(key)),
        dates=frozenset(_DATE.findall(key)),
        works=frozenset(_WORK.findall(key)),
        places=frozenset(place.code for place in places_of(spelled, gazetteer())),
    )


def _tagged(words: list[tuple[str, str]], tags: tuple[str, ...]) -> list[str]:
    return [word for word, tag in words if tag.startswith(tags) and len(word) > 1]


def _sentences(key: str) -> tuple[Counter[str], ...]:
    letters = map(_letters, _SENTENCE.split(key))
    return tuple(_pairs(one) for one in letters if len(one) >= _SHORTEST_SENTENCE)[:SENTENCES]


def _letters(key: str) -> str:
    return "".join(filter(str.isalnum, key))


def _pairs(letters: str) -> Counter[str]:
    return Counter(map(str.__add__, letters, letters[1:]))
