"""The dry run shows what would be collected, and stores nothing."""

from datetime import UTC, datetime

import pytest

from groundswell.source.v1 import source_service_pb2
from groundswell_core.errors import Unavailable
from groundswell_core.tokens import Role

pb = source_service_pb2
NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


async def test_a_dry_run_shows_what_would_be_collected_and_stores_nothing(
    call_as, script, make_batch, make_document, stores, database, message
):
    hostile = make_document("h", text="mail a@b.example", labels={"author": "X"})
    many = [f"d{number}" for number in range(30)]
    script.yields("sources/one", [make_batch("1", hostile, *many), make_batch("2", "never")])
    answer = await call_as(Role.ANALYST).CheckSource(pb.CheckSourceRequest(source=message()))
    assert (len(answer.documents), answer.document_count, answer.error) == (20, 31, "")
    assert answer.documents[0].text == "mail [email]"
    assert script.opened == script.closed == 1
    for name in ("sources", "inbox", "cursors", "source_health", "source_counts"):
        assert await database.collection(name).count({}) == 0


@pytest.mark.parametrize(
    ("reading", "words"),
    [
        (Unavailable("no route to host"), "no route to host"),
        (RuntimeError("boom"), "RuntimeError: boom"),
        (["nonsense"], "must yield Batch"),
    ],
    ids=["unreachable", "a bug", "nonsense"],
)
async def test_a_dry_run_that_fails_answers_why(call_as, script, reading, words, message):
    script.yields("sources/one", reading)
    answer = await call_as().CheckSource(pb.CheckSourceRequest(source=message()))
    assert words in answer.error
    assert answer.document_count == 0


async def test_a_dry_run_tells_what_is_wrong_with_single_documents(
    call_as, script, make_batch, message
):
    script.yields("sources/one", [make_batch("1", "good", invalid=["entry 2 has no id"])])
    answer = await call_as().CheckSource(pb.CheckSourceRequest(source=message()))
    assert (len(answer.documents), answer.document_count) == (1, 2)
    assert answer.error == "entry 2 has no id"


async def test_a_dry_run_ends_before_its_caller_loses_patience(
    call_as, script, make_batch, clock, message
):
    async def slow():
        yield make_batch("1", "first")
        await clock.sleep(10_000)

    script.yields("sources/one", slow)
    answer = await call_as().CheckSource(pb.CheckSourceRequest(source=message()), timeout=1.0)
    assert answer.document_count == 1
    assert "did not end within" in answer.error
    assert script.closed == 1
