"""Which stories of different languages tell of one happening. Pure decisions.

Headlines that mean the same link two stories. A place that both name and a number that both claim
make up for words that differ; places that exclude each other forbid it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from groundswell_analyzer.query import primary_language
from groundswell_analyzer.sameness.places import places_agree
from groundswell_analyzer.stories.open_story import OpenStory
from groundswell_analyzer.telling.amounts import phrase
from groundswell_core.grades import Level
from groundswell_core.stories import RelatedStory

# Set on the tuning half of our headlines (services/analyzer/tests/data): no wrong link there.
LINKED = 0.62  # cosine from which headlines of two languages mean the same
SAME_PLACE = 0.1
SAME_NUMBER = 0.1
WORTH_A_LOOK = LINKED - SAME_PLACE - SAME_NUMBER

NEAR = timedelta(hours=48)  # between the documents of two stories of one happening
MOST_RELATED = 10
_OUTLETS = 2  # from which on a story is linked that has no level
_NAMED_BY = 4  # one document in so many names a place that counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What linking goes by."""

    headline: str
    language: str
    start: datetime
    end: datetime
    exercise: bool = False
    places: Mapping[str, str] = field(default_factory=dict)  # code → name
    claims: Mapping[tuple[str, str, float], str] = field(default_factory=dict)  # number → words


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Why two stories are related."""

    likeness: float
    reason: str


def is_worth_linking(story: OpenStory) -> bool:
    """Tells whether a story is told of widely or matters: most stay with one outlet."""
    is_graded = any(graded.grade.level > Level.NONE for graded in story.grades.values())
    return is_graded or len(story.tally.outlets) >= _OUTLETS


def card_of(story: OpenStory) -> Card | None:
    """Returns what linking goes by; None: nothing is told of the story yet."""
    if story.told is None or story.start_time is None or story.update_time is None:
        return None
    named = story.tally.places.items()
    return Card(
        headline=story.told.headline,
        language=story.language,
        start=story.start_time,
        end=story.update_time,
        exercise=story.exercise,
        places={
            place.code: place.display_name
            for place, count in named
            if count * _NAMED_BY >= len(story.members)
        },
        claims={
            (claim.kind, claim.unit, claim.value): phrase(claim)
            for member in story.claiming()
            for claim in member.claims
            if claim.kind != "date"
        },
    )


def link(one: Card, other: Card, cosine: float) -> Link | None:
    """Returns why two stories are related, by the cosine of their headlines; None: they are not."""
    if not _can_be_same(one, other):
        return None
    place, claim = _shared_place(one, other), _shared_claim(one, other)
    likeness = cosine + SAME_PLACE * bool(place) + SAME_NUMBER * bool(claim)
    if likeness < LINKED:
        return None
    # Rounded: the same headlines give other last digits when embedded among others.
    return Link(likeness=round(min(likeness, 1.0), 3), reason=_reason(cosine, place, claim))


def _can_be_same(one: Card, other: Card) -> bool:
    return (
        primary_language(one.language) != primary_language(other.language)
        and one.exercise == other.exercise
        and one.start - other.end <= NEAR
        and other.start - one.end <= NEAR
        and places_agree(one.places, other.places)
    )


def _shared_place(one: Card, other: Card) -> str:
    """Returns the name of the narrowest place that both name or lie in; empty: none."""
    codes = [
        code
        for code in {*one.places, *other.places}
        if _lies_in(code, one.places) and _lies_in(code, other.places)
    ]
    code = max(codes, key=lambda known: (len(known), known), default="")
    # Whichever story asks: Latin letters sort first.
    return min((card.places[code] for card in (one, other) if code in card.places), default="")


def _lies_in(code: str, named: Iterable[str]) -> bool:
    """Tells whether any of the named places is a place or lies in it."""
    return any(one == code or one.startswith(f"{code}-") for one in named)


def _shared_claim(one: Card, other: Card) -> str:
    shared = one.claims.keys() & other.claims.keys()
    words = (card.claims[max(shared)] for card in (one, other) if shared)
    return min(words, key=lambda said: (len(said), said), default="")


def _reason(cosine: float, place: str, claim: str) -> str:
    """Returns one sentence for people."""
    shared = f", and both name {place}" if place else ""
    shared += f", and both claim {claim}" if claim else ""
    return f"The headlines mean the same ({cosine:.2f}){shared}."


def relate(one: OpenStory, other: OpenStory, found: Link, stories: Mapping[str, OpenStory]) -> None:
    """Notes on both stories that they are related, unless one has so many that are more alike."""
    part(one, other.name, stories)
    if not (_has_room(one, found) and _has_room(other, found)):
        return
    for story, seen in ((one, other), (other, one)):
        for last in story.related[MOST_RELATED - 1 :]:
            part(story, last.story, stories)
        added = RelatedStory(
            story=seen.name,
            likeness=found.likeness,
            reason=found.reason,
            headline=seen.told.headline if seen.told else "",
            language=seen.language,
        )
        story.related = tuple(
            sorted((*story.related, added), key=lambda known: (-known.likeness, known.story))
        )


def _has_room(story: OpenStory, found: Link) -> bool:
    related = story.related
    return len(related) < MOST_RELATED or related[-1].likeness < found.likeness


def part(story: OpenStory, name: str, stories: Mapping[str, OpenStory]) -> None:
    """Takes off both stories that they are related, where memory holds the other."""
    story.related = tuple(known for known in story.related if known.story != name)
    other = stories.get(name.removeprefix("stories/"))
    if other is not None:
        other.related = tuple(known for known in other.related if known.story != story.name)
