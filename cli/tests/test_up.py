"""`groundswell up` whole: real mongod, real broker, a stand-in for each service."""

from __future__ import annotations

import asyncio
import json
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import psutil
import pytest
from pymongo import MongoClient

Start = Callable[..., Any]
pytestmark = pytest.mark.timeout(120)


def is_gone(pid: int) -> bool:
    """Tells whether a process has ended; one that nobody has reaped yet has ended too."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def groundswell(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "groundswell_cli", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def secrets_of(run: Any) -> list[str]:
    files = [run.state.mongo / name for name in ("password", "admin-password", "keyfile")]
    keys = [json.loads(file.read_text())["d"] for file in run.state.keys.glob("*.jwk")]
    return [file.read_text().strip() for file in files] + keys


def test_a_run_reaches_all_healthy_and_shows_the_first_password_once(run_suite: Start) -> None:
    run = run_suite()
    run.read_until("all healthy; console: http://127.0.0.1:")
    assert "once-only-4711" in run.read_until("first sign-in")
    assert run.end() == 0
    again = run_suite()
    again.read_until("all healthy")
    assert run.end() == 0


def test_no_secret_is_on_a_command_line_or_in_a_log(run_suite: Start) -> None:
    run = run_suite()
    run.read_until("all healthy")
    lines = [" ".join(psutil.Process(pid).cmdline()) for pid in run.pids().values()]
    run.end()
    seen = "\n".join([*lines, *run.lines, *(log.read_text() for log in run.state.logs.iterdir())])
    assert [secret for secret in secrets_of(run) if secret in seen] == []
    assert "passw" not in "\n".join(lines)


def test_every_file_with_a_secret_is_private(run_suite: Start) -> None:
    run = run_suite()
    run.read_until("all healthy")
    run.end()
    files = [
        path for path in run.state.path.rglob("*") if path.is_file() and "data" not in path.parts
    ]
    held = [path for path in files if any(secret in path.read_text() for secret in secrets_of(run))]
    assert len(held) >= 10
    assert {stat.S_IMODE(path.stat().st_mode) for path in held} == {0o600}


def test_nothing_is_left_when_the_supervisor_is_killed(run_suite: Start, eventually) -> None:
    run = run_suite()
    run.read_until("all healthy")
    pids = run.pids()
    assert len(pids) == 8
    assert run.end(signal.SIGKILL) == -signal.SIGKILL
    asyncio.run(eventually(lambda: all(is_gone(pid) for pid in pids.values())))


def test_a_killed_run_resumes_with_its_data_and_ports(run_suite: Start) -> None:
    run = run_suite()
    run.read_until("all healthy")
    before = run.state.read_run()
    password = (run.state.mongo / "password").read_text().strip()
    url = f"mongodb://groundswell:{password}@127.0.0.1:{before.ports['mongod']}/?authSource=admin"
    with MongoClient(url) as client:
        client.groundswell.notes.insert_one({"_id": 1})
    run.end(signal.SIGKILL)
    again = run_suite()
    again.read_until("all healthy")
    assert again.state.read_run().ports == before.ports
    with MongoClient(url) as client:
        assert client.groundswell.notes.count_documents({}) == 1
    again.end()


def test_a_second_start_on_the_folder_is_refused_and_harms_nothing(run_suite: Start) -> None:
    run = run_suite()
    run.read_until("all healthy")
    second = groundswell("up", "--state", str(run.state.path), "--no-live")
    assert second.returncode == 1
    assert f"already runs on {run.state.path} (process {run.process.pid})" in second.stderr
    assert groundswell("status", "--state", str(run.state.path)).returncode == 0


def test_a_crashed_service_comes_back_and_the_others_go_on(run_suite: Start, eventually) -> None:
    run = run_suite()
    run.read_until("all healthy")
    before = run.pids()
    psutil.Process(before["notifier"]).kill()
    run.read_until("notifier ended by signal 9, again in 1 s")
    run.read_until("notifier ready")
    asyncio.run(eventually(lambda: run.pids()["notifier"] != before["notifier"]))
    after = run.pids()
    assert {name for name in before if before[name] != after[name]} == {"notifier"}


def test_a_killed_mongod_and_broker_come_back_on_their_ports(run_suite: Start) -> None:
    run = run_suite()
    run.read_until("all healthy")
    before = run.state.read_run()
    for name in ("mongod", "broker"):
        psutil.Process(before.pids[name]).kill()
        run.read_until(f"{name} ended by signal 9")
        run.read_until(f"{name} ready")
    assert run.state.read_run().ports == before.ports


def test_status_tells_processes_and_figures_to_people_and_to_scripts(
    run_suite: Start, eventually
) -> None:
    run = run_suite()
    run.read_until("all healthy")
    folder = str(run.state.path)
    shown: dict[str, object] = {}

    def is_healthy() -> bool:
        shown.update(json.loads(groundswell("status", "--state", folder, "--json").stdout))
        return bool(shown["healthy"])

    asyncio.run(eventually(is_healthy))
    assert len(shown["processes"]) == 8
    assert {process["state"] for process in shown["processes"]} == {"ready"}
    assert all(process["memory"] > 1 << 20 for process in shown["processes"])
    table = groundswell("status", "--state", folder).stdout
    assert "analyzer-stories" in table
    assert "documents/s" in table
    doctor = groundswell("doctor", "--state", folder)
    assert "mongod: ready" in doctor.stdout


def test_down_stops_all_in_reverse_order(run_suite: Start) -> None:
    run = run_suite()
    run.read_until("all healthy")
    pids = run.pids()
    done = groundswell("down", "--state", str(run.state.path))
    assert (done.returncode, done.stdout) == (0, "stopped\n")
    assert run.process.wait(10) == 0
    run.end()
    stopped = [line.split()[1] for line in run.lines if line.endswith("stopped")]
    assert stopped == [
        "console",
        "coordinator",
        "notifier",
        "analyzer-stories",
        "analyzer-annotate",
        "collector",
        "broker",
        "mongod",
    ]
    assert all(is_gone(pid) for pid in pids.values())
    assert groundswell("down", "--state", str(run.state.path)).stdout.startswith("nothing runs on")
    assert groundswell("status", "--state", str(run.state.path)).returncode == 3


def test_servers_of_the_users_own_are_used_instead_of_embedded_ones(
    run_suite: Start, mongo, kafka
) -> None:
    run = run_suite(
        GROUNDSWELL_MONGO__URL=mongo.url.get_secret_value(),
        GROUNDSWELL_KAFKA__BOOTSTRAP_SERVERS=kafka.bootstrap_servers,
    )
    run.read_until("all healthy")
    assert not run.state.mongo.exists()
    assert not run.state.broker.exists()
    assert mongo.url.get_secret_value() not in "\n".join(run.lines)


def test_bad_settings_are_named_and_nothing_starts(run_suite: Start) -> None:
    run = run_suite(GROUNDSWELL_SUPERVISOR__BROKER_MEMORY="plenty")
    run.read_until("GROUNDSWELL_SUPERVISOR__BROKER_MEMORY")
    assert run.process.wait(10) == 1
    assert not run.state.mongo.exists()
