"""Worker processes: the same answers, and no document takes the service down."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE

import psutil
import pytest
import pytest_asyncio

from groundswell_analyzer.annotate import Annotator, annotate
from groundswell_analyzer.annotate.worker import Limits
from groundswell_analyzer.query import CompiledQueries
from groundswell_core.analyses import ANALYSES
from groundswell_core.documents import DOCUMENTS, Document
from groundswell_core.errors import InvalidInput, Unavailable
from groundswell_core.monitors import Monitor
from groundswell_core.testing.clock import FakeClock

LIMITS = Limits(batch_timeout=3.0, document_timeout=2.0)
MONITORS = [Monitor(name="monitors/quake", query="地震 OR earthquake")]
KILLER = """
import os, signal
from groundswell_analyzer.annotate import Stage
from groundswell_core.sources import hookimpl

def kill(drafts, tools):
    for draft in drafts:
        match draft.document.title:
            case "hang":
                while True:
                    pass
            case "die":
                os.kill(os.getpid(), signal.SIGKILL)
            case "raise":
                raise ValueError("what a text")
            case "eat":
                bytearray(10**12)
    return drafts

@hookimpl
def groundswell_stages():
    return [Stage(name="killer", run=kill, summary="does what the title says")]
"""
PARENT = """
import asyncio
from groundswell_analyzer.annotate import Annotator
from groundswell_core.clock import SystemClock

async def main():
    async with Annotator(clock=SystemClock()) as annotator:
        print(*annotator.pids, flush=True)
        await asyncio.Event().wait()

if __name__ == "__main__":
    asyncio.run(main())
"""


def document(number, title):
    return Document(name=f"documents/{number}", source="sources/s", title=title, text="地震救援")


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def clock():
    return FakeClock()


# One for many tests: a process needs some seconds to load its tables.
@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def annotator(clock):
    async with Annotator(clock=clock, workers=2, limits=LIMITS) as annotator:
        yield annotator


async def test_workers_answer_as_the_function_does_in_order(annotator, clock):
    annotator.use(MONITORS)
    documents = [document(number, f"第{number}次地震") for number in range(70)]
    answers = await annotator.annotate(documents)
    assert answers == annotate(documents, CompiledQueries(MONITORS), clock.now())
    assert answers[0].monitors == ("monitors/quake",)
    assert answers[0].analyze_time == clock.now()


async def test_no_documents_are_no_work(annotator):
    assert await annotator.annotate([]) == []


async def test_monitors_change_from_one_batch_to_the_next(annotator):
    annotator.use(MONITORS)
    [before] = await annotator.annotate([document(1, "a flood")])
    annotator.use([Monitor(name="monitors/flood", query="flood")])
    [after] = await annotator.annotate([document(1, "a flood")])
    assert (before.monitors, after.monitors) == (("monitors/quake",), ("monitors/flood",))


async def test_bytes_that_are_no_document_harm_no_other(annotator):
    good = DOCUMENTS.to_bytes(document(1, "地震"))
    one, bad, two = await annotator.answers([good, b"\xff\xff", good])
    assert ANALYSES.from_bytes(one) == ANALYSES.from_bytes(two)
    assert isinstance(bad, InvalidInput)
    assert bad.reason == "NOT_DECODABLE"


async def test_an_idle_worker_that_is_killed_is_replaced(annotator, eventually):
    for pid in annotator.pids:
        os.kill(pid, signal.SIGKILL)
    await eventually(lambda: not any(map(is_alive, annotator.pids)))
    [analysis] = await annotator.annotate([document(1, "地震")])
    assert analysis.language == "zh"


@pytest.mark.timeout(300)
async def test_a_killer_document_is_found_and_every_other_is_analysed(install, clock):
    install("stage-killer", KILLER)
    titles = ["good", "hang", "die", "raise", "eat", "fine"]
    async with Annotator(clock=clock, limits=LIMITS, plugins=["stage-killer"]) as annotator:
        documents = [document(number, title) for number, title in enumerate(titles)]
        answers = await annotator.answers([DOCUMENTS.to_bytes(one) for one in documents])
        found = {
            title: answer.reason if isinstance(answer, InvalidInput) else "analysed"
            for title, answer in zip(titles, answers, strict=True)
        }
        assert found == {
            "good": "analysed",
            "hang": "KILLER_TOO_SLOW",
            "die": "KILLER_DIED",
            "raise": "KILLER_RAISED",
            "eat": "KILLER_RAISED",
            "fine": "analysed",
        }
        with pytest.raises(InvalidInput, match=r"documents/3: .* cannot be analysed: ValueError"):
            await annotator.annotate([documents[0], documents[3]])
        assert len(await annotator.annotate([documents[0], documents[5]])) == 2


async def test_a_cancelled_batch_leaves_a_worker_that_works(install, clock):
    install("stage-killer", KILLER)
    limits = Limits(batch_timeout=60.0)
    async with Annotator(clock=clock, limits=limits, plugins=["stage-killer"]) as annotator:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await annotator.annotate([document(1, "hang")])
        assert len(await annotator.annotate([document(2, "good")])) == 1


async def test_a_worker_that_cannot_start_in_time_is_a_bad_moment(clock):
    with pytest.raises(Unavailable, match="no worker process starts"):
        async with Annotator(clock=clock, limits=Limits(start_timeout=0.001)):
            pass


async def test_a_missing_plugin_is_named_before_any_process_starts(clock):
    with pytest.raises(InvalidInput, match="stages-none"):
        async with Annotator(clock=clock, plugins=["stages-none"]):
            pass


async def test_the_end_leaves_no_process(clock):
    async with Annotator(clock=clock) as annotator:
        [pid] = annotator.pids
        assert is_alive(pid)
    assert not is_alive(pid)


async def test_workers_die_with_a_parent_that_was_killed(tmp_path, eventually):
    program = tmp_path / "parent.py"
    program.write_text(PARENT)
    parent = await asyncio.create_subprocess_exec(sys.executable, program, stdout=PIPE)
    pid = int(await parent.stdout.readline())
    parent.kill()
    await parent.wait()
    await eventually(lambda: not is_alive(pid))


def is_alive(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
