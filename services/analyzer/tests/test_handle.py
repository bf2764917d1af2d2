"""Role annotate: what arrives is stored once, in its newest state, and confirmed every time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from groundswell_analyzer.clock import DocumentTime, SystemTime
from groundswell_analyzer.handle import decode
from groundswell_analyzer.revisions import Arrival, arrival, learn
from groundswell_core.analyses import ANALYSES
from groundswell_core.documents import DOCUMENTS, Signals
from groundswell_core.errors import InvalidInput
from groundswell_core.topics import Record

QUAKE = "四川宜宾发生5.0级地震"
NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


class Heard:
    """Keeps what is published, beside publishing it."""

    def __init__(self, publisher) -> None:
        self._publisher = publisher
        self.analyses: list = []

    async def publish(self, analyses) -> None:
        await self._publisher.publish(analyses)
        self.analyses += [ANALYSES.from_bytes(ANALYSES.to_bytes(one)) for one in analyses]


@pytest_asyncio.fixture
async def heard(analyzer):
    analyzer.handler._publisher = Heard(analyzer.handler._publisher)
    return analyzer.handler._publisher.analyses


async def test_an_analysis_is_published_only_after_it_is_stored(analyzer, write, heard):
    await analyzer.annotate(write(QUAKE))
    (stored,) = await analyzer.documents()
    assert heard[0].name == f"analyses/{stored['_id']}"
    assert heard[0].analyze_time is not None
    assert stored["pending"]
    assert stored["expire_time"] > stored["event_time"]


async def test_a_redelivery_changes_nothing_and_is_confirmed_again(analyzer, write, heard):
    document = write(QUAKE)
    await analyzer.annotate(document)
    before = await analyzer.documents()
    await analyzer.annotate(document)
    assert await analyzer.documents() == before
    assert [one.document.revision for one in heard] == [document.revision] * 2


async def test_every_arrival_is_confirmed_with_its_own_revision_and_measures(
    analyzer, write, clock, heard
):
    first = write(QUAKE, key="a", heat=1000.0)
    await clock.move(60)
    second = write(QUAKE, key="a", heat=2000.0)
    await clock.move(60)
    third = write("宜宾地震更正", key="a", heat=3000.0)
    await analyzer.annotate(first, second, third)
    await analyzer.annotate(second)
    told = [
        (one.document.revision, one.document.signals, one.document.collect_time) for one in heard
    ]
    for document in (first, second, third):
        assert (document.revision, document.signals, document.collect_time) in told


async def test_a_revision_resets_the_story_time_and_keeps_the_first_publish_time(
    analyzer, write, clock
):
    await analyzer.send(write(QUAKE, key="a"))
    await clock.move(60)
    await analyzer.annotate(write("宜宾地震更正", key="a"))
    (stored,) = await analyzer.documents()
    assert stored["story_time"] is None
    assert stored["story"]
    assert stored["analysis"]["document"]["publish_time"] == clock.now() - timedelta(minutes=1)


async def test_times_are_kept_on_the_way(analyzer, write):
    await analyzer.send(write(QUAKE))
    (stored,) = await analyzer.documents()
    document = stored["analysis"]["document"]
    times = [
        document["publish_time"],
        document["collect_time"],
        stored["analysis"]["analyze_time"],
        stored["story_time"],
    ]
    assert times == sorted(times)


BAD = {
    "no protobuf": (b"\xff\xff\xff", "document.v1.Document"),
    "no name": (DOCUMENTS.to_bytes(replace(DOCUMENTS.cls(name="x", source="s"))), "documents/<id>"),
    "no revision": (
        DOCUMENTS.to_bytes(DOCUMENTS.cls(name="documents/a", source="sources/s")),
        "no revision",
    ),
}


@pytest.mark.parametrize(("value", "said"), BAD.values(), ids=BAD)
def test_a_record_that_is_no_document_is_refused_with_its_reason(value, said):
    with pytest.raises(InvalidInput, match=said):
        decode(Record("documents", 0, 0, "k", value, {}, NOW))


def known_after(*documents):
    known, kind = None, None
    for document in documents:
        known, kind = learn(known, document, document.collect_time, document.collect_time)
    return known, kind


@pytest.fixture
def told(write):
    """Gives the same document in a state."""

    def make(minute: int, title: str = QUAKE, **signals):
        moment = NOW + timedelta(minutes=minute)
        return write(title, key="a", time=moment, signals=Signals(**signals) if signals else None)

    return make


def test_what_an_arrival_is_depends_on_when_it_was_collected(told):
    known, _ = known_after(told(1, rank=3))
    table = {
        Arrival.DUPLICATE: told(1, rank=3),
        Arrival.OBSERVATION: told(2, rank=1),
        Arrival.REVISION: told(2, "changed", rank=3),
        Arrival.STALE: told(0, "older", rank=3),
    }
    assert {kind: arrival(known, document) for kind, document in table.items()} == {
        kind: kind for kind in table
    }
    assert arrival(None, told(1)) is Arrival.NEW
    assert arrival(known, told(0, rank=9)) is Arrival.DUPLICATE


def test_a_text_that_comes_back_is_one_more_revision_counted_once(told):
    known, _ = known_after(told(0, "a"), told(1, "b"), told(2, "a"), told(3, "b"))
    assert len(known.edits) == 2


def test_observations_are_kept_once_each_and_only_the_newest(told):
    states = [told(minute, rank=minute % 50 + 1) for minute in range(400)]
    known, _ = known_after(*states, *states[-5:])
    assert len(known.observations) == 300
    assert known.observations[-1]["time"] == NOW + timedelta(minutes=399)


def test_live_time_is_the_machines_and_a_document_is_never_ahead_of_its_collection(clock, write):
    events = SystemTime(clock)
    early = write(QUAKE, publish_time=clock.now() - timedelta(hours=5))
    late = write(QUAKE, publish_time=clock.now() + timedelta(hours=5))
    assert events.time_of(early) == early.publish_time
    assert events.time_of(late) == late.collect_time
    assert events.now() == clock.now()


def test_replayed_time_is_the_newest_documents_and_never_moves_back(clock, write):
    events = DocumentTime(clock)
    first = NOW - timedelta(days=200)
    assert events.time_of(write(QUAKE, publish_time=first)) == first
    assert events.now() == first
    events.time_of(write(QUAKE, publish_time=first + timedelta(hours=1)))
    events.time_of(write(QUAKE, publish_time=first - timedelta(hours=1)))
    assert events.now() == first + timedelta(hours=1)


def test_a_wrong_date_in_the_future_does_not_carry_the_replay_away(clock, write):
    events = DocumentTime(clock)
    wrong = write(QUAKE, publish_time=clock.now() + timedelta(days=4000))
    assert events.time_of(wrong) == clock.now()
