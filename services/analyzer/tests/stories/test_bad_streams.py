"""Streams that nobody should send: the stories stay in order and the books balance."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

QUAKE = "四川宜宾发生5.0级地震"
REPORTS = ("宜宾5.0级地震暂无人员伤亡报告", "宜宾5.0级地震救援人员抵达现场")


async def test_time_that_goes_backwards_parts_no_story(analyzer, write, clock, books):
    for hours, title in enumerate((QUAKE, *REPORTS)):
        moment = clock.now() - timedelta(hours=hours)
        await analyzer.send(write(title, source=f"s{hours}", time=moment))
    await books(analyzer.database)
    assert (await analyzer.story())["document_count"] == 3


@pytest.mark.parametrize(
    "moment",
    [datetime(1970, 1, 1, tzinfo=UTC), datetime(2199, 1, 1, tzinfo=UTC)],
    ids=["1970", "the future"],
)
async def test_a_document_with_an_absurd_date_stays_with_its_story(
    analyzer, write, clock, books, moment
):
    await analyzer.send(write(QUAKE, source="wire"))
    dated = write(REPORTS[0], source="odd", publish_time=moment)
    await analyzer.send(dated, write(REPORTS[1], source="paper"))
    await analyzer.keeper.look()
    await books(analyzer.database)
    homes = {one["story"] for one in await analyzer.documents() if one["_id"] not in dated.name}
    assert len(homes) == 1


async def test_a_hundred_copies_a_second_are_one_document(analyzer, write, books):
    text = "救援人员已经抵达震中，交通暂时中断，供电正在恢复，学校停课一天。" * 4
    copies = [write(QUAKE, source=f"s{number}", text=text) for number in range(100)]
    await analyzer.send(*copies)
    await books(analyzer.database)
    story = await analyzer.story()
    assert (story["document_count"], story["copy_count"]) == (1, 99)


@pytest.mark.parametrize("title", ["震", "!", "😀", "a"], ids=["han", "mark", "emoji", "letter"])
async def test_a_text_of_one_character_has_a_story_of_its_own(analyzer, write, books, title):
    await analyzer.send(write(QUAKE), write(title, source="odd"))
    await analyzer.keeper.look()
    await books(analyzer.database)
    assert [one["document_count"] for one in await analyzer.stories()] == [1, 1]
