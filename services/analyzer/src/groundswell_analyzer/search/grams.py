"""The index terms of a text: whole words, and pairs of characters where scripts have no spaces.

A pair index misses nothing that a query can find, whatever a segmenter thinks of a new name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import accumulate, pairwise

from groundswell_analyzer.query.keys import JOINED, key
from groundswell_core.analyses import Analysis
from groundswell_core.stories import Story

LEAD = 300  # characters of a text that are indexed whole; of the rest, its telling terms
PLACE_MARK, CATEGORY_MARK = "@", "#"  # no word begins so
_MOST = 900  # grams of one record
_LONGEST = 64  # characters of a word
_RUNS = re.compile(f"([{JOINED}]+)|((?:(?![{JOINED}])\\w)+)")


def grams(content: str) -> tuple[str, ...]:
    """Returns the grams of a key, each once, in the order of the text."""
    return tuple(dict.fromkeys(_grams(content)))[:_MOST]


def document_grams(analysis: Analysis) -> list[str]:
    """Returns the grams of a document: title, lead, telling terms, places, category and topics."""
    document = analysis.document
    content = "\n".join((key(document.title), key(document.text[:LEAD]), *analysis.terms))
    codes = [place.code for place in analysis.places]
    return [*grams(content), *marks(codes, (analysis.category, *analysis.topics))]


def story_grams(story: Story) -> list[str]:
    """Returns the grams of what a story says of itself."""
    texts = (story.headline, *story_texts(story))
    codes = [place.code for place in story.places]
    return [*grams("\n".join(map(key, texts))), *marks(codes, (story.category, *story.topics))]


def story_texts(story: Story) -> tuple[str, ...]:
    """Returns what is searched of a story beside its headline."""
    return (*story.terms, *story.organisations, *(sentence.text for sentence in story.summary))


def marks(codes: Iterable[str], categories: Iterable[str]) -> list[str]:
    """Returns the grams of places, each with all that hold it, and of categories and topics."""
    found = dict.fromkeys(PLACE_MARK + part for code in codes for part in _holders(code))
    found |= dict.fromkeys(CATEGORY_MARK + category for category in categories if category)
    return list(found)


def _holders(code: str) -> Iterator[str]:
    """Yields a code and the codes that hold it: CN, CN-44, CN-44-4403."""
    return accumulate(code.split("-"), "{}-{}".format)


def runs(content: str) -> Iterator[tuple[str, bool]]:
    """Yields the words of a key, and its runs of characters without spaces with True."""
    for match in _RUNS.finditer(content):
        joined, word = match.groups()
        yield (joined, True) if joined else (word[:_LONGEST], False)


def _grams(content: str) -> Iterator[str]:
    for run, is_joined in runs(content):
        if not is_joined:
            yield run
            continue
        yield from map("".join, pairwise(run))
        yield run[-1]  # so that a single character is found at the end of a run, too
