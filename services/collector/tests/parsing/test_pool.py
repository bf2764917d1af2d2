"""The parsing child is killed by its limits, and nobody but its own source notices."""

import asyncio
import os
import textwrap
from pathlib import Path

import pytest

from groundswell_collector.parsing.pool import open_parsers
from groundswell_collector.parsing.settings import ParsingSettings
from groundswell_core.errors import InvalidInput

KILLERS = """
import ctypes, os, signal, sys, time

def echo(body, options):
    return {"size": len(body), "options": options, "pid": os.getpid()}

def endless(body, options):
    while True:
        pass

def wait(body, options):
    time.sleep(60)

def hungry(body, options):
    return len(b"x" * (1 << 30))

def greedy(body, options):
    kept = []
    while True:
        kept.append(bytearray(1 << 20))

def deep(body, options):
    return deep(body, options)

def nested(body, options):
    value = []
    for _ in range(100_000):
        value = [value]
    return value

def crash(body, options):
    ctypes.string_at(0)

def leave(body, options):
    os._exit(3)

def talk(body, options):
    print("x" * 100_000)
    sys.stdout.flush()
    os.write(1, b"not a frame")
    return "said"

def large(body, options):
    return "x" * (1 << 20)

def surrogate(body, options):
    return "a\\ud800b\\U0001f30a"

def nan(body, options):
    return float("nan")

def environment(body, options):
    return sorted(os.environ)

def dial(body, options):
    import socket
    socket.create_connection(("127.0.0.1", 9), timeout=1)

def spawn(body, options):
    import subprocess
    subprocess.run(["true"])

def write(body, options):
    with open(options["path"], "wb") as file:
        file.write(b"x" * 10)
        file.flush()

def strike(body, options):
    os.kill(os.getppid(), signal.SIGTERM)

def refuse(body, options):
    from groundswell_core.errors import InvalidInput
    raise InvalidInput("the board has no items; check its path")
"""

LIMITS = ParsingSettings(
    cpu=1.0, timeout=4.0, maximum_memory=256 * 1024 * 1024, maximum_answer=100_000
)


@pytest.fixture
def package(tmp_path, monkeypatch):
    (tmp_path / "killers.py").write_text(textwrap.dedent(KILLERS))
    monkeypatch.syspath_prepend(tmp_path)
    return "killers"


@pytest.fixture
async def pool(package):
    async with open_parsers(LIMITS, [package]) as pool:
        yield pool


async def test_a_function_gets_its_body_and_options_and_its_answer_comes_back(pool):
    answer = await pool.run("killers:echo", b"\x00\xff" * 1_000_000, {"a": ["水", 1]})
    assert answer["size"] == 2_000_000
    assert answer["options"] == {"a": ["水", 1]}


@pytest.mark.parametrize(
    ("function", "reason", "words"),
    [
        ("endless", "PARSE_CPU", "1 s of CPU"),
        ("hungry", "PARSE_MEMORY", "256 MiB"),
        ("greedy", "PARSE_MEMORY", "256 MiB"),
        ("deep", "PARSE_FAILED", "RecursionError"),
        ("nested", "PARSE_FAILED", "RecursionError"),
        ("crash", "PARSE_CRASH", "SIGSEGV"),
        ("leave", "PARSE_CRASH", "exit code 3"),
        ("large", "PARSE_ANSWER", "100000 bytes"),
        ("nan", "PARSE_FAILED", "ValueError"),
        ("dial", "PARSE_FAILED", "must not use socket"),
        ("spawn", "PARSE_FAILED", "must not use subprocess.Popen"),
        ("strike", "PARSE_FAILED", "must not use os.kill"),
        ("missing", "PARSE_FAILED", "AttributeError"),
        ("refuse", "PARSE_REFUSED", "the board has no items; check its path"),
    ],
)
async def test_a_killer_is_named_and_the_next_job_runs(pool, function, reason, words):
    with pytest.raises(InvalidInput, match=words) as caught:
        await pool.run(f"killers:{function}", b"", {})
    assert caught.value.reason == reason
    assert (await pool.run("killers:echo", b"next", {}))["size"] == 4


async def test_a_sleeping_parser_is_cut_off_by_the_wall_clock(package):
    limits = ParsingSettings(cpu=5.0, timeout=0.3)
    async with open_parsers(limits, [package]) as pool:
        with pytest.raises(InvalidInput, match=r"longer than 0\.3 s") as caught:
            await pool.run("killers:wait", b"", {})
        assert caught.value.reason == "PARSE_TIMEOUT"
        assert (await pool.run("killers:echo", b"next", {}))["size"] == 4


async def test_nothing_can_be_written_to_a_file(pool, tmp_path):
    with pytest.raises(InvalidInput, match="OSError"):
        await pool.run("killers:write", b"", {"path": str(tmp_path / "out")})


async def test_a_parser_that_prints_does_not_disturb_the_protocol(pool):
    assert await pool.run("killers:talk", b"", {}) == "said"


async def test_lone_surrogates_do_not_leave_the_child(pool):
    assert await pool.run("killers:surrogate", b"", {}) == "a?b🌊"


async def test_a_child_sees_none_of_our_environment(pool, monkeypatch):
    monkeypatch.setenv("GROUNDSWELL_MONGO__URL", "mongodb://user:secret@host")
    names = await pool.run("killers:environment", b"", {})
    assert [name for name in names if name.startswith("GROUNDSWELL")] == []
    assert "PATH" not in names


@pytest.mark.parametrize("function", ["os:getcwd", "killers", "killers:", "killersx:echo", ""])
async def test_only_functions_of_allowed_packages_run(pool, function):
    with pytest.raises(InvalidInput, match="may not be run") as caught:
        await pool.run(function, b"", {})
    assert caught.value.reason == "PARSER_FORBIDDEN"


async def test_a_killed_child_is_replaced_and_a_healthy_one_is_kept(pool):
    first = (await pool.run("killers:echo", b"", {}))["pid"]
    assert (await pool.run("killers:echo", b"", {}))["pid"] == first
    with pytest.raises(InvalidInput):
        await pool.run("killers:endless", b"", {})
    assert (await pool.run("killers:echo", b"", {}))["pid"] != first
    assert not Path(f"/proc/{first}").exists()


async def test_jobs_run_at_once_and_never_in_more_children_than_allowed(pool):
    answers = await asyncio.gather(*(pool.run("killers:echo", b"x" * n, {}) for n in range(20)))
    assert [answer["size"] for answer in answers] == list(range(20))
    assert len({answer["pid"] for answer in answers}) <= LIMITS.children


async def test_a_killer_does_not_disturb_jobs_beside_it(pool):
    killer = asyncio.create_task(pool.run("killers:endless", b"", {}))
    answers = [await pool.run("killers:echo", b"x", {}) for _ in range(20)]
    assert len(answers) == 20
    with pytest.raises(InvalidInput):
        await killer


async def test_a_cancelled_job_leaves_no_busy_child_behind(pool, eventually_gone):
    pid = (await pool.run("killers:echo", b"", {}))["pid"]
    job = asyncio.create_task(pool.run("killers:wait", b"", {}))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    await eventually_gone(pid)


async def test_a_child_is_replaced_after_its_number_of_jobs(package):
    async with open_parsers(ParsingSettings(children=1, jobs=2), [package]) as pool:
        pids = [(await pool.run("killers:echo", b"", {}))["pid"] for _ in range(4)]
    assert pids[0] == pids[1] != pids[2] == pids[3]


async def test_no_child_outlives_the_pool(package, eventually_gone):
    async with open_parsers(LIMITS, [package]) as pool:
        pid = (await pool.run("killers:echo", b"", {}))["pid"]
    await eventually_gone(pid)


PARENT = """
import asyncio, sys
sys.path.insert(0, sys.argv[1])
from groundswell_collector.parsing.pool import open_parsers
from groundswell_collector.parsing.settings import ParsingSettings

async def main():
    async with open_parsers(ParsingSettings(cpu=60, timeout=60), ["killers"]) as pool:
        print((await pool.run("killers:echo", b"", {}))["pid"], flush=True)
        await pool.run("killers:endless", b"", {})

asyncio.run(main())
"""


async def test_a_busy_child_dies_with_a_killed_parent(package, tmp_path, eventually_gone):
    parent = await asyncio.create_subprocess_exec(
        os.sys.executable, "-c", PARENT, str(tmp_path), stdout=asyncio.subprocess.PIPE
    )
    pid = int(await parent.stdout.readline())
    parent.kill()
    await parent.wait()
    await eventually_gone(pid)
