"""The doctor names what is wrong, why it matters, and the cure."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from groundswell_cli.doctor import diagnose
from groundswell_cli.findings import Finding, Grade, Patient
from groundswell_cli.keys import make_keys
from groundswell_cli.process import ServiceProcess
from groundswell_cli.state import Run, StateFolder
from groundswell_cli.status import present_status
from groundswell_core.embedded import free_port


@pytest.fixture
def state(tmp_path: Path) -> StateFolder:
    state = StateFolder(tmp_path / "state")
    state.prepare()
    make_keys(state)
    return state


def troubles(state: StateFolder, config: Path | None = None, **user: str) -> dict[str, Finding]:
    patient = Patient(
        state=state, user=user, config=config or state.path, status=present_status(state)
    )
    return {one.subject: one for one in diagnose(patient) if one.grade is not Grade.FINE}


def test_a_healthy_installation_has_no_trouble_of_its_own(state: StateFolder) -> None:
    assert "state folder" not in troubles(state)
    assert "MongoDB" not in troubles(state)


def test_a_key_that_others_can_read_is_named_with_its_cure(state: StateFolder) -> None:
    state.key("console").chmod(0o644)
    finding = troubles(state)["state folder"]
    assert finding.grade is Grade.ERROR
    assert finding.cure == f"chmod go-rwx {state.key('console')}"


def test_a_config_file_that_is_no_yaml_is_named_with_its_line(
    state: StateFolder, tmp_path: Path
) -> None:
    file = tmp_path / "sources.yaml"
    file.write_text("sources:\n  - name: [unclosed\n")
    finding = troubles(state, tmp_path)[str(file)]
    assert "line 3" in finding.what


def test_an_own_kafka_that_does_not_answer_is_named(state: StateFolder) -> None:
    address = f"127.0.0.1:{free_port()}"
    finding = troubles(state, GROUNDSWELL_KAFKA__BOOTSTRAP_SERVERS=address)["Kafka"]
    assert address in finding.what
    assert "unset GROUNDSWELL_KAFKA__BOOTSTRAP_SERVERS" in finding.cure


def test_a_process_left_by_a_killed_run_is_named(
    state: StateFolder, tmp_path: Path, standin: Callable[..., ServiceProcess]
) -> None:
    process = standin("collector")
    process.child.pid_file = state.path / "collector.pid"
    process.child.start()
    finding = troubles(state)["collector"]
    assert f"process {process.child.pid} is left" in finding.what


def test_a_port_that_another_program_took_is_named(
    state: StateFolder, standin: Callable[..., ServiceProcess]
) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        state.write_run(Run(pid=1, console="", addresses={}, ports={"console": port}))
        assert f"port {port}" in troubles(state)["console"].what


def test_the_last_error_of_a_stopped_run_is_told(state: StateFolder) -> None:
    state.log("notifier").write_text(
        '{"event":"started","level":"info"}\n'
        '{"event":"stopped by an error","level":"error","error":"no default route; add receiver: to routes.yaml"}\n'
        '{"event":"bye","level":"info"}\n'
    )
    finding = troubles(state)["notifier"]
    assert finding.what == (
        "last error: stopped by an error: no default route; add receiver: to routes.yaml"
    )


def test_an_ailing_process_is_told_with_its_log(state: StateFolder) -> None:
    process = {
        "name": "collector",
        "state": "waiting",
        "restarts": 3,
        "last_error": "",
        "log": str(state.log("collector")),
    }
    state.log("collector").write_text("ValueError: seeded\n")
    state.write_status({"pid": os.getpid(), "processes": [process], "healthy": False})
    with state.hold():
        finding = troubles(state)["collector"]
    assert finding.what == "waiting after 3 restart(s): ValueError: seeded"
    assert finding.cure == f"read {state.log('collector')}"
