"""What a stored story tells: headline, summary, confirmation, conflicts; records of outlets."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from groundswell_analyzer.stories.outlet_book import OutletBook
from groundswell_core.documents import DocumentState

ACCIDENT = Path(__file__).parents[1] / "data" / "told_accident_zh.yaml"
# The reports of it whose words are alike enough to be one story.
TOLD = ("a2", "a3", "a6", "a7", "a8", "a10", "a11", "a12")


@pytest.fixture
def accident(analyzer, write, clock):
    """Gives a sender of the made-up accident's documents."""

    async def send(*names: str) -> dict:
        entries = yaml.safe_load(ACCIDENT.read_text(encoding="utf-8"))
        for entry in entries:
            if entry["id"] in names:
                await clock.move(600)
                await analyzer.send(
                    write(
                        entry["title"],
                        text=entry["text"],
                        source=entry["outlet"],
                        key=entry["id"],
                        source_weight=entry["weight"],
                    )
                )
        stories = await analyzer.stories()
        return max(stories, key=lambda story: story["document_count"])

    return send


async def test_a_story_tells_its_newest_state_with_sources(analyzer, accident):
    story = await accident(*TOLD)
    assert "8人" in story["headline"]
    assert not story["is_unconfirmed"]
    assert "8 dead" in story["confirmation"]
    assert 1 <= len(story["summary"]) <= 4
    documents = {record["_id"]: record for record in await analyzer.documents()}
    for sentence in story["summary"]:
        document = documents[sentence["document"].removeprefix("documents/")]
        assert document["story"] == story["_id"]
        assert sentence["text"] in document["analysis"]["document"]["text"]


async def test_a_story_of_one_light_source_is_unconfirmed_until_a_second_one_tells_it(
    analyzer, accident
):
    story = await accident("a2")
    assert story["is_unconfirmed"]
    assert story["confirmation"].startswith("Only 城事快报")
    story = await accident("a2", "a6", "a8")
    assert not story["is_unconfirmed"]


async def test_one_document_is_summed_up_when_a_monitor_matches_it(analyzer, accident, write):
    await analyzer.monitor("blasts", "爆炸")
    assert (await accident("a6"))["summary"]
    await analyzer.send(write("云南昆明一小区停水三天", text="居民说已经停水三天，仍未恢复。"))
    (other,) = [one for one in await analyzer.stories() if "停水" in one["headline"]]
    assert other["summary"] == []


async def test_what_is_told_outlives_a_restart(analyzer, accident):
    before = await accident(*TOLD)
    await analyzer.start()
    await analyzer.keeper.look()
    (after,) = [one for one in await analyzer.stories() if one["_id"] == before["_id"]]
    told = ("headline", "summary", "terms", "confirmation", "conflicts", "told", "outlets")
    assert {name: after[name] for name in told} == {name: before[name] for name in told}


async def test_a_document_taken_back_leaves_the_summary(analyzer, accident, write, clock):
    story = await accident("a2", "a6", "a8")
    cited = story["summary"][0]["document"].removeprefix("documents/")
    entries = yaml.safe_load(ACCIDENT.read_text(encoding="utf-8"))
    documents = {record["_id"]: record for record in await analyzer.documents()}
    key = documents[cited]["analysis"]["document"]["key"]
    (entry,) = [one for one in entries if one["id"] == key]
    await clock.move(60)
    await analyzer.send(
        write(
            entry["title"],
            text=entry["text"],
            source=entry["outlet"],
            key=entry["id"],
            state=DocumentState.WITHDRAWN,
            revision="taken-back",
        )
    )
    (after,) = [one for one in await analyzer.stories() if one["_id"] == story["_id"]]
    assert cited not in {one["document"].removeprefix("documents/") for one in after["summary"]}


async def test_a_text_of_a_megabyte_costs_no_more_than_its_beginning(analyzer, write):
    for number in range(3):
        text = f"清江县化工厂爆炸，第{number}次通报。" + "事故处理情况正在通报。" * 100_000
        await analyzer.send(write("清江县化工厂爆炸事故通报", text=text, source=f"s{number}"))
    for story in await analyzer.stories():
        assert sum(len(sentence["text"]) for sentence in story["summary"]) < 1000


async def test_outlets_are_counted_from_stories_however_often(analyzer, accident, clock):
    await accident(*TOLD)
    records = analyzer.database.collection("outlet_records")
    book = OutletBook(analyzer.database.collection("stories"), records, keep=timedelta(days=36500))
    for _ in range(3):
        await clock.move(3600)
        await book.count(clock.now())
    weights = {"城事快报": 0.4, "新华社": 0.9, "nobody": 0.5}
    first, wire, nobody = await book.records(weights)
    assert (first.outlet, first.first_count, first.withdrawn_count) == ("城事快报", 1, 0)
    assert first.measured_weight == pytest.approx((20 * 0.4 + 1) / 21)
    assert (wire.story_count >= 1, wire.first_count) == (True, 0)
    assert (nobody.story_count, nobody.measured_weight) == (0, 0.5)
