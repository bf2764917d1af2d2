"""Gives each document to a story as it arrives: near-copies first, then the nearest story."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from groundswell_analyzer.stories.centroid import cosine, term_weights
from groundswell_analyzer.stories.copies import CopyIndex
from groundswell_analyzer.stories.lookup import TermIndex
from groundswell_analyzer.stories.member import Member, Piece
from groundswell_analyzer.stories.open_story import OpenStory
from groundswell_core.errors import FailedPrecondition, NotFound
from groundswell_core.identity import digest

CANDIDATES = 6
NEAR = 0.3  # similarity from which a document belongs to a story
SAME_PLACE = 0.04
OTHER_PLACE = -0.12
FADING = 0.0002  # a minute without documents; 0.012 an hour
MOST_FADING = 0.08


@dataclass(frozen=True, slots=True)
class Placement:
    """Which story a document was given to, and how."""

    document: str
    change: int
    story: str
    near_copy: bool
    how: str  # known, copy, near, new
    before: str  # the story that is stored of it; empty: none yet
    needs_time: bool  # it is not stored when this content came to its story


@dataclass(slots=True)
class Section:
    """The stories of one language, of drills or not: they never mix."""

    terms: TermIndex
    copies: CopyIndex
    stories: dict[str, OpenStory]


class Desk:
    """All open stories, and the decision where a document belongs."""

    def __init__(self) -> None:
        """Starts without stories."""
        self._sections: dict[tuple[str, bool], Section] = {}
        self._home: dict[str, str] = {}  # document → story
        self.stories: dict[str, OpenStory] = {}
        self.merged: dict[str, str] = {}

    def resolve(self, story: str) -> str:
        """Returns the story that a story was joined into, or itself."""
        seen = set()
        while story in self.merged and story not in seen:
            seen.add(story)
            story = self.merged[story]
        return story

    def home(self, document: str) -> str:
        """Returns the story that holds a document in memory; empty when none does."""
        return self._home.get(document, "")

    def place(self, piece: Piece) -> Placement:
        """Gives a document to a story, or its newer state to the one it has; repeats change nothing."""
        member = piece.member
        home = self.resolve(piece.story or self.home(member.id))
        if home:
            known = self.stories[home].members.get(member.id) if home in self.stories else None
            kept = replace(member, near_copy=known.near_copy if known else member.near_copy)
            self.put(self.open(home, piece), kept)
            return _placement(kept, home, "known", piece)
        story, near_copy, how = self._decide(piece)
        kept = replace(member, near_copy=near_copy)
        self.put(story, kept)
        return _placement(kept, story.id, how, piece)

    def open(self, identifier: str, piece: Piece) -> OpenStory:
        """Returns a story by id, made when it is not in memory."""
        story = self.stories.get(identifier)
        if story is None:
            story = OpenStory(
                identifier, piece.language, exercise=piece.exercise, origin=piece.member.minute
            )
            self.adopt(story)
        return story

    def adopt(self, story: OpenStory) -> None:
        """Takes in a story without documents."""
        section = self._section(story)
        self.stories[story.id] = section.stories[story.id] = story
        section.terms.stories = len(section.stories)

    def put(self, story: OpenStory, member: Member) -> None:
        """Adds or replaces a document of a story and keeps the look-ups true."""
        section = self._section(story)
        before = story.members.get(member.id)
        if before is not None and not before.near_copy:
            section.copies.remove(before.id)
        gone = story.put(member)
        self._home[member.id] = story.id
        section.terms.remove(story.id, gone)
        if not member.near_copy:
            section.terms.add(
                story.id, [term for term in member.terms if term in story.centroid.weights]
            )
            if member.terms:
                section.copies.add(member.id, member.revision, member.fingerprint, _codes(member))

    def drop(self, story: OpenStory) -> None:
        """Takes a story and its documents out of memory."""
        section = self._section(story)
        section.terms.remove(story.id, story.centroid)
        for member in story.members.values():
            if self._home.get(member.id) == story.id:
                del self._home[member.id]
            if not member.near_copy:
                section.copies.remove(member.id)
        section.stories.pop(story.id, None)
        section.terms.stories = len(section.stories)
        self.stories.pop(story.id, None)

    def prune(self) -> None:
        """Forgets merges into stories that left memory: their documents were moved long ago."""
        self.merged = {
            joined: kept
            for joined, kept in self.merged.items()
            if self.resolve(kept) in self.stories
        }

    def alike(self, story: OpenStory) -> Iterator[tuple[OpenStory, float]]:
        """Yields other stories of the same section with their likeness, the most alike first."""
        section = self._section(story)
        strongest = story.centroid.strongest()
        found = section.terms.candidates([term for term, _ in strongest[:12]], CANDIDATES + 1)
        weights = dict(strongest)
        likeness = [
            (section.stories[other], _similarity(weights, section.stories[other], section.terms))
            for other in found
            if other != story.id
        ]
        yield from sorted(likeness, key=lambda pair: (-pair[1], pair[0].id))

    def together(self, ids: Iterable[str]) -> list[OpenStory]:
        """Returns stories that can be one, each once; raises NotFound or FailedPrecondition."""
        found = [self.open_one(one) for one in dict.fromkeys(map(self.resolve, ids))]
        if len({(story.language, story.exercise) for story in found}) > 1:
            raise FailedPrecondition(
                "stories of different languages, or drills and real ones, stay apart",
                reason="STORIES_STAY_APART",
            )
        if len(found) < 2:
            raise FailedPrecondition("these are one story already", reason="ONE_STORY")
        return found

    def open_one(self, identifier: str) -> OpenStory:
        """Returns a story in memory; raises NotFound."""
        if identifier not in self.stories:
            name = f"stories/{identifier}"
            raise NotFound(f"there is no {name}", reason="STORY_NOT_FOUND", name=name)
        return self.stories[identifier]

    def rarity(self, story: OpenStory) -> Callable[[str], float]:
        """Returns how telling a term is beside the other stories of its section."""
        return self._section(story).terms.importance

    def _section(self, story: OpenStory) -> Section:
        return self._section_of(story.language, exercise=story.exercise)

    def _section_of(self, language: str, *, exercise: bool) -> Section:
        key = (language, exercise)
        if key not in self._sections:
            self._sections[key] = Section(TermIndex(), CopyIndex(), {})
        return self._sections[key]

    def _decide(self, piece: Piece) -> tuple[OpenStory, bool, str]:
        member = piece.member
        section = self._section_of(piece.language, exercise=piece.exercise)
        original = (
            section.copies.original(member.revision, member.fingerprint, _codes(member))
            if member.terms
            else ""
        )
        if original:
            return self.stories[self._home[original]], True, "copy"
        nearest = self._nearest(member, section)
        if nearest is not None:
            return nearest, False, "near"
        identifier = digest("story", member.id, length=20)
        return self.open(identifier, piece), False, "new"

    def _nearest(self, member: Member, section: Section) -> OpenStory | None:
        best, best_score = None, NEAR
        weights = term_weights(member.terms)
        for identifier in section.terms.candidates(member.terms, CANDIDATES):
            story = section.stories[identifier]
            if not _shares_enough(weights, story):
                continue
            score = _similarity(weights, story, section.terms) + evidence(member, story)
            if score > best_score or (score == best_score and best is None):
                best, best_score = story, score
        return best


def _shares_enough(weights: dict[str, float], story: OpenStory) -> bool:
    """Tells whether more than one word joins them: one shared word is no event."""
    shared = sum(term in story.centroid.weights for term in weights)
    return shared >= min(2, len(weights))


def _similarity(weights: dict[str, float], story: OpenStory, terms: TermIndex) -> float:
    strongest = story.centroid.strongest()
    importance = {
        term: terms.importance(term) for term in (*weights, *(term for term, _ in strongest))
    }
    length = sum((weight * importance[term]) ** 2 for term, weight in weights.items()) ** 0.5
    return cosine(weights, story.centroid, importance, length)


def evidence(member: Member, story: OpenStory) -> float:
    """Returns what places and time add to, or take from, likeness in words."""
    quiet = abs(member.minute - _latest_minute(story))
    return _place_evidence(member, story) - min(quiet * FADING, MOST_FADING)


def _latest_minute(story: OpenStory) -> int:
    latest = story.update_time
    return int(latest.timestamp() // 60) if latest else 0


def _codes(member: Member) -> tuple[str, ...]:
    return tuple(place.code for place, _ in member.places)


def _place_evidence(member: Member, story: OpenStory) -> float:
    named = {place.code for place, _ in member.places}
    known = {place.code for place in story.tally.places}
    if not named or not known:
        return 0.0
    if any(_within(one, other) for one in named for other in known):
        return SAME_PLACE
    return OTHER_PLACE


def _within(one: str, other: str) -> bool:
    return one == other or one.startswith(other + "-") or other.startswith(one + "-")


def _placement(member: Member, story: str, how: str, piece: Piece) -> Placement:
    return Placement(
        member.id,
        member.change,
        story,
        member.near_copy,
        how,
        piece.story,
        member.story_time is None,
    )
