"""What the doctor finds, and on whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from groundswell_cli.state import StateFolder


class Grade(StrEnum):
    """How bad a finding is."""

    FINE = "fine"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    grade: Grade
    subject: str
    what: str
    why: str = ""
    cure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """What is examined."""

    state: StateFolder
    user: Mapping[str, str]
    config: Path
    status: Mapping[str, Any]

    @property
    def runs(self) -> bool:
        """Tells whether a supervisor runs on the folder."""
        return bool(self.status["running"])


def fine(subject: str, what: str) -> Finding:
    """Returns a finding that nothing is wrong."""
    return Finding(grade=Grade.FINE, subject=subject, what=what)
