"""What is usual for a monitor, and how far its stories went, outlives a restart."""

from __future__ import annotations

from datetime import datetime, timedelta

from harness.grades import NOW
from harness.scenarios import Player, scenarios

from groundswell_analyzer.grading import load_rules
from groundswell_analyzer.stores import BASELINES
from groundswell_analyzer.stories.snapshots import Snapshots
from groundswell_analyzer.stories.usual import UsualKeeper
from groundswell_core.monitors import Monitor

MONITOR = Monitor(name="monitors/scenario", alarms_per_day=2.0)


def threshold(snapshots: Snapshots, story, moment: datetime) -> float:
    return snapshots.of(MONITOR, story, moment).alarm_threshold


async def test_a_restart_knows_how_unusual_stories_got(database, lasting):
    await database.ensure(lasting(BASELINES))
    scenario = next(one for one in scenarios() if one.name == "accident_3_dead")
    player = Player(scenario, load_rules())
    story = player.play(minutes=90).story
    before = player.grader.snapshots
    hour = scenario.start + timedelta(hours=1)
    await UsualKeeper(database.collection("baselines"), before).note({story.id: story}, hour, NOW)
    after = Snapshots(load_rules())
    await UsualKeeper(database.collection("baselines"), after).load()
    assert after.hours.usual(MONITOR.name, hour) is None  # two hours are too few
    assert after.peaks(MONITOR.name, scenario.start) == before.peaks(MONITOR.name, scenario.start)
    assert after.peaks(MONITOR.name, scenario.start)[story.id] > 0


def test_a_great_event_does_not_raise_its_own_threshold():
    scenario = next(one for one in scenarios() if one.name == "accident_35_dead")
    player = Player(scenario, load_rules())
    story = player.play(minutes=30).story
    snapshots = Snapshots(load_rules())
    first = threshold(snapshots, story, scenario.start)
    for number in range(50):
        snapshots.learn_peak(MONITOR.name, f"story-{number}", scenario.start, 40.0)
    assert threshold(snapshots, story, scenario.start + timedelta(hours=1)) == first
    assert threshold(snapshots, story, scenario.start + timedelta(hours=12)) > first
