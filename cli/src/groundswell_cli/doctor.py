"""`groundswell doctor`: what is wrong, why it matters, how to cure it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from groundswell_cli.environment import user_environment
from groundswell_cli.findings import Finding, Grade, Patient
from groundswell_cli.installation import INSTALLATION_CHECKS
from groundswell_cli.machine import MACHINE_CHECKS
from groundswell_cli.options import DEFAULT_STATE, JsonOption, StateOption
from groundswell_cli.settings import UpSettings
from groundswell_cli.state import StateFolder
from groundswell_cli.status import present_status
from groundswell_core.settings import load_settings

_CHECKS = (*MACHINE_CHECKS, *INSTALLATION_CHECKS)
_MARKS = {Grade.FINE: ("✓", "green"), Grade.WARNING: ("!", "yellow"), Grade.ERROR: ("✗", "red")}


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(name="doctor")(doctor)


def doctor(
    state: StateOption = DEFAULT_STATE,
    config: Annotated[Path, typer.Option(help="Folder with the YAML files.")] = Path("config"),
    as_json: JsonOption = False,
) -> None:
    """Explain what is wrong with this installation and how to cure it. Exit code 1: something is."""
    folder = StateFolder(state)
    load_settings(UpSettings)  # settings that cannot be used are the first finding: they end here
    patient = Patient(
        state=folder, user=user_environment(), config=config, status=present_status(folder)
    )
    findings = diagnose(patient)
    if as_json:
        print(json.dumps([asdict(finding) for finding in findings], indent=1))
    else:
        _print(findings)
    raise typer.Exit(1 if any(finding.grade is Grade.ERROR for finding in findings) else 0)


def diagnose(patient: Patient) -> list[Finding]:
    """Returns every finding, good ones included, in the order of the checks."""
    return [finding for check in _CHECKS for finding in check(patient)]


def _print(findings: Sequence[Finding]) -> None:
    console = Console(highlight=False)
    for finding in findings:
        mark, colour = _MARKS[finding.grade]
        console.print(f"[{colour}]{mark}[/] ", end="")
        console.print(f"{finding.subject}: {finding.what}", markup=False, soft_wrap=True)
        if finding.grade is not Grade.FINE:
            console.print(f"    why:  {finding.why}", markup=False, soft_wrap=True)
            console.print(f"    cure: {finding.cure}", markup=False, soft_wrap=True)
    troubles = sum(finding.grade is not Grade.FINE for finding in findings)
    console.print(f"{troubles} finding(s)" if troubles else "nothing is wrong")
