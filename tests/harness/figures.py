"""Writes what a bench measured, in the one shape that all benches share."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def write_figures(name: str, n: int, figures: Mapping[str, Any]) -> Path:
    """Writes build/bench/<name>.json; n: how much was measured."""
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False
    )
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    result = {
        "name": name,
        "commit": commit.stdout.strip(),
        "machine": machine,
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "n": n,
        "figures": dict(figures),
    }
    folder = Path("build/bench")
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.json"
    file.write_text(json.dumps(result, indent=1))
    return file


def percentile(values: list[float], share: float) -> float:
    """Returns the value that so large a share does not exceed; nan of nothing."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else float("nan")
