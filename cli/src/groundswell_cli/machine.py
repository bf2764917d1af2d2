"""Examines the machine: programs, servers of the user's own, disk, memory, config files."""

from __future__ import annotations

import importlib.util
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import yaml

from groundswell_cli import environment
from groundswell_cli.findings import Finding, Grade, Patient, fine
from groundswell_cli.services import SERVICES
from groundswell_core.embedded.programs import find_broker, find_mongod
from groundswell_core.errors import FailedPrecondition

_GIGABYTE = 1 << 30


def _python(_: Patient) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield fine("Python", version)


def _modules(_: Patient) -> Iterator[Finding]:
    wanted = sorted({spec.module for spec in SERVICES})
    missing = [name for name in wanted if importlib.util.find_spec(f"{name}.__main__") is None]
    if not missing:
        yield fine("services", "all installed")
        return
    yield Finding(
        grade=Grade.ERROR,
        subject="services",
        what=f"not installed: {', '.join(missing)}",
        why="what is not installed cannot be started",
        cure="make setup",
    )


def _programs(patient: Patient) -> Iterator[Finding]:
    for variable, find, what in (
        (environment.MONGO, find_mongod, "MongoDB"),
        (environment.KAFKA, find_broker, "broker"),
    ):
        if environment.names(patient.user, variable):
            yield fine(what, f"yours, from {variable}")
            continue
        yield _program(what, find)


def _program(what: str, find: Callable[[], Path]) -> Finding:
    try:
        return fine(what, f"embedded, {find().name} can run here")
    except FailedPrecondition as error:
        first, _, cure = error.message.partition("\n")
        why = f"without it the embedded {what} cannot start"
        return Finding(grade=Grade.ERROR, subject=what, what=first, why=why, cure=cure.strip())


def _own_kafka(patient: Patient) -> Iterator[Finding]:
    for address in patient.user.get(environment.KAFKA, "").split(","):
        host, _, port = address.strip().rpartition(":")
        if host and port.isdigit() and not _answers(host, int(port)):
            yield Finding(
                grade=Grade.ERROR,
                subject="Kafka",
                what=f"{address} does not take connections",
                why="no document reaches the analyzer without Kafka; collected ones wait in MongoDB",
                cure=f"start it, or unset {environment.KAFKA} to use the embedded broker",
            )


def _disk(patient: Patient) -> Iterator[Finding]:
    folder = patient.state.path
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if free >= 2 * _GIGABYTE:
        yield fine("disk", f"{free // _GIGABYTE} GiB free")
        return
    yield Finding(
        grade=Grade.ERROR if free < _GIGABYTE // 2 else Grade.WARNING,
        subject="disk",
        what=f"only {free >> 20} MiB are free under {patient.state.path}",
        why="MongoDB stops taking writes when the disk is full; collecting then stands still",
        cure="free some space, or move: groundswell up --state FOLDER_ON_A_LARGER_DISK",
    )


def _memory(_: Patient) -> Iterator[Finding]:
    available = psutil.virtual_memory().available
    if available >= 1.5 * _GIGABYTE:
        yield fine("memory", f"{available >> 20} MiB available")
        return
    yield Finding(
        grade=Grade.WARNING,
        subject="memory",
        what=f"only {available >> 20} MiB are available",
        why="the suite needs about 1.5 GiB; with less the system may kill its processes",
        cure="close other programs, or lower GROUNDSWELL_SUPERVISOR__BROKER_MEMORY and __MONGO_CACHE",
    )


def _config(patient: Patient) -> Iterator[Finding]:
    files = {name for spec in SERVICES for name in spec.config.values()}
    for file in sorted(patient.config / name for name in files):
        if not file.is_file():
            continue
        try:
            yaml.safe_load(file.read_text(encoding="utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            yield Finding(
                grade=Grade.ERROR,
                subject=str(file),
                what=f"is no YAML: {' '.join(str(error).split())}",
                why="its service keeps the last good version, or does not start",
                cure="correct the line that is named",
            )
        else:
            yield fine(str(file), "reads well")


def _answers(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=2.0).close()
    except OSError:
        return False
    return True


MACHINE_CHECKS = (_python, _modules, _programs, _own_kafka, _disk, _memory, _config)
