"""A document as queries see it: keys of its text, and its properties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from groundswell_analyzer.query.keys import key, name_key
from groundswell_core.analyses import Analysis, Place
from groundswell_core.documents import Document

BORDER = "\n"  # between title and text; white space in keys is always a space, so nothing spans it


@dataclass(frozen=True, slots=True, kw_only=True)
class Searchable:
    """What a query can ask of one document."""

    content: str  # key of the title, border, key of the text
    title_length: int
    source: str = ""
    outlet: str = ""
    language: str = ""
    category: str = ""
    places: tuple[str, ...] = ()  # codes and keys of names
    labels: Mapping[str, str] = field(default_factory=dict)
    exercise: bool = False


def searchable(
    document: Document,
    *,
    language: str = "",
    places: Sequence[Place] = (),
    category: str = "",
    content: tuple[str, str] | None = None,
) -> Searchable:
    """Returns the view of a document; content are the keys of title and text when known."""
    title, text = content or (key(document.title), key(document.text))
    return Searchable(
        content=title + BORDER + text,
        title_length=len(title),
        source=document.source.removeprefix("sources/"),
        outlet=name_key(document.outlet),
        language=language or primary_language(document.language),
        category=category,
        places=tuple(
            name for place in places for name in (place.code, name_key(place.display_name))
        ),
        labels=document.labels,
        exercise=document.exercise,
    )


def searchable_analysis(analysis: Analysis) -> Searchable:
    """Returns the view of a document that was analysed before."""
    return searchable(
        analysis.document,
        language=analysis.language,
        places=analysis.places,
        category=analysis.category,
    )


def primary_language(tag: str) -> str:
    """Returns the primary part of a BCP 47 tag: zh of zh-Hans-CN."""
    return tag.replace("_", "-").partition("-")[0].lower()
