"""One story in memory: everything in it is derived from its documents, each counted once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import TypeVar

from groundswell_analyzer.grading.alerts import AlertBox
from groundswell_analyzer.grading.graded import Graded
from groundswell_analyzer.stories.centroid import Centroid
from groundswell_analyzer.stories.heat import HeatSeries
from groundswell_analyzer.stories.member import Member, Place
from groundswell_analyzer.telling.told import Told
from groundswell_core.stories import RelatedStory, StoryEvent, StoryState

K = TypeVar("K")

MOST_EVENTS = 500
OUTLETS_TOLD = 30
CLAIMING_MOST = 200


@dataclass(slots=True)
class Tally:
    """Counts that a document adds to and takes from, in whole numbers: any order gives the same."""

    documents: int = 0
    copies: int = 0
    edits: int = 0
    withdrawn: int = 0
    weight: int = 0
    stance: int = 0
    confidence: int = 0
    negative: int = 0  # thousandths, of originals
    judged: int = 0  # originals whose stance was decided
    outlets: Counter[str] = field(default_factory=Counter)
    source_kinds: Counter[str] = field(default_factory=Counter)
    places: Counter[Place] = field(default_factory=Counter)
    categories: Counter[str] = field(default_factory=Counter)
    topics: Counter[str] = field(default_factory=Counter)
    organisations: Counter[str] = field(default_factory=Counter)
    voices: Counter[str] = field(default_factory=Counter)  # of originals that still stand
    monitors: Counter[str] = field(default_factory=Counter)  # originals that still stand
    minutes: dict[int, tuple[int, int]] = field(default_factory=dict)  # documents, copies

    def count(self, member: Member, sign: int) -> None:
        """Adds a document, or takes it out with sign -1."""
        self.documents += sign * (not member.near_copy)
        self.copies += sign * member.near_copy
        self.edits += sign * member.edits
        self.withdrawn += sign * member.withdrawn
        self.weight += sign * member.source_weight
        self.stance += sign * member.stance
        self.confidence += sign * member.confidence
        _tally(self.outlets, member.outlet, sign)
        _tally(self.source_kinds, member.source_kind, sign)
        for place, _ in member.places:
            _tally(self.places, place, sign)
        if member.category:
            _tally(self.categories, member.category, sign)
        for topic in member.topics:
            _tally(self.topics, topic, sign)
        for organisation in member.organisations:
            _tally(self.organisations, organisation, sign)
        if not member.near_copy and not member.withdrawn:
            _tally(self.voices, member.speaker, sign)
            for monitor in member.monitors:
                _tally(self.monitors, monitor, sign)
            if member.negative is not None:
                self.negative += sign * member.negative
                self.judged += sign
        documents, copies = self.minutes.get(member.minute, (0, 0))
        self.minutes[member.minute] = (
            documents + sign * (not member.near_copy),
            copies + sign * member.near_copy,
        )


def _tally(counter: Counter[K], key: K, sign: int) -> None:
    counter[key] += sign
    if not counter[key]:
        del counter[key]


class OpenStory:
    """A story whose documents are in memory."""

    def __init__(self, identifier: str, language: str, *, exercise: bool, origin: int) -> None:
        """Starts without documents; origin is the minute of the first."""
        self.id = identifier
        self.language = language
        self.exercise = exercise
        self.members: dict[str, Member] = {}
        self.centroid = Centroid()  # kept by the desk
        self.tally = Tally()
        self.heats = HeatSeries()
        self.state = StoryState.ACTIVE
        self.merged_into = ""
        self.split_from = ""  # the story that people parted it from
        self.wave_count = 0
        self.timeline: list[StoryEvent] = []
        self.told_outlets: dict[str, None] = {}
        self.told: Told | None = None  # headline, summary, conflicts; None: not told yet
        self.related: tuple[RelatedStory, ...] = ()  # of other languages, most alike first
        self.grades: dict[str, Graded] = {}
        self.alerts: dict[str, AlertBox] = {}
        self.version = 0  # of the stored record; 0: not stored yet
        self.start_time: datetime | None = None
        self.update_time: datetime | None = None
        self.newest: Member | None = None  # by collection: what led to the present state
        self.dirty_minutes: set[int] = set()
        self._claiming: dict[str, None] = {}  # documents that claim numbers, in order of arrival

    @property
    def name(self) -> str:
        """Returns stories/{id}."""
        return f"stories/{self.id}"

    def put(self, member: Member) -> None:
        """Adds a document, or replaces it."""
        self._take_out(member.id)
        self.members[member.id] = member
        if member.claims and not member.near_copy and not member.withdrawn:
            self._claiming[member.id] = None
        self.tally.count(member, 1)
        self.dirty_minutes.add(member.minute)
        self.dirty_minutes.update(self.heats.add(member))
        self._note_times(member)

    def _take_out(self, identifier: str) -> None:
        before = self.members.pop(identifier, None)
        if before is None:
            return
        self._claiming.pop(identifier, None)
        self.tally.count(before, -1)
        self.dirty_minutes.add(before.minute)

    def _note_times(self, member: Member) -> None:
        latest = max(moment for moment in (member.time, self.heats.latest) if moment)
        self.start_time = min(self.start_time or member.time, member.time)
        self.update_time = max(self.update_time or latest, latest)
        if self.newest is None or _collected(member) >= _collected(self.newest):
            self.newest = member

    def mark_stored(self, identifier: str, story_time: datetime, order: int) -> None:
        """Notes when a document was given to this story."""
        member = self.members[identifier]
        stored = replace(member, story_time=story_time, order=order)
        self.members[identifier] = stored
        if self.newest is not None and self.newest.id == identifier:
            self.newest = stored

    def tell(self, event: StoryEvent) -> None:
        """Adds to the timeline, which keeps its first entries and loses from the middle."""
        self.timeline.append(event)
        if len(self.timeline) > MOST_EVENTS:
            del self.timeline[MOST_EVENTS // 2]

    def support(self, monitor: str) -> int:
        """Returns how many standing originals a monitor matched."""
        return self.tally.monitors[monitor]

    def count_since(self, minute: int) -> int:
        """Returns the documents and copies from a minute on."""
        minutes = self.tally.minutes
        latest = max(minutes, default=minute)
        if latest - minute < len(minutes):
            return sum(sum(minutes.get(one, (0, 0))) for one in range(minute, latest + 1))
        return sum(sum(counts) for one, counts in minutes.items() if one >= minute)

    def mean_sentiment(self) -> float:
        """Returns the mean sentiment, -1..1, each document weighed by its confidence."""
        tally = self.tally
        return tally.stance / tally.confidence if tally.confidence else 0.0

    def negative_share(self) -> float:
        """Returns which share of its originals is negative, 0..1, by their probabilities."""
        tally = self.tally
        return tally.negative / tally.judged / 1000 if tally.judged else 0.0

    def mean_weight(self) -> float:
        """Returns the mean weight of its sources, 0..1."""
        return self.tally.weight / len(self.members) / 1000 if self.members else 0.0

    def category(self) -> str:
        """Returns its most frequent category."""
        return most_frequent(self.tally.categories)

    def claiming(self) -> list[Member]:
        """Returns its originals that claim numbers and still stand, the newest first, at most so many."""
        found = (self.members[identifier] for identifier in reversed(self._claiming))
        return list(islice(found, CLAIMING_MOST))


def most_frequent(counter: Mapping[str, int]) -> str:
    """Returns the key counted most, the first by name among equals; empty when there is none."""
    return min(counter, key=lambda key: (-counter[key], key), default="")


def _collected(member: Member) -> float:
    return member.collect_time.timestamp() if member.collect_time else 0.0
