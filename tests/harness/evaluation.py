"""What benches on evaluation data share: where the data lies, one table, one core, CPU seconds."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

# CPU seconds are of one core: threads that wait for each other would count, too.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("GROUNDSWELL_EVALUATION_DATA", ROOT.parent / "shared" / "data"))
PICTURES = Path("build/bench")


def need(*names: str) -> list[Path]:
    """Returns files of the evaluation data; ends the bench, saying so, when one is absent."""
    files = [DATA / name for name in names]
    absent = [str(file) for file in files if not file.exists()]
    if absent:
        print(
            f"skipped: {', '.join(absent)} is absent; "
            "GROUNDSWELL_EVALUATION_DATA names the folder that holds the evaluation data",
            file=sys.stderr,
        )
        raise SystemExit(0)
    return files


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a bench's table: who, on which part, with which figures."""

    method: str
    part: str  # tune or report
    n: int
    figures: dict[str, Any]


def show(title: str, rows: Sequence[Row]) -> None:
    """Prints rows as a table that can be pasted into Markdown."""
    names = list(dict.fromkeys(name for row in rows for name in row.figures))
    print(f"\n### {title}\n")
    print(_line(["method", "part", "n", *names]))
    print(_line(["---"] * (3 + len(names))))
    for row in rows:
        print(
            _line([row.method, row.part, f"{row.n:,}", *(_cell(row.figures.get(n)) for n in names)])
        )


def cpu_seconds(work: Callable[[], T]) -> tuple[T, float]:
    """Returns what work returns, and the CPU seconds of this process that it took."""
    start = time.process_time()
    result = work()
    return result, max(time.process_time() - start, 1e-9)


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    if not isinstance(value, float):
        return str(value)
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3f}"
