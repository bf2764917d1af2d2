"""A replay: stories, series and grades go by the documents' time, alerts by the machine's."""

from __future__ import annotations

from datetime import timedelta

import pytest_asyncio

TITLES = ("四川宜宾发生5.0级地震", "宜宾5.0级地震暂无人员伤亡", "宜宾地震救援人员抵达现场")


@pytest_asyncio.fixture
async def replay(database, producer, clock, analyzer):
    made = type(analyzer)(database, producer, clock, kind="documents")
    await made.start()
    await made.monitor("quakes", "地震")
    return made


async def test_recorded_documents_burst_at_their_own_time(replay, write, clock):
    then = clock.now() - timedelta(days=300)
    for index, title in enumerate(TITLES):
        moment = then + timedelta(minutes=index)
        await replay.send(write(title, source=f"s{index}", publish_time=moment))
    story, alert = await replay.story(), await replay.alert()
    assert story["level"] != "NONE"
    assert story["update_time"] == then + timedelta(minutes=2)
    assert story["grades"][0]["snapshot"]["last_hour"] == 3
    assert alert["end_time"] == clock.now() + timedelta(minutes=5)
    assert alert["start_time"] == clock.now()
    level = next(entry for entry in story["timeline"] if entry["event"] == "level")
    assert level["time"] == then + timedelta(minutes=2)


async def test_levels_fall_as_recorded_time_goes_on(replay, write, clock):
    then = clock.now() - timedelta(days=300)
    for index, title in enumerate(TITLES):
        await replay.send(write(title, source=f"s{index}", publish_time=then))
    for hours in (2, 3, 4):
        moment = then + timedelta(hours=hours)
        await replay.send(write(f"无关新闻{hours}", source="other", publish_time=moment))
        await replay.keeper.look()
    levels = {story["headline"]: story["level"] for story in await replay.stories()}
    assert levels[TITLES[0]] == "NONE"


async def test_a_restart_goes_on_at_the_recorded_time(replay, write, clock):
    then = clock.now() - timedelta(days=300)
    await replay.send(write(TITLES[0], publish_time=then))
    await replay.start()
    assert replay.keeper.events.now() == then
    await replay.send(write(TITLES[1], source="paper", publish_time=then + timedelta(minutes=5)))
    assert (await replay.story())["document_count"] == 2
