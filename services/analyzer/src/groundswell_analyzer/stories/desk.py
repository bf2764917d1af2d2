"""Gives each document to a story as it arrives: near-copies first, then the nearest story."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from groundswell_analyzer.stories.centroid import Centroid
from groundswell_analyzer.stories.cluster import Clusterer
from groundswell_analyzer.stories.cluster.clusterer import WORTH_A_LOOK
from groundswell_analyzer.stories.cluster.stream import PATIENCE, SMALL
from groundswell_analyzer.stories.copies import CopyIndex
from groundswell_analyzer.stories.evidence import evidence, stories_evidence
from groundswell_analyzer.stories.member import Member, Piece
from groundswell_analyzer.stories.open_story import OpenStory
from groundswell_core.identity import digest


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
    order: int  # of assignment among all documents


@dataclass(slots=True)
class Section:
    """The stories of one language, of drills or not: they never mix."""

    words: Clusterer
    copies: CopyIndex
    stories: dict[Centroid, OpenStory]


class Desk:
    """All open stories, and the decision where a document belongs."""

    def __init__(self) -> None:
        """Starts without stories."""
        self._sections: dict[tuple[str, bool], Section] = {}
        self._home: dict[str, str] = {}  # document → story
        self.stories: dict[str, OpenStory] = {}
        self.merged: dict[str, str] = {}
        self.sequence = 0  # of the newest document that was given to a story
        self._waiting: deque[tuple[int, str]] = deque()  # small stories, and when they look again
        self._due: dict[str, None] = {}  # stories that look for others like them

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

    def homes(self) -> Iterable[tuple[str, str]]:
        """Returns the documents in memory with their stories."""
        return self._home.items()

    def place(self, piece: Piece) -> Placement:
        """Gives a document to a story, or its newer state to the one it has; repeats change nothing."""
        member = piece.member
        home = self.resolve(piece.story or self.home(member.id))
        if home:
            known = self.stories[home].members.get(member.id) if home in self.stories else None
            kept = replace(member, near_copy=known.near_copy if known else member.near_copy)
            self.put(self.open(home, piece), kept)
            return _placement(kept, home, "known", piece)
        self.sequence += 1
        story, near_copy, how = self._decide(piece)
        kept = replace(member, near_copy=near_copy, order=self.sequence)
        self.put(story, kept)
        self._note_due(story, how)
        return _placement(kept, story.id, how, piece)

    def _note_due(self, story: OpenStory, how: str) -> None:
        if how == "new":
            self._waiting.append((self.sequence + PATIENCE, story.id))
        elif self._section(story).words.is_due(story.centroid):
            self._due[story.id] = None
        while self._waiting and self._waiting[0][0] <= self.sequence:
            waiting = self.stories.get(self._waiting.popleft()[1])
            if waiting is not None and waiting.centroid.size <= SMALL:
                self._due[waiting.id] = None

    def take_due(self) -> Iterator[OpenStory]:
        """Yields stories that grew, or waited, enough to look for others like them; each once."""
        while self._due:
            story = self.stories.get(next(iter(self._due)))
            del self._due[next(iter(self._due))]
            if story is not None and story.centroid.total:
                yield story

    def look_again(self, story: OpenStory) -> None:
        """Lets a story that others joined look for more."""
        self._due[story.id] = None

    def resume(self, sequence: int) -> None:
        """Goes on after a document, once all stories are loaded: what waited waits on."""
        self.sequence = sequence
        young = [
            (story.centroid.born + PATIENCE, story.id)
            for story in self.stories.values()
            if 0 < story.centroid.size <= SMALL
        ]
        self._waiting = deque(sorted(one for one in young if one[0] > sequence))

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
        self.stories[story.id] = section.stories[story.centroid] = story

    def put(self, story: OpenStory, member: Member) -> None:
        """Adds or replaces a document of a story and keeps the look-ups true."""
        section, before = self._section(story), story.members.get(member.id)
        said = before.terms if before and not before.near_copy else ()
        says = () if member.near_copy else member.terms
        if before is not None and not before.near_copy:
            section.copies.remove(before.id)
        story.put(member)
        self._home[member.id] = story.id
        if story_id(member.id) == story.id:
            story.centroid.born = member.order
        if said != says:
            _exchange(section.words, story.centroid, said, says)
        if says:
            section.copies.add(member.id, member.revision, member.fingerprint, _codes(member))

    def drop(self, story: OpenStory) -> None:
        """Takes a story and its documents out of memory."""
        self._section(story).words.forget(story.centroid)
        self._take_out(story)

    def join(self, kept: OpenStory, joined: OpenStory) -> None:
        """Gives all documents of one story to another."""
        self._section(kept).words.forget(joined.centroid)
        self._take_out(joined)
        self.merged[joined.id] = kept.id
        # As they came: after a restart a story holds them in this order.
        for member in sorted(joined.members.values(), key=lambda one: one.order):
            self.put(kept, member)
        if joined.centroid.size * WORTH_A_LOOK >= kept.centroid.size - joined.centroid.size:
            self.look_again(kept)

    def _take_out(self, story: OpenStory) -> None:
        section = self._section(story)
        for member in story.members.values():
            if self._home.get(member.id) == story.id:
                del self._home[member.id]
            if not member.near_copy:
                section.copies.remove(member.id)
        section.stories.pop(story.centroid, None)
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

        def adjust(other: Centroid) -> float:
            return stories_evidence(story, section.stories[other])

        for centroid, likeness in section.words.alike(story.centroid, adjust):
            yield section.stories[centroid], likeness

    def rarity(self, story: OpenStory) -> Callable[[str], float]:
        """Returns how telling a term is beside the other stories of its section."""
        return self._section(story).words.rarity

    def _section(self, story: OpenStory) -> Section:
        return self._section_of(story.language, exercise=story.exercise)

    def _section_of(self, language: str, *, exercise: bool) -> Section:
        key = (language, exercise)
        if key not in self._sections:
            self._sections[key] = Section(Clusterer(), CopyIndex(), {})
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
        return self.open(story_id(member.id), piece), False, "new"

    def _nearest(self, member: Member, section: Section) -> OpenStory | None:
        def adjust(centroid: Centroid) -> float:
            return evidence(member, section.stories[centroid])

        found = section.words.nearest(member.terms, adjust)
        return section.stories[found] if found else None


def story_id(document: str) -> str:
    """Returns the id of the story that a document opens."""
    return digest("story", document, length=20)


def _exchange(
    words: Clusterer, centroid: Centroid, said: tuple[str, ...], says: tuple[str, ...]
) -> None:
    if said:
        words.remove(centroid, said)
    if says:
        words.add(centroid, says)


def _codes(member: Member) -> tuple[str, ...]:
    return tuple(place.code for place, _ in member.places)


def _placement(member: Member, story: str, how: str, piece: Piece) -> Placement:
    return Placement(
        member.id,
        member.change,
        story,
        member.near_copy,
        how,
        piece.story,
        member.story_time is None,
        member.order,
    )
