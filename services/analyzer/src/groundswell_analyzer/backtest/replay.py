"""The replay itself: the desk, the life and the grader of the live service, moved by virtual time."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

from groundswell_analyzer.backtest.moments import Moment
from groundswell_analyzer.backtest.trace import Trace
from groundswell_analyzer.bursts import hour_of
from groundswell_analyzer.grading.rules import Rules
from groundswell_analyzer.stories.desk import Desk
from groundswell_analyzer.stories.grader import Grader
from groundswell_analyzer.stories.life import Life
from groundswell_analyzer.stories.open_story import OpenStory
from groundswell_analyzer.stories.past import typical_hour
from groundswell_analyzer.stories.records import facts_of
from groundswell_analyzer.stories.teller import plain_words, refresh
from groundswell_core.monitors import Monitor

STEP = timedelta(minutes=1)  # stories with new documents are graded once in so long
LOOK = timedelta(minutes=5)  # all others
_HOUR = timedelta(hours=1)


class Replay:
    """Runs documents through one monitor; everything it learns is in traces and days."""

    def __init__(self, monitor: Monitor, rules: Rules, life: Life) -> None:
        """Starts without stories and without a past: baselines grow with the replay."""
        self._monitor = monitor
        self._life = life
        self._desk = Desk()
        self._grader = Grader(
            rules,
            working=lambda name: monitor if name == monitor.name else None,
            coverage=lambda: None,
            hold=timedelta(0),
        )
        self._touched: dict[str, None] = {}
        self._next_step = datetime.min.replace(tzinfo=UTC)
        self._next_look: datetime | None = None
        self._hour: datetime | None = None
        self.traces: dict[str, Trace] = {}
        self.days: Counter[datetime] = Counter()  # documents that the monitor matched
        self.expected: dict[str, set[str]] = {}  # of each further query, the stories it matches
        self.documents = 0
        self.matched = 0

    def take(self, moment: Moment) -> None:
        """Gives a document to its story; time moves to it first."""
        self.advance(moment.time)
        is_new = not self._desk.home(moment.piece.member.id)
        placement = self._desk.place(moment.piece)
        if not self._touched:
            self._next_step = moment.time + STEP
        self._touched[placement.story] = None
        story = self._desk.stories[placement.story]
        self._grader.learn_heats(story, [placement.document])
        if not is_new:
            return
        self.documents += 1
        if moment.piece.member.monitors:
            self.matched += 1
            self.days[day_of(moment.time)] += 1
        for name in moment.matches:
            self.expected.setdefault(name, set()).add(placement.story)

    def advance(self, now: datetime) -> None:
        """Moves time forward: grades what changed, and now and then everything."""
        if self._next_look is None:
            self._next_look, self._hour = now + LOOK, hour_of(now)
        if self._touched and now >= self._next_step:
            self._grade_touched(self._next_step)
        while now >= self._next_look:
            self._look(self._next_look)
            is_empty = not self._desk.stories
            self._next_look = now + LOOK if is_empty else self._next_look + LOOK

    def finish(self, now: datetime) -> None:
        """Grades what is left and closes every trace."""
        self._look(now)
        for story in list(self._desk.stories.values()):
            self._close(story)

    def home(self, story: str) -> str:
        """Returns the story that a story was joined into, or itself."""
        return self._desk.resolve(story)

    def _look(self, now: datetime) -> None:
        self._learn_usual(now)
        self._grade_touched(now)
        self._life.settle(self._desk, now)
        for kept, joined in self._life.pairs_to_merge(self._desk):
            self._close(joined)
            self._life.join(self._desk, kept, joined, now)
        for story in self._life.worth_grading(self._desk, now):
            self._grade(story, now)
        for story in self._life.to_forget(self._desk, now):
            self._close(story)
            self._desk.drop(story)

    def _learn_usual(self, now: datetime) -> None:
        while self._hour is not None and hour_of(now) > self._hour:
            for name, typical in typical_hour(self._desk.stories, self._hour).items():
                self._grader.hours.note(name, self._hour, typical)
            self._hour += _HOUR

    def _grade_touched(self, now: datetime) -> None:
        touched, self._touched = self._touched, {}
        for identifier in touched:
            story = self._desk.stories.get(identifier)
            if story is not None:
                self._life.wake(story, now)
                refresh(story, plain_words)
                self._grade(story, now)

    def _grade(self, story: OpenStory, now: datetime) -> None:
        self._grader.grade(story, now, now)
        graded = story.grades.get(self._monitor.name)
        if graded is None:
            return
        trace = self.traces.setdefault(story.id, Trace(story=story.id))
        trace.note(now, graded.grade.level, graded.grade.score, is_alarm=graded.alarm.is_on)

    def _close(self, story: OpenStory) -> None:
        trace = self.traces.get(story.id)
        if trace is not None:
            trace.close(story, facts_of(story).headline)


def day_of(moment: datetime) -> datetime:
    """Returns the start of the day."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)
