"""What a replay remembers of one story: its alarms, its climb, its peak."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from groundswell_analyzer.stories.member import minute_time
from groundswell_analyzer.stories.open_story import OpenStory
from groundswell_core.grades import Level
from groundswell_core.stories import StoryState

_HOUR = 60  # minutes


@dataclass(frozen=True, slots=True)
class Fired:
    """An alarm as it was raised."""

    time: datetime
    level: Level


@dataclass(slots=True, kw_only=True)
class Trace:
    """One story of the replay, as the monitor saw it."""

    story: str
    headline: str = ""
    document_count: int = 0
    highest_level: Level = Level.NONE
    highest_score: float = 0.0
    peak_time: datetime | None = None
    fired: list[Fired] = field(default_factory=list)
    is_on: bool = False
    _scores: list[float] = field(default_factory=list)  # each greater than the one before
    _times: list[datetime] = field(default_factory=list)  # when it was reached
    _levels: list[Level] = field(default_factory=list)  # and at which level

    def note(self, time: datetime, level: Level, score: float, *, is_alarm: bool) -> None:
        """Takes a grade in; only what climbs higher than before is kept."""
        if is_alarm and not self.is_on:
            self.fired.append(Fired(time, level))
        self.is_on = is_alarm
        self.highest_score = max(self.highest_score, score)
        self.highest_level = max(self.highest_level, level)
        if level > Level.NONE and (not self._scores or score > self._scores[-1]):
            self._scores.append(score)
            self._times.append(time)
            self._levels.append(level)

    def alarm_score(self, least: Level) -> float:
        """Returns the greatest threshold that would still raise an alarm of a level; 0: none would."""
        return max(
            (s for s, level in zip(self._scores, self._levels, strict=True) if level >= least),
            default=0.0,
        )

    def first(self, score: float, least: Level) -> Fired | None:
        """Returns the alarm that a threshold would have raised first; None when it raises none."""
        for at in range(bisect_left(self._scores, score), len(self._scores)):
            if self._levels[at] >= least:
                return Fired(self._times[at], self._levels[at])
        return None

    def close(self, story: OpenStory, headline: str) -> None:
        """Takes in what only the whole story tells: how much it became, and when it peaked."""
        if story.state is StoryState.MERGED and self.peak_time is not None:
            return
        self.headline = headline
        self.document_count = story.tally.documents
        self.peak_time = peak_of(story)


def peak_of(story: OpenStory) -> datetime | None:
    """Returns when a story was hottest on boards, else the middle of its hour of most documents."""
    if story.heats.heats:
        return minute_time(_greatest(story.heats.heats))
    hours: Counter[int] = Counter()
    for minute, (documents, copies) in story.tally.minutes.items():
        hours[minute // _HOUR] += documents + copies
    return minute_time(_greatest(hours) * _HOUR + _HOUR // 2) if hours else None


def _greatest(counts: Mapping[int, float]) -> int:
    return min(counts, key=lambda one: (-counts[one], one))
