"""Which story a document is given to."""

from __future__ import annotations

from datetime import timedelta

import pytest

QUAKE = "四川宜宾发生5.0级地震"
FLOOD = "Dozens missing after flash floods sweep through Valencia"


async def test_the_first_document_opens_a_story(analyzer, write):
    await analyzer.send(write(QUAKE))
    story = await analyzer.story()
    assert story["headline"] == QUAKE
    assert (story["document_count"], story["copy_count"]) == (1, 0)
    assert story["state"] == "ACTIVE"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("四川宜宾发生5.0级地震", "宜宾5.0级地震暂无人员伤亡报告"),
        ("台风竹节草在上海二次登陆", "上海迎战台风竹节草"),
        (FLOOD, "Valencia flash floods: rescuers search for dozens still missing"),
        ("Ransomware attack shuts down Oslo hospitals", "Oslo hospitals hit by ransomware attack"),
    ],
    ids=["zh quake", "zh typhoon", "en flood", "en ransomware"],
)
async def test_two_reports_of_one_event_are_one_story(analyzer, write, first, second):
    await analyzer.send(write(first, source="wire"))
    await analyzer.send(write(second, source="paper"))
    assert (await analyzer.story())["document_count"] == 2


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("四川宜宾发生5.0级地震", "云南大理发生4.1级地震"),
        ("台风竹节草在上海二次登陆", "某明星官宣结婚"),
        (FLOOD, "Central bank raises interest rates for third time"),
        ("Ransomware attack shuts down Oslo hospitals", "Oslo marathon draws record crowd"),
    ],
    ids=["zh two quakes", "zh unlike", "en unlike", "en same place"],
)
async def test_reports_of_different_events_are_different_stories(analyzer, write, first, second):
    await analyzer.send(write(first, source="wire"), write(second, source="paper"))
    assert [story["document_count"] for story in await analyzer.stories()] == [1, 1]


async def test_copies_count_as_heat_of_the_same_story(analyzer, write):
    text = "救援人员已经抵达震中，交通暂时中断，供电正在恢复，学校停课一天。" * 4
    await analyzer.send(write(QUAKE, source="wire", text=text))
    await analyzer.send(write(QUAKE, source="paper", text=text))
    await analyzer.send(write(QUAKE + "（图）", source="portal", text=text))
    story = await analyzer.story()
    assert (story["document_count"], story["copy_count"], story["outlet_count"]) == (1, 2, 3)
    copies = [document["near_copy"] for document in await analyzer.documents()]
    assert sorted(copies) == [False, True, True]


async def test_languages_never_share_a_story(analyzer, write):
    await analyzer.send(write("COVID-19 vaccine news update"), write("COVID-19疫苗最新消息"))
    assert {story["language"] for story in await analyzer.stories()} == {"en", "zh"}


async def test_drills_and_real_happenings_never_share_a_story(analyzer, write):
    await analyzer.send(write(QUAKE, source="wire"))
    await analyzer.send(write(QUAKE, source="drill", exercise=True))
    stories = await analyzer.stories()
    assert sorted(story["exercise"] for story in stories) == [False, True]
    assert [story["document_count"] for story in stories] == [1, 1]


async def test_an_edit_is_a_revision_not_a_document(analyzer, write, clock):
    await analyzer.send(write(QUAKE, key="a"))
    await clock.move(60)
    await analyzer.send(write("四川宜宾5.0级地震致3人受伤", key="a"))
    story = await analyzer.story()
    assert (story["document_count"], story["revision_count"]) == (1, 1)
    assert story["headline"] == "四川宜宾5.0级地震致3人受伤"


async def test_an_older_revision_that_comes_late_changes_nothing(analyzer, write, clock):
    old = write(QUAKE, key="a")
    await clock.move(60)
    await analyzer.send(write("四川宜宾5.0级地震致3人受伤", key="a"))
    await analyzer.send(old)
    story = await analyzer.story()
    assert (story["document_count"], story["revision_count"]) == (1, 0)
    assert story["headline"] == "四川宜宾5.0级地震致3人受伤"


async def test_a_document_stays_in_its_story_when_it_is_rewritten(analyzer, write, clock):
    await analyzer.send(write(QUAKE, key="a"), write("宜宾地震救援进展", key="b", source="paper"))
    await clock.move(60)
    await analyzer.send(write("完全不同的一条娱乐新闻", key="b", source="paper"))
    assert (await analyzer.story())["document_count"] == 2


async def test_newer_heat_of_a_board_is_an_observation(analyzer, write, clock):
    await analyzer.send(write(QUAKE, source="board", heat=400_000, rank=12))
    await clock.move(3600)
    await analyzer.send(write(QUAKE, source="board", heat=1_900_000, rank=2))
    story = await analyzer.story()
    assert (story["document_count"], story["revision_count"]) == (1, 0)
    assert (story["heat"], story["best_rank"]) == (1_900_000, 2)
    (document,) = await analyzer.documents()
    assert [entry["heat"] for entry in document["observations"]] == [400_000, 1_900_000]
    assert document["event_time"] == clock.now() - timedelta(hours=1)
    kept = document["analysis"]
    assert kept["document"]["collect_time"] <= kept["analyze_time"] == clock.now()


async def test_a_story_rests_and_wakes_as_a_second_wave(analyzer, write, clock):
    await analyzer.send(write(QUAKE, source="wire"))
    await clock.move(7 * 3600)
    await analyzer.keeper.look()
    assert (await analyzer.story())["state"] == "RESTING"
    await analyzer.send(write("四川宜宾5.0级地震后续重建", source="paper"))
    story = await analyzer.story()
    assert (story["state"], story["wave_count"]) == ("ACTIVE", 1)
    assert "second_wave" in [entry["event"] for entry in story["timeline"]]


async def test_a_story_idle_for_long_leaves_memory_and_keeps_its_record(analyzer, write, clock):
    await analyzer.send(write(QUAKE))
    await clock.move(73 * 3600)
    await analyzer.keeper.look()
    assert not analyzer.keeper.desk.stories
    assert (await analyzer.story())["document_count"] == 1


async def test_an_edit_of_a_story_out_of_memory_brings_it_back_whole(analyzer, write, clock):
    await analyzer.send(write(QUAKE, key="a"), write("宜宾地震救援进展", key="b", source="paper"))
    await clock.move(73 * 3600)
    await analyzer.keeper.look()
    await analyzer.send(write("四川宜宾5.0级地震更正", key="a"))
    story = await analyzer.story()
    assert (story["document_count"], story["revision_count"]) == (2, 1)
