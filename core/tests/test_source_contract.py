"""The contract kit passes a right source and fails each of six hand-made faults."""

import itertools
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import BaseModel

from groundswell_core.sources import Batch, Document, SourceConfig, SourceSpec
from groundswell_core.testing.source_contract import SourceContract

START = datetime(2026, 1, 1, tzinfo=UTC)
# (id, minutes after the start): c and d share their time, on two sides of a batch border.
RECORDED = [("a", 0), ("b", 1), ("c", 2), ("d", 2), ("e", 3)]


class Config(SourceConfig):
    """Nothing to configure but the size of a batch."""

    size: int = 1


class LaxConfig(BaseModel):
    """Takes any key."""

    size: int = 1


class RightSource:
    """Its cursor is the number of documents read."""

    def __init__(self, config, host):
        self.size = config.size
        self.recorded = RECORDED

    def start(self, cursor):
        return int(cursor or 0)

    def id_of(self, key):
        return key

    def cursor_after(self, position):
        return str(position)

    async def read(self, cursor):
        for start in range(self.start(cursor), len(self.recorded), self.size):
            part = self.recorded[start : start + self.size]
            yield Batch(
                documents=tuple(self.document(key, minutes) for key, minutes in part),
                cursor=self.cursor_after(start + len(part)),
            )

    def document(self, key, minutes):
        return Document(
            id=self.id_of(key),
            url="",
            title=f"title {key}",
            text="",
            publish_time=START + timedelta(minutes=minutes),
        )


class InclusiveCursor(RightSource):
    def start(self, cursor):
        return max(0, int(cursor or 0) - 1)


class LostResume(RightSource):
    def start(self, cursor):
        return int(cursor) + 1 if cursor else 0


class TimeOnlyCursor(RightSource):
    """Resumes after the time of the last document: its twin of equal time is lost."""

    def cursor_after(self, position):
        return str(self.recorded[position - 1][1])

    def start(self, cursor):
        return sum(minutes <= int(cursor) for _, minutes in self.recorded) if cursor else 0


class UnstableIds(RightSource):
    numbers = itertools.count()

    def id_of(self, key):
        return f"{key}{next(self.numbers)}"


class DuplicateIds(RightSource):
    def id_of(self, key):
        return "d" if key == "c" else key


class Unsorted(RightSource):
    def __init__(self, config, host):
        super().__init__(config, host)
        self.recorded = RECORDED[::-1]


class NaiveTimes(RightSource):
    def document(self, key, minutes):
        return Document(id=key, url="", title=key, text="", publish_time=datetime(2026, 1, 1))  # noqa: DTZ001


class ConstantCursor(RightSource):
    def cursor_after(self, position):
        return "0"


def spec_of(source, config=Config):
    @asynccontextmanager
    async def opened(config, host):
        yield source(config, host)

    return SourceSpec(kind="recorded", config=config, open=opened, summary="A recorded source.")


class TestRightSource(SourceContract):
    @pytest.fixture
    def spec(self):
        return spec_of(RightSource)

    @pytest.fixture(params=[1, 2, 4])
    def config(self, request):
        return {"size": request.param}


TESTS = [name for name in vars(SourceContract) if name.startswith("test_")]

FAULTS = {
    "inclusive cursor": (spec_of(InclusiveCursor), "repeats_nothing"),
    "lost resume": (spec_of(LostResume), "loses_nothing"),
    "time-only cursor": (spec_of(TimeOnlyCursor), "loses_nothing"),
    "unstable ids": (spec_of(UnstableIds), "same_ids"),
    "duplicate ids": (spec_of(DuplicateIds), "unique"),
    "unsorted": (spec_of(Unsorted), "oldest_first"),
    "naive times": (spec_of(NaiveTimes), "aware"),
    "constant cursor": (spec_of(ConstantCursor), "repeats_nothing"),
    "lax config": (spec_of(RightSource, LaxConfig), "refused"),
}


def test_the_kit_has_seven_tests():
    assert len(TESTS) == 7


@pytest.mark.parametrize(("spec", "test"), FAULTS.values(), ids=FAULTS.keys())
async def test_a_fault_fails_the_test_that_is_about_it(spec, test):
    [name] = [name for name in TESTS if test in name]
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        await getattr(SourceContract(), name)(spec, {})


async def test_data_that_proves_nothing_is_refused():
    with pytest.raises(AssertionError, match="one batch"):
        await SourceContract().test_resuming_from_any_cursor_loses_nothing(
            spec_of(RightSource), {"size": 9}
        )
