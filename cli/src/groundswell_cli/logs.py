"""Log files of the processes: turned by size, searched for the last error."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

_TAIL = 64 << 10  # bytes at the end of a log that are searched


def turn(file: Path, *, size: int, keep: int) -> bool:
    """Moves the content of a log that has grown past size into numbered files; tells whether it did.

    The process goes on writing to the same open file, so its content is copied, then cut.
    """
    if not file.exists() or file.stat().st_size <= size:
        return False
    for number in range(keep - 1, 0, -1):
        older = _numbered(file, number)
        if older.exists():
            older.replace(_numbered(file, number + 1))
    shutil.copy2(file, _numbered(file, 1))
    with file.open("r+b") as open_file:
        open_file.truncate(0)
    return True


def last_error(file: Path) -> str:
    """Returns the last line that tells of an error, without the noise around it; empty when there is none."""
    for line in reversed(_tail(file)):
        if found := _error_in(line):
            return found[:500]
    return ""


def last_line(file: Path) -> str:
    """Returns the last line with something in it."""
    return next((line.strip()[:500] for line in reversed(_tail(file)) if line.strip()), "")


def _error_in(line: str) -> str:
    if line.startswith("{"):
        return _json_error(line)
    is_error = any(
        word in line for word in ("Error:", "Exception:", "No module named", "[error", "[critical")
    )
    return line.strip() if is_error else ""


def _json_error(line: str) -> str:
    try:
        event = json.loads(line)
    except ValueError:
        return ""
    # Our services log level, mongod logs s: severity F(atal) or E(rror).
    if event.get("level") in {"error", "critical"}:
        return f"{event.get('event', '')}: {_cause(event)}".rstrip(": ")
    if event.get("s") in {"F", "E"}:
        return str(event.get("msg", ""))
    return ""


def _cause(event: dict[str, object]) -> str:
    text = str(event.get("error") or event.get("exception") or "")
    return text.strip().splitlines()[-1] if text.strip() else ""


def _tail(file: Path) -> list[str]:
    try:
        with file.open("rb") as open_file:
            open_file.seek(0, 2)
            open_file.seek(max(0, open_file.tell() - _TAIL))
            return open_file.read().decode(errors="replace").splitlines()
    except FileNotFoundError:
        return []


def _numbered(file: Path, number: int) -> Path:
    return file.with_name(f"{file.name}.{number}")
