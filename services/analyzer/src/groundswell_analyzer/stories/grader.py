"""Grades the stories in memory: snapshots in, grades, timeline entries and alerts out."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from groundswell_analyzer.grading.alarm import Alarm, next_alarm
from groundswell_analyzer.grading.alerts import Occasion, next_alert
from groundswell_analyzer.grading.grade import Standing, grade
from groundswell_analyzer.grading.graded import Graded, is_worth_keeping
from groundswell_analyzer.grading.rules import Rules
from groundswell_analyzer.grading.snapshot import Snapshot
from groundswell_analyzer.metrics import ALARMS, GRADE_DELAY, GRADES, observe
from groundswell_analyzer.stories.open_story import OpenStory
from groundswell_analyzer.stories.records import facts_of
from groundswell_analyzer.stories.snapshots import Snapshots
from groundswell_core.grades import Grade, Level
from groundswell_core.monitors import Monitor
from groundswell_core.source_records import Coverage
from groundswell_core.stories import StoryEvent, StoryState

PAST_MOST = 5000  # grades that wait for being written
_WORTH_WRITING = 1.0  # points that a score must move to be written without anything else new


class Grader:
    """Knows what is usual and how grades follow."""

    def __init__(
        self,
        rules: Rules,
        *,
        working: Callable[[str], Monitor | None],
        coverage: Callable[[], Coverage | None],
        hold: timedelta,
    ) -> None:
        """Takes working: the monitor of a name unless it is off; hold: how long alerts fire unsent."""
        self._rules = rules
        self._working = working
        self._coverage = coverage
        self._hold = hold
        self.past: deque[tuple[str, Graded]] = deque(maxlen=PAST_MOST)  # to go on record
        self.snapshots = Snapshots(rules)
        self.hours = self.snapshots.hours

    def grade(self, story: OpenStory, event_now: datetime, now: datetime) -> bool:
        """Grades a story for every monitor that matches it; tells whether anything is worth writing."""
        is_new = False
        for name in sorted({*story.tally.monitors, *story.grades}):
            is_new |= self._grade_for(name, story, event_now, now)
        return is_new

    def _grade_for(self, name: str, story: OpenStory, event_now: datetime, now: datetime) -> bool:
        monitor, before = self._working(name), story.grades.get(name)
        if story.state is StoryState.MERGED or monitor is None:
            after = _ended(before, event_now, now)
        else:
            after = self._graded(monitor, story, before, event_now, now)
        if after is None:
            return False
        if before is None or before.grade.level is not after.grade.level:
            self._tell(story, monitor, before, after, event_now)
        if is_worth_keeping(before, after):
            self.past.append((story.id, after))
        story.grades[name] = after
        is_alert_new = self._alert(name, monitor, story, after, now)
        if monitor is None and not is_alert_new and before is not None:
            is_alert_new = _forget_deleted(story, name)
        return is_alert_new or _is_worth_writing(before, after)

    def _graded(
        self,
        monitor: Monitor,
        story: OpenStory,
        before: Graded | None,
        event_now: datetime,
        now: datetime,
    ) -> Graded:
        snapshot = self.snapshots.of(monitor, story, event_now)
        self.snapshots.learn(monitor.name, story, snapshot)
        standing = before.after if before else Standing()
        made, after = grade(snapshot, self._rules, standing, now)
        alarm = next_alarm(
            before.alarm if before else Alarm(), made, monitor, self._rules, snapshot.time
        )
        if alarm.is_on and not (before and before.alarm.is_on):
            ALARMS.labels(monitor.name, monitor.state.name).inc()
        return Graded(
            monitor=monitor.name,
            grade=made,
            snapshot=snapshot,
            before=standing,
            after=after,
            alarm=alarm,
        )

    def _tell(
        self,
        story: OpenStory,
        monitor: Monitor | None,
        before: Graded | None,
        after: Graded,
        event_now: datetime,
    ) -> None:
        level = after.grade.level
        if before is None and level is Level.NONE:
            return
        GRADES.labels(level.name).inc()
        observe(
            GRADE_DELAY, story.newest.story_time if story.newest else None, after.grade.grade_time
        )
        who = monitor.display_name or monitor.name if monitor else after.monitor
        reasons = after.grade.contributions
        text = f"{who}: level {level.name}, score {after.grade.score:.1f}."
        if reasons:
            text += " " + max(reasons, key=lambda part: part.points).reason
        story.tell(
            StoryEvent(time=event_now, event="level", text=text, monitor=after.monitor, level=level)
        )

    def _alert(
        self, name: str, monitor: Monitor | None, story: OpenStory, graded: Graded, now: datetime
    ) -> bool:
        before = story.alerts.get(name)
        if before is None and graded.grade.level <= Level.NONE:
            return False
        after = next_alert(
            before,
            Occasion(
                facts=facts_of(story),
                graded=graded,
                monitor=monitor,
                coverage=self._coverage(),
                rules=self._rules,
                now=now,
                hold=self._hold,
            ),
        )
        if after is None or after is before:
            return False
        story.alerts[name] = after
        return True

    def learn_heats(self, story: OpenStory, identifiers: Iterable[str]) -> None:
        """Learns the usual heat of boards from the newest entries of documents."""
        self.snapshots.learn_heats(story, identifiers)


def _ended(before: Graded | None, event_now: datetime, now: datetime) -> Graded | None:
    """Returns the grade of a story that is joined into another, or whose monitor is gone."""
    if before is None:
        return None
    if before.grade.level is Level.NONE:
        return before
    made = Grade(
        level=Level.NONE,
        raw_level=Level.NONE,
        rule_version=before.grade.rule_version,
        previous_level=before.grade.level,
        grade_time=now,
    )
    return Graded(
        monitor=before.monitor,
        grade=made,
        snapshot=Snapshot(time=event_now),
        before=before.after,
        after=Standing(),
        alarm=Alarm(count=before.alarm.count),
    )


def _forget_deleted(story: OpenStory, name: str) -> bool:
    """Takes a monitor that is gone out of a story, unless its alert must still be told resolved."""
    if name in story.alerts:
        return False
    del story.grades[name]
    return True


def _is_worth_writing(before: Graded | None, after: Graded) -> bool:
    if before is None or before.after != after.after or before.alarm != after.alarm:
        return True
    if before.grade.support != after.grade.support:
        return True
    return abs(before.grade.score - after.grade.score) >= _WORTH_WRITING
