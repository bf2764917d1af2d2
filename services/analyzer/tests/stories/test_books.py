"""The books balance: redelivered, crashed between any two writes, restarted, taken over."""

from __future__ import annotations

import random

import pytest

from groundswell_core.errors import Aborted
from groundswell_core.mongo import connect

STEPS = ("write_documents", "write_stories", "write_series", "settle", "send")


async def crash_after(keeper, ids, step: int) -> None:
    """Takes documents up and leaves after so many writes, as a kill would."""
    await keeper._take(ids)
    for name in STEPS[:step]:
        await getattr(keeper, name)()


async def test_documents_delivered_twice_count_once(analyzer, generated, books):
    documents = generated(200, events=12, seed=1)
    await analyzer.send(*documents)
    before = await books(analyzer.database)
    for _ in range(2):
        await analyzer.send(*documents)
    assert await books(analyzer.database) == before


async def test_documents_delivered_twice_in_one_batch_count_once(analyzer, generated, books):
    documents = generated(60, events=6, seed=2)
    await analyzer.send(*documents, *documents)
    assert len(await books(analyzer.database)) == len({one.name for one in documents})


@pytest.mark.parametrize("step", range(len(STEPS) + 1), ids=["nothing", *STEPS])
async def test_a_crash_between_any_two_writes_changes_nothing(analyzer, generated, books, step):
    documents = generated(120, events=8, seed=3)
    await analyzer.send(*documents[:60])
    ids = await analyzer.annotate(*documents[60:])
    await crash_after(analyzer.keeper, ids, step)
    await analyzer.start()
    disturbed = await books(analyzer.database)
    await analyzer.send(*documents)
    assert await books(analyzer.database) == disturbed
    assert len(disturbed) == len({one.name for one in documents})


@pytest.mark.parametrize("step", range(len(STEPS) + 1), ids=["nothing", *STEPS])
async def test_a_crash_while_an_edit_is_taken_up_counts_it_once(analyzer, write, clock, step):
    await analyzer.send(write("四川宜宾发生5.0级地震", key="a"))
    await clock.move(60)
    ids = await analyzer.annotate(write("四川宜宾5.0级地震致3人受伤", key="a"))
    await crash_after(analyzer.keeper, ids, step)
    await analyzer.start()
    story = await analyzer.story()
    assert (story["document_count"], story["revision_count"]) == (1, 1)


async def test_an_analysis_stored_but_never_heard_of_is_swept_up(analyzer, write):
    await analyzer.annotate(write("四川宜宾发生5.0级地震"))
    assert await analyzer.keeper.sweep() == 1
    assert (await analyzer.story())["document_count"] == 1
    assert await analyzer.keeper.sweep() == 0


@pytest.mark.slow
async def test_a_run_with_crashes_equals_an_undisturbed_one(
    analyzer, generated, books, mongo_server, producer, clock
):
    documents = generated(2000, events=60, seed=4)
    batches = [documents[start : start + 100] for start in range(0, len(documents), 100)]
    for batch in batches:
        await analyzer.send(*batch)
    undisturbed = await books(analyzer.database)
    dice = random.Random(5)
    async with connect(mongo_server.settings(database="disturbed")) as database:
        other = type(analyzer)(database, producer, clock)
        await other.start()
        for batch in batches:
            ids = await other.annotate(*batch)
            await crash_after(other.keeper, ids, dice.randrange(len(STEPS) + 1))
            if dice.random() < 0.5:
                await other.start()
            else:  # the broker delivers the batch again to the same process
                await other.keeper.take(ids)
        await other.start()
        disturbed = await books(database)
        await database.drop()
    assert disturbed == undisturbed


async def test_who_gives_a_document_to_a_story_first_has_given_it(analyzer, write, books):
    await analyzer.send(write("四川宜宾发生5.0级地震", source="wire"))
    zombie = analyzer.keeper
    await analyzer.start()
    ids = await analyzer.annotate(write("宜宾5.0级地震暂无人员伤亡", source="paper"))
    await analyzer.keeper.take(ids)
    await zombie.take(ids)
    late = await analyzer.annotate(write("宜宾地震救援人员抵达", source="portal"))
    await zombie.take(late)
    await analyzer.keeper.take(late)
    await books(analyzer.database)
    assert (await analyzer.story())["document_count"] == 3


async def test_a_story_that_others_wrote_is_read_again_before_it_is_written(analyzer, write, books):
    first = write("四川宜宾发生5.0级地震", source="wire")
    await analyzer.send(first)
    stories = analyzer.database.collection("stories")
    record = await analyzer.story()
    await stories.update({"_id": record["_id"]}, {"$set": {"version": 40, "writer": "other"}})
    await analyzer.send(write("宜宾5.0级地震暂无人员伤亡", source="paper"))
    story = await analyzer.story()
    assert (story["version"], story["document_count"]) == (41, 2)
    await books(analyzer.database)


async def test_two_writers_of_one_document_do_not_undo_each_other(analyzer, write, clock):
    document = write("四川宜宾发生5.0级地震", key="a")
    await analyzer.annotate(document)
    known = await analyzer.handler._stored([document.name.removeprefix("documents/")])
    await clock.move(60)
    edited = write("四川宜宾5.0级地震致3人受伤", key="a")
    await analyzer.annotate(edited)
    stale = analyzer.handler._learn(known, [edited])
    with pytest.raises(Aborted):
        await analyzer.handler._store(stale, await analyzer.handler._analyses(stale))
    (stored,) = await analyzer.documents()
    assert (stored["change"], len(stored["edits"])) == (2, 1)


async def test_a_merge_moves_documents_and_keeps_the_books(analyzer, write, clock, books):
    await analyzer.send(write("Harbour bridge collapse: ferry crews rescue drivers", source="a"))
    await analyzer.send(write("Lorry fire closes tunnel near old market", source="b"))
    kept, joined = analyzer.keeper.desk.stories.values()
    keeper = analyzer.keeper
    keeper.life.join(keeper.desk, kept, joined, clock.now())
    keeper._joined[joined.id] = joined
    await keeper.look()
    await books(analyzer.database)
    states = {story["_id"]: story["state"] for story in await analyzer.stories()}
    assert states == {kept.id: "ACTIVE", joined.id: "MERGED"}
    assert {one["story"] for one in await analyzer.documents()} == {kept.id}


async def test_a_merge_cut_short_is_finished_at_the_next_start(analyzer, write, clock, books):
    await analyzer.send(write("Harbour bridge collapse: ferry crews rescue drivers", source="a"))
    await analyzer.send(write("Lorry fire closes tunnel near old market", source="b"))
    kept, joined = analyzer.keeper.desk.stories.values()
    keeper = analyzer.keeper
    keeper.life.join(keeper.desk, kept, joined, clock.now())
    await keeper.store.write_stories([joined], event_now=clock.now(), now=clock.now())
    await analyzer.start()
    await books(analyzer.database)
    assert {one["story"] for one in await analyzer.documents()} == {kept.id}


async def test_broken_twin_marking_documents_as_done_first_loses_their_story(
    analyzer, generated, books
):
    ids = await analyzer.annotate(*generated(20, events=2, seed=6))
    keeper = analyzer.keeper
    await keeper._take(ids)
    await keeper.write_documents()
    await keeper.settle()  # the story is not written yet: the wrong order
    await analyzer.start()
    with pytest.raises(AssertionError):
        await books(analyzer.database)


async def test_broken_twin_writing_without_comparing_versions_undoes_another_writer(
    analyzer, write, books
):
    await analyzer.send(write("四川宜宾发生5.0级地震", source="wire"))
    zombie = analyzer.keeper
    await analyzer.start()
    await analyzer.send(write("宜宾5.0级地震暂无人员伤亡", source="paper"))
    (stale,) = zombie.desk.stories.values()
    stale.version = (await analyzer.story())["version"]  # as if it were not compared
    await zombie.store.write_stories([stale], event_now=stale.update_time, now=stale.update_time)
    with pytest.raises(AssertionError):
        await books(analyzer.database)
