"""Monitors: changed with care, followed within a second, matched with what is stored."""

from __future__ import annotations

import pytest

from groundswell_analyzer.monitors import MonitorBook, changed
from groundswell_analyzer.stories.backfill import rematch
from groundswell_core.errors import AlreadyExists, NotFound
from groundswell_core.monitors import Monitor, MonitorState

QUAKE = "四川宜宾发生5.0级地震"


async def test_a_monitor_is_made_once_and_can_come_back_after_it_was_deleted(analyzer):
    await analyzer.monitor("a", "x")
    with pytest.raises(AlreadyExists, match="monitors/a is there already"):
        await analyzer.monitor("a", "y")
    await analyzer.store.delete("monitors/a")
    with pytest.raises(NotFound):
        await analyzer.store.get("monitors/a")
    await analyzer.monitor("a", "z")
    assert (await analyzer.store.get("monitors/a")).query == "z"


async def test_an_update_keeps_when_it_was_made(analyzer, clock):
    made = await analyzer.monitor("a", "x")
    await clock.move(60)
    after = await analyzer.store.update(Monitor(name="monitors/a", query="y"))
    assert (after.create_time, after.update_time) == (made.create_time, clock.now())


async def test_another_process_sees_a_change_at_its_next_look(analyzer):
    other, told = MonitorBook(analyzer.store), []
    other.follow(told.append)
    await analyzer.monitor("a", "地震")
    assert await other.refresh()
    assert len(other.queries) == 1
    assert not await other.refresh()
    await analyzer.store.update(Monitor(name="monitors/a", query="地震", state=MonitorState.OFF))
    assert await other.refresh()
    assert len(other.queries) == 0
    assert len(told) == 2


async def test_a_stored_query_that_no_longer_parses_is_left_out_and_the_others_work(analyzer):
    await analyzer.monitor("good", "地震")
    await analyzer.monitor("bad", "(地震 AND")
    assert list(analyzer.book.queries.broken) == ["monitors/bad"]
    assert len(analyzer.book.queries) == 1


async def test_a_new_monitor_starts_with_the_stories_of_its_last_day(analyzer, write, clock):
    titles = (QUAKE, "宜宾5.0级地震暂无人员伤亡", "宜宾地震救援人员抵达现场")
    await analyzer.send(*(write(title, source=f"s{i}") for i, title in enumerate(titles)))
    assert (await analyzer.story())["grades"] == []
    await analyzer.monitor("quakes", "地震")
    documents = analyzer.database.collection("documents")
    assert await rematch(documents, analyzer.book.queries, clock.now()) == 3
    await analyzer.keeper.sweep()
    (graded,) = (await analyzer.story())["grades"]
    assert (graded["monitor"], graded["grade"]["support"]) == ("monitors/quakes", 3)
    assert await rematch(documents, analyzer.book.queries, clock.now()) == 0


@pytest.mark.parametrize(
    ("after", "is_changed"),
    [
        (Monitor(name="m", query="x", display_name="new"), False),
        (Monitor(name="m", query="y"), True),
        (Monitor(name="m", query="x", languages=("zh",)), True),
        (Monitor(name="m", query="x", state=MonitorState.SHADOW), False),
        (Monitor(name="m", query="x", state=MonitorState.OFF), True),
    ],
    ids=["name", "query", "languages", "shadow", "off"],
)
def test_only_what_decides_a_match_needs_matching_anew(after, is_changed):
    before = {"m": Monitor(name="m", query="x")}
    assert bool(changed(before, {"m": after})) is is_changed
