"""One collector reads a source, and its cursor is fenced by the same record."""

import pytest

from groundswell_collector.cursors import Cursors
from groundswell_core.errors import Aborted


@pytest.fixture
def cursors_of(database, stores):
    def opened(owner, lease=30.0):
        return Cursors(database.collection("cursors"), owner=owner, lease=lease)

    return opened


async def test_a_source_starts_without_a_cursor_and_goes_on_from_the_saved_one(
    cursors_of, make_source
):
    cursors, source = cursors_of("a"), make_source()
    held = await cursors.acquire(source)
    assert held.cursor is None
    await cursors.save(held, "5")
    assert (await cursors.acquire(source)).cursor == "5"


async def test_two_collectors_do_not_read_one_source(cursors_of, make_source):
    source = make_source()
    assert await cursors_of("a").acquire(source)
    assert await cursors_of("b").acquire(source) is None


async def test_a_lease_that_ran_out_is_taken_over_and_the_old_owner_cannot_save(
    cursors_of, make_source, eventually
):
    source, old, new = make_source(), cursors_of("a", lease=0.05), cursors_of("b")
    held = await old.acquire(source)
    await eventually(lambda: new.acquire(source))
    with pytest.raises(Aborted, match="another collector"):
        await old.save(held, "late")
    assert (await new.acquire(source)).cursor is None


async def test_a_released_lease_is_free_at_once(cursors_of, make_source):
    source, old, new = make_source(), cursors_of("a"), cursors_of("b")
    await old.acquire(source)
    await old.release(["one"])
    assert await new.acquire(source)
    assert await old.acquire(source) is None


async def test_a_renewed_lease_outlives_its_first_time(cursors_of, make_source, eventually):
    source, old, new = make_source(), cursors_of("a", lease=0.5), cursors_of("b")
    await old.acquire(source)
    until = (await old._collection.find_one({"_id": "one"}))["until"]

    async def renewed():
        await old.renew()
        assert await new.acquire(source) is None
        return (await old._collection.find_one({"_id": "one"}))["until"] > until

    await eventually(renewed)


async def test_the_same_collector_started_again_keeps_its_leases(cursors_of, make_source):
    source = make_source()
    await cursors_of("a").acquire(source)
    assert await cursors_of("a").acquire(source)


async def test_a_cursor_means_nothing_for_another_config(cursors_of, make_source):
    cursors = cursors_of("a")
    await cursors.save(await cursors.acquire(make_source()), "5")
    other = make_source(config={"url": "https://two.example/"})
    assert (await cursors.acquire(other)).cursor is None
    assert (await cursors.acquire(make_source())).cursor == "5"


async def test_a_forgotten_source_starts_anew(cursors_of, make_source):
    cursors, source = cursors_of("a"), make_source()
    await cursors.save(await cursors.acquire(source), "5")
    await cursors.forget("one")
    assert (await cursors.acquire(source)).cursor is None
