"""Replayed scenarios of grading: played minute by minute, and judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from groundswell_analyzer.annotate import annotate
from groundswell_analyzer.bursts import hour_of
from groundswell_analyzer.grading import Rules
from groundswell_analyzer.query import CompiledQueries
from groundswell_analyzer.stories.desk import Desk
from groundswell_analyzer.stories.grader import Grader
from groundswell_analyzer.stories.life import Life
from groundswell_analyzer.stories.member import Piece, piece_of
from groundswell_analyzer.stories.open_story import OpenStory
from groundswell_analyzer.stories.past import typical_hour
from groundswell_analyzer.stories.teller import size_of
from groundswell_analyzer.telling.told import Told, is_due, tell
from groundswell_core.analyses import ANALYSES
from groundswell_core.grades import Level
from harness.scenario_documents import MINUTE, Scenario, Step, Written, scenarios, written

__all__ = ["Played", "Player", "Scenario", "Verdict", "judge", "scenarios", "written"]

_FLAP = 120  # minutes within which a level that falls and rises again was better held


@dataclass(slots=True)
class Played:
    """What grading made of a scenario: level and score of its story, minute by minute."""

    levels: list[tuple[int, Level]] = field(default_factory=list)  # where it changed
    scores: list[tuple[int, float]] = field(default_factory=list)
    story: OpenStory | None = None
    stories: int = 0
    alarms: int = 0  # how often it became one, alerted or not

    def highest(self) -> Level:
        """Returns the highest level."""
        return max((level for _, level in self.levels), default=Level.NONE)

    def last(self) -> Level:
        """Returns the level at the end."""
        return self.levels[-1][1] if self.levels else Level.NONE

    def flaps(self) -> int:
        """Returns how often a level rose again soon after it fell."""
        return sum(
            before > middle < after and end - start <= _FLAP
            for (_, before), (start, middle), (end, after) in zip(
                [(0, Level.NONE), *self.levels], self.levels, self.levels[1:], strict=False
            )
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """How right the levels were."""

    wrong: tuple[str, ...]
    late: tuple[float, ...]  # minutes, of each expected step; 0 when in time or early
    flaps: int

    @property
    def is_right(self) -> bool:
        """Tells whether every expected level came in its time, none went too far, none flapped."""
        return not self.wrong and self.flaps <= 1


class Player:
    """Plays one scenario through annotation, stories and grading, minute by minute."""

    def __init__(self, scenario: Scenario, rules: Rules) -> None:
        """Takes the rules that grade."""
        self._scenario = scenario
        self._monitor = scenario.monitor
        self._queries = CompiledQueries([self._monitor])
        self._desk = Desk()
        self._life = Life(rest_after=6 * 3600, forget_after=72 * 3600)
        self.grader = Grader(
            rules,
            working=lambda name: self._monitor if name == self._monitor.name else None,
            coverage=lambda: None,
            hold=timedelta(minutes=5),
        )
        self._courses: dict[str, Played] = {}
        self._learn_past()

    def _learn_past(self) -> None:
        past, start = self._scenario.spec["past"], self._scenario.start
        for hours in range(24 * past["days"], 0, -1):
            hour = hour_of(start - timedelta(hours=hours))
            self.grader.hours.note(self._monitor.name, hour, past["usual"])
            peaks = past.get("peaks", {}).get(hour.hour, [0.0])
            for number, peak in enumerate(peaks):
                series = f"past-{hour}-{number}"
                self.grader.snapshots.learn_peak(self._monitor.name, series, hour, peak)

    def play(self, minutes: int | None = None) -> Played:
        """Returns the course of the story that got furthest; minutes: played no further."""
        waiting = written(self._scenario)
        for minute in range((minutes or 60 * self._scenario.spec["hours"]) + 1):
            now = self._scenario.start + minute * MINUTE
            while waiting and waiting[0].minute <= minute:
                self._take(waiting.pop(0))
            self._look(minute, now)
        courses = [one for one in self._courses.values() if one.story is not None]
        best = max(courses, key=lambda one: (one.highest(), len(one.story.members)))  # type: ignore[union-attr]
        best.stories = len(courses)
        return best

    def _take(self, entry: Written) -> None:
        piece = self._piece(entry)
        placement = self._desk.place(piece)
        story = self._desk.stories[placement.story]
        self.grader.learn_heats(story, [placement.document])

    def _piece(self, entry: Written) -> Piece:
        (analysis,) = annotate([entry.document], self._queries, entry.document.collect_time)
        record = {
            "_id": entry.document.name.removeprefix("documents/"),
            "analysis": ANALYSES.to_record(analysis),
            "change": entry.change,
            "revision": entry.document.revision,
            "event_time": entry.document.publish_time,
            "pending": True,
            "exercise": entry.document.exercise,
            "story": "",
            "observations": [
                {"time": self._scenario.start + at * MINUTE, "rank": rank, "heat": heat}
                for at, rank, heat in entry.heats
            ],
        }
        return piece_of(record)

    def _look(self, minute: int, now: datetime) -> None:
        if minute % 60 == 0:
            for name, typical in typical_hour(self._desk.stories, hour_of(now - MINUTE)).items():
                self.grader.hours.note(name, hour_of(now - MINUTE), typical)
        self._life.settle(self._desk, now)
        for kept, joined in self._life.pairs_to_merge(self._desk):
            self._life.join(self._desk, kept, joined, now)
        for story in list(self._desk.stories.values()):
            self._life.wake(story, now)
            self._tell(story)
            self.grader.grade(story, now, now)
            self._note(minute, story)

    def _tell(self, story: OpenStory) -> None:
        told, size = story.told or Told(), size_of(story)
        if is_due(told, size):
            story.told = tell(told, list(story.members.values()), size)

    def _note(self, minute: int, story: OpenStory) -> None:
        graded = story.grades.get(self._monitor.name)
        if graded is None:
            return
        course = self._courses.setdefault(story.id, Played())
        course.story, course.alarms = story, graded.alarm.count
        course.scores.append((minute, graded.grade.score))
        if graded.grade.level is not course.last():
            course.levels.append((minute, graded.grade.level))


def judge(scenario: Scenario, played: Played) -> Verdict:
    """Returns how right the levels of a scenario were."""
    wrong: list[str] = []
    late: list[float] = []
    after = 0
    for step in scenario.steps:
        at = _reached(played, step, after)
        if at is None:
            wrong.append(f"{step.level.name} never came")
            continue
        after = at
        late.append(max(at - step.minute, 0.0))
        if abs(at - step.minute) > step.within:
            wrong.append(f"{step.level.name} at {at}, not {step.minute:g} ± {step.within:g}")
    if played.highest() not in scenario.highest:
        wrong.append(f"highest was {played.highest().name}")
    if played.last() is not scenario.last:
        wrong.append(f"ended at {played.last().name}")
    return Verdict(tuple(wrong), tuple(late), played.flaps())


def _reached(played: Played, step: Step, after: int) -> int | None:
    """Returns the minute in which a level was first held, or come down to."""
    for minute, level in played.levels:
        if minute >= after and (level <= step.level if step.falls else level >= step.level):
            return minute
    return None
