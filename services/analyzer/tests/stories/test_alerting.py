"""Alerts leave from the story's record: at once, again and again, and never to the wrong people."""

from __future__ import annotations

from datetime import timedelta

import pytest
import pytest_asyncio

from groundswell_core.monitors import MonitorState

TITLES = ("四川宜宾发生5.0级地震", "宜宾5.0级地震暂无人员伤亡", "宜宾地震救援人员抵达现场")


@pytest_asyncio.fixture
async def swelling(analyzer, write):
    """Three outlets report one quake that a monitor matches."""
    await analyzer.monitor("quakes", "地震")
    await analyzer.send(*(write(title, source=f"s{i}") for i, title in enumerate(TITLES)))
    return analyzer


def due(analyzer) -> list:
    """Returns what the outbox would send now."""
    keeper = analyzer.keeper
    return keeper.outbox.due(keeper.desk.stories.values(), keeper.clock.now())


async def test_a_story_that_swells_fires_and_is_kept_in_its_record(swelling):
    alert = await swelling.alert()
    assert (alert["state"], alert["version"]) == ("FIRING", 1)
    assert (await swelling.story())["level"] == alert["grade"]["level"]
    assert due(swelling) == []


async def test_a_firing_alert_is_sent_again_with_its_end_pushed_forward(swelling, clock):
    await clock.move(31)
    (alert,) = due(swelling)
    assert alert.version == 1
    assert alert.end_time == clock.now() + timedelta(minutes=5)


async def test_an_alert_that_nobody_sends_any_more_ends_by_itself(swelling, clock):
    end_time = (await swelling.alert())["end_time"]
    assert end_time - clock.now() == timedelta(minutes=5)


async def test_a_level_that_falls_resolves_the_alert_and_tells_it_for_a_day(swelling, clock):
    for _ in range(3):
        await clock.move(3600)
        await swelling.keeper.look()
    alert = await swelling.alert()
    assert (alert["state"], alert["grade"]["level"]) == ("RESOLVED", "NONE")
    waits, sent = [], 0
    while waits[-1:] != [None] and sent < 30:
        alerts = due(swelling)
        swelling.keeper.outbox.note_sent(alerts, clock.now())
        sent += len(alerts)
        next_time = swelling.keeper.outbox._sent[alert["name"]].due
        waits.append(next_time and (next_time - clock.now()).total_seconds())
        if next_time:
            await clock.move(waits[-1])
    gaps = [wait for wait in waits if wait]
    assert gaps == sorted(gaps)
    assert 86_400 <= sum(gaps) < 3 * 86_400


async def test_after_a_restart_all_alerts_are_due(swelling, clock):
    await clock.move(1)
    keeper = swelling.new_keeper()
    swelling.keeper = keeper
    story = await swelling.story()
    for loaded in await keeper._loader.load_recent(clock.now() - timedelta(hours=72)):
        keeper.outbox.remember(loaded, clock.now())
    (alert,) = due(swelling)
    assert alert.name == story["alerts"][0]["alert"]["name"]


async def test_an_alert_from_before_days_of_outage_is_resolved(swelling, clock):
    await clock.move(4 * 86_400)
    await swelling.start()
    await clock.move(3600)
    await swelling.keeper.look()
    alert = await swelling.alert()
    assert (alert["state"], alert["grade"]["level"]) == ("RESOLVED", "NONE")
    assert (await swelling.story())["level"] == "NONE"


async def test_an_edit_behind_a_firing_alert_is_a_correction(swelling, write, clock):
    await clock.move(20)
    await swelling.send(write("宜宾地震：此前伤亡数字有误", source="s1", key=TITLES[1]))
    alert = await swelling.alert()
    assert (alert["version"], alert["correction"]) == (2, "SOURCE_EDITED")


async def test_a_withdrawn_document_is_a_correction_and_supports_no_more(swelling, write, clock):
    from groundswell_core.documents import DocumentState

    await clock.move(20)
    gone = write(TITLES[1], source="s1", revision="withdrawn", state=DocumentState.WITHDRAWN)
    await swelling.send(gone)
    alert = await swelling.alert()
    assert alert["correction"] == "SOURCE_WITHDRAWN"
    assert alert["grade"]["support"] == 2


async def test_a_deleted_monitor_resolves_its_alerts_and_leaves_the_story(swelling, clock):
    await swelling.store.delete("monitors/quakes")
    await swelling.book.refresh()
    await swelling.keeper.look()
    assert (await swelling.alert())["state"] == "RESOLVED"


async def test_a_shadow_monitor_grades_and_never_alerts(analyzer, write):
    await analyzer.monitor("quakes", "地震", state=MonitorState.SHADOW)
    await analyzer.send(*(write(title, source=f"s{i}") for i, title in enumerate(TITLES)))
    story = await analyzer.story()
    assert story["level"] != "NONE"
    assert story["alerts"] == []


async def test_a_merged_story_resolves_its_alert_and_says_so(swelling, write, clock):
    keeper = swelling.keeper
    await swelling.send(write("某市大桥坍塌事故调查结果公布", source="other"))
    joined, kept = sorted(keeper.desk.stories.values(), key=lambda one: -len(one.members))
    keeper.life.join(keeper.desk, kept, joined, clock.now())
    keeper._joined[joined.id] = joined
    await keeper.look()
    records = {record["_id"]: record for record in await swelling.stories()}
    alert = records[joined.id]["alerts"][0]["alert"]
    assert (alert["state"], alert["correction"]) == ("RESOLVED", "MERGED")
    assert records[kept.id]["alerts"][0]["alert"]["state"] == "FIRING"


@pytest.mark.parametrize("exercise", [False, True], ids=["real", "drill"])
async def test_nothing_real_comes_of_a_drill_nor_the_reverse(analyzer, write, exercise):
    await analyzer.monitor("quakes", "地震", exercise=True)
    documents = [write(title, source=f"s{i}", exercise=exercise) for i, title in enumerate(TITLES)]
    await analyzer.send(*documents)
    story, alert = await analyzer.story(), await analyzer.alert()
    assert (story["exercise"], alert["exercise"]) == (exercise, exercise)
    assert dict(alert["labels"])["exercise"] == str(exercise).lower()
