"""Examines an installation: its state folder, what runs on it, what its logs say."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from groundswell_cli import logs
from groundswell_cli.findings import Finding, Grade, Patient, fine
from groundswell_cli.keeping import State
from groundswell_core.embedded import is_free
from groundswell_core.embedded.child import read_pid_file
from groundswell_core.errors import GroundswellError, NotFound


def _rights(patient: Patient) -> Iterator[Finding]:
    state = patient.state
    if not state.path.exists():
        yield fine("state folder", f"{state.path} will be made by the first `groundswell up`")
        return
    private = [state.path, state.mongo, state.keys, *state.keys.glob("*"), state.first_password]
    private += [state.mongo / name for name in ("password", "admin-password", "keyfile")]
    open_ones = [path for path in private if path.exists() and _is_open(path)]
    if not open_ones:
        yield fine("state folder", f"{state.path}, private")
        return
    names = " ".join(str(path) for path in open_ones)
    yield Finding(
        grade=Grade.ERROR,
        subject="state folder",
        what=f"others can read: {names}",
        why="keys and passwords in it let whoever reads them act as an administrator",
        cure=f"chmod go-rwx {names}",
    )


def _is_open(path: Path) -> bool:
    return bool(stat.S_IMODE(path.stat().st_mode) & 0o077)


def _left_behind(patient: Patient) -> Iterator[Finding]:
    if patient.runs or not patient.state.path.exists():
        return
    for file in sorted(patient.state.path.glob("**/*.pid")):
        process = read_pid_file(file)
        if process is not None:
            yield Finding(
                grade=Grade.WARNING,
                subject=file.stem,
                what=f"process {process.pid} is left from a run that was killed",
                why="it holds its port and its files",
                cure=f"groundswell up ends it by itself; by hand: kill {process.pid}",
            )


def _ports(patient: Patient) -> Iterator[Finding]:
    if patient.runs:
        return
    try:
        ports = patient.state.read_run().ports
    except NotFound:
        return
    except GroundswellError as error:
        yield Finding(
            grade=Grade.WARNING,
            subject="run.json",
            what=error.message,
            why="the ports of the last run are forgotten",
            cure=f"rm {patient.state.run_file}",
        )
        return
    for purpose, port in ports.items():
        if not is_free(port):
            yield Finding(
                grade=Grade.WARNING,
                subject=purpose,
                what=f"another program listens on port {port}",
                why="the next run takes another port, so bookmarks of the console may not work",
                cure=f"find it with: ss -ltnp 'sport = :{port}'",
            )


def _running(patient: Patient) -> Iterator[Finding]:
    if not patient.runs:
        yield fine("suite", "does not run; start it with `groundswell up`")
        return
    for process in patient.status["processes"]:
        if process["state"] == State.READY:
            yield fine(process["name"], f"ready, port {process['port']}")
        else:
            yield _ailing(process)


def _ailing(process: Mapping[str, Any]) -> Finding:
    log = Path(process["log"])
    error = process["last_error"] or logs.last_error(log) or logs.last_line(log) or "nothing logged"
    return Finding(
        grade=Grade.ERROR,
        subject=process["name"],
        what=f"{process['state']} after {process['restarts']} restart(s): {error}",
        why="the supervisor starts it again, waiting longer each time; until then its part stands still",
        cure=f"read {log}",
    )


def _last_errors(patient: Patient) -> Iterator[Finding]:
    if patient.runs:
        return
    for log in sorted(patient.state.logs.glob("*.log")):
        if error := logs.last_error(log):
            yield Finding(
                grade=Grade.WARNING,
                subject=log.stem,
                what=f"last error: {error}",
                why="it may be why the last run ended",
                cure=f"read {log}",
            )


INSTALLATION_CHECKS = (_rights, _left_behind, _ports, _running, _last_errors)
