"""What is usual is learned of monitors, of kinds of source and of stories themselves; gaps are unknown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from groundswell_analyzer.bursts import hour_number
from groundswell_analyzer.grading import load_rules
from groundswell_analyzer.stores import BASELINES
from groundswell_analyzer.stories.member import Member, minute_of
from groundswell_analyzer.stories.open_story import OpenStory
from groundswell_analyzer.stories.past import COLLECTED, main_kind, own_usual, typical_hour
from groundswell_analyzer.stories.snapshots import Snapshots
from groundswell_analyzer.stories.usual import UsualKeeper
from groundswell_core.monitors import Monitor

NOW = datetime(2026, 1, 12, 8, 30, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONITOR = "monitors/m"


def story(times: list[datetime], *, name: str = "a", kind: str = "feed") -> OpenStory:
    made = OpenStory(name, "zh", exercise=False, origin=minute_of(times[0]))
    for number, time in enumerate(times):
        made.put(
            Member(
                id=f"{name}-{number}",
                change=1,
                revision="",
                time=time,
                outlet=f"outlet-{number}",
                source_kind=kind,
                monitors=(MONITOR,),
            )
        )
    return made


def daily(days: int, count: int) -> list[datetime]:
    """Returns the times of a story that has so many documents at eight each day, and one at noon."""
    eights = [NOW - DAY * ago for ago in range(1, days + 1)]
    return [time for time in eights for _ in range(count)] + [time + 4 * HOUR for time in eights]


def collected(*, but: range = range(0)) -> dict[int, float]:
    """Returns the last two weeks' hours in which anything was collected; but: hours ago of a gap."""
    return {hour_number(NOW - HOUR * ago): 5.0 for ago in range(14 * 24) if ago not in but}


def kinds(count: int, documents: int = 3) -> dict[str, OpenStory]:
    names = [f"story-{number}" for number in range(count)]
    return {name: story([NOW] * documents, name=name) for name in names}


def test_an_hour_tells_of_monitors_of_kinds_and_of_all_that_was_collected():
    assert typical_hour(kinds(5), NOW.replace(minute=0)) == {
        MONITOR: 3.0,
        "kinds/feed": 3.0,
        COLLECTED: 15.0,
    }


def test_a_handful_of_stories_is_not_the_usual_of_their_kind():
    assert "kinds/feed" not in typical_hour(kinds(4), NOW.replace(minute=0))


def test_an_hour_in_which_nothing_came_is_unknown():
    assert typical_hour(kinds(5), NOW.replace(minute=0) - HOUR) == {}
    assert typical_hour({}, NOW.replace(minute=0)) == {}


def test_a_story_of_many_kinds_has_no_main_one():
    one = story([NOW, NOW], kind="feed")
    assert main_kind(one) == "feed"
    for number in range(2):
        one.put(Member(id=f"b{number}", change=1, revision="", time=NOW, source_kind="forum"))
    assert main_kind(one) == ""


async def test_a_gap_neither_is_stored_nor_lowers_what_is_usual(database, lasting):
    await database.ensure(lasting(BASELINES))
    snapshots = Snapshots(load_rules())
    keeper = UsualKeeper(database.collection("baselines"), snapshots)
    for ago in (9, 8, 7):
        then = NOW - HOUR * ago
        await keeper.note({"a": story([then] * 6)}, then, NOW)
    for ago in (5, 3, 1):
        await keeper.note({"a": story([NOW - HOUR * 7] * 6)}, NOW - HOUR * ago, NOW)
    assert snapshots.hours.usual(MONITOR, NOW).value == 6.0
    stored = await database.collection("baselines").find({"monitor": MONITOR})
    assert len(stored) == 3


async def test_what_is_usual_for_a_kind_outlives_a_restart(database, lasting):
    await database.ensure(lasting(BASELINES))
    collection = database.collection("baselines")
    for ago in (3, 2, 1):
        then = NOW - HOUR * ago
        stories = {f"s{n}": story([then] * 4, name=f"s{n}") for n in range(5)}
        await UsualKeeper(collection, Snapshots(load_rules())).note(stories, then, NOW)
    after = Snapshots(load_rules())
    await UsualKeeper(collection, after).load()
    assert after.hours.usual("kinds/feed", NOW).value == 4.0


def test_the_greater_of_monitor_and_kind_is_what_a_story_must_surpass():
    snapshots = Snapshots(load_rules())
    for ago in range(1, 5):
        snapshots.hours.note(MONITOR, NOW - HOUR * ago, 2.0)
        snapshots.hours.note("kinds/forum", NOW - HOUR * ago, 12.0)
    monitor = Monitor(name=MONITOR)
    assert snapshots.of(monitor, story([NOW], kind="forum"), NOW).usual_hour == 12.0
    assert snapshots.of(monitor, story([NOW], kind="feed"), NOW).usual_hour == 2.0


def test_a_story_younger_than_a_day_has_no_past_of_its_own():
    assert own_usual(story([NOW - timedelta(hours=23)]), NOW, collected()) is None


def test_a_story_that_is_told_each_day_at_eight_is_used_to_it_at_eight():
    one = story(daily(5, count=9))
    assert own_usual(one, NOW, collected()).value == 9.0
    assert own_usual(one, NOW + 4 * HOUR, collected()).value == 1.0
    assert own_usual(one, NOW + 2 * HOUR, collected()).value == 0.0


def test_without_three_days_any_hour_of_a_story_tells_what_is_usual():
    one = story([NOW - HOUR * ago for ago in range(24, 40) for _ in range(2)])
    assert own_usual(one, NOW, collected()).value == 2.0


def test_one_wild_day_of_a_story_does_not_become_its_usual():
    one = story([*daily(5, count=4), *[NOW - 3 * DAY] * 500])
    assert own_usual(one, NOW, collected()).value == 4.0


@pytest.mark.parametrize(("gap", "usual"), [(range(0), 0.0), (range(27, 45), 3.0)])
def test_hours_in_which_nothing_was_collected_are_no_quiet_hours_of_a_story(gap, usual):
    one = story([NOW - HOUR * ago for ago in (46, 45, 26, 25) for _ in range(3)])
    assert own_usual(one, NOW, collected(but=gap)).value == usual


def test_hours_before_the_first_on_record_count_as_collected():
    one = story([NOW - HOUR * ago for ago in (46, 45, 26, 25) for _ in range(3)])
    assert own_usual(one, NOW, {}).value == 0.0
    assert own_usual(one, NOW, {hour_number(NOW): 5.0}).value == 0.0


def test_a_forgotten_monitor_starts_anew():
    snapshots = Snapshots(load_rules())
    snapshots.learn_past(MONITOR, {NOW - HOUR * ago: 7.0 for ago in range(1, 5)})
    snapshots.learn_peak(MONITOR, "a", NOW, 50.0)
    assert snapshots.of(Monitor(name=MONITOR), story([NOW]), NOW).usual_hour == 7.0
    snapshots.forget(MONITOR)
    assert snapshots.of(Monitor(name=MONITOR), story([NOW]), NOW).usual_hour == 1.0
    assert snapshots.peaks(MONITOR, NOW.replace(minute=0)) == {}
