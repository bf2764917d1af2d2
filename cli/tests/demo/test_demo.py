"""`groundswell demo`: its folder, and the whole of it as a user runs it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from groundswell_cli.demo.folder import fresh_folder, webhook_secret, write_config
from groundswell_core.errors import FailedPrecondition, InvalidInput

ROOT = Path(__file__).parents[3]
DEMO = [sys.executable, "-m", "groundswell_cli", "demo"]


def test_a_demo_begins_anew_in_the_folder_of_the_last_one(tmp_path: Path) -> None:
    folder = fresh_folder(tmp_path / "demo")
    (folder.path / "left").touch()
    fresh_folder(tmp_path / "demo")
    assert not (folder.path / "left").exists()


def test_a_folder_that_is_no_demo_is_never_emptied(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    with pytest.raises(FailedPrecondition, match="name another folder"):
        fresh_folder(tmp_path)
    assert (tmp_path / "data").exists()


def test_a_demo_that_runs_is_not_disturbed(tmp_path: Path) -> None:
    folder = fresh_folder(tmp_path / "demo")
    with folder.hold(), pytest.raises(FailedPrecondition, match="runs on"):
        fresh_folder(tmp_path / "demo")


def test_addresses_are_written_into_the_config_and_the_secret_is_not(tmp_path: Path) -> None:
    folder = fresh_folder(tmp_path / "demo")
    made = write_config(folder, ROOT / "config" / "demo", "http://127.0.0.1:1")
    assert "url: http://127.0.0.1:1/boards/hot.json" in (made / "sources.yaml").read_text()
    routes = (made / "routes.yaml").read_text()
    secret = webhook_secret(folder)
    assert str(secret) in routes
    assert secret.read_text() not in routes
    assert secret.stat().st_mode & 0o777 == 0o600


def test_a_config_folder_without_files_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="--config"):
        write_config(fresh_folder(tmp_path / "demo"), tmp_path / "none", "http://127.0.0.1:1")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--config", "nowhere"], "name its folder config/demo with --config"),
        (["--data", "nowhere.parquet"], "cannot be read"),
        (["--data", "nowhere.parquet", "--start", "noon"], "write it like 2025-03-28T14:00"),
    ],
    ids=["config", "data", "start"],
)
def test_bad_options_are_named_with_their_cure(
    tmp_path: Path, arguments: list[str], complaint: str
) -> None:
    done = subprocess.run(
        [*DEMO, *arguments, "--state", str(tmp_path / "demo")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "demo").exists()


@pytest.mark.slow
def test_written_hours_reach_watch_and_webhook_within_two_minutes(tmp_path: Path) -> None:
    command = [*DEMO, "--scenario", "--for", "100"]
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    process = subprocess.Popen(
        [*command, "--state", str(tmp_path / "demo"), "--speed", "120"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        out = _read_until(process, "webhook ")
        watched = _watch_one(tmp_path / "demo")
        # Enough was seen: Ctrl-C stops all in order, and the measures are told.
        process.send_signal(signal.SIGINT)
        out += process.communicate(timeout=100)[0]
    finally:
        process.kill()
    assert process.returncode == 0, out
    assert re.search(r"grade +none → \S+ \S+  清河", out), out
    assert re.search(r"alert +\S+ \S+ firing  清河", out), out
    assert re.search(rf"webhook .*{watched}", out), (watched, out)
    assert not re.search(r"sink have: 0$", out, re.MULTILINE), out


def _watch_one(state: Path) -> str:
    """Returns the short id of the first alert that a watcher of its own sees."""
    command = ["alerts", "watch", "--count", "1", "--json", "--state", str(state)]
    done = subprocess.run(
        [sys.executable, "-m", "groundswell_cli", *command],
        capture_output=True,
        check=True,
        timeout=60,
    )
    return str(json.loads(done.stdout)["name"]).removeprefix("alerts/")[:10]


def _read_until(process: subprocess.Popen[str], text: str) -> str:
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if text in line:
            break
    return "".join(lines)
