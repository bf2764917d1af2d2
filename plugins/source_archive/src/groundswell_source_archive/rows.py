"""Rows of archive files, streamed from a position: a file of any size takes little memory."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from groundswell_core.errors import InvalidInput

SUFFIXES = (".jsonl", ".jsonl.gz", ".parquet")
_LONGEST_LINE = 4 * 1024 * 1024  # bytes; a longer one is skipped, never held
_ROWS = 1000  # rows of a Parquet file decoded at once


@dataclass(frozen=True, slots=True)
class Row:
    """One row, or why it cannot be read."""

    number: int  # in its file, 1 is the first
    value: dict[str, Any] | None
    problem: str = ""


def files(path: str) -> list[Path]:
    """Returns the files of an archive in the order of their names.

    Raises InvalidInput when there is none of a known kind.
    """
    given = Path(path)
    found = sorted(given.iterdir()) if given.is_dir() else [given]
    known = [file for file in found if file.is_file() and file.name.endswith(SUFFIXES)]
    if not known:
        raise InvalidInput(
            f'there is no archive at "{given.name}"; give a file, or a folder with files, that end '
            f"in {', '.join(SUFFIXES)}",
            reason="NO_ARCHIVE",
        )
    return known


def rows(file: Path, after: int, columns: Sequence[str]) -> Iterator[Row]:
    """Yields the rows of a file behind a number of rows.

    Columns are the top-level names that matter; raises InvalidInput when the file is broken.
    """
    if file.name.endswith(".parquet"):
        yield from _parquet(file, after, columns)
    else:
        yield from _lines(file, after)


def _lines(file: Path, after: int) -> Iterator[Row]:
    try:
        with _open(file) as stream:
            number = 0
            while line := stream.readline(_LONGEST_LINE):
                number += 1
                is_whole = line.endswith(b"\n") or len(line) < _LONGEST_LINE
                if not is_whole:
                    _skip_line(stream)
                if number > after and line.strip():
                    yield _row(number, line if is_whole else b"")
    except (OSError, EOFError) as error:
        raise InvalidInput(
            f'the archive "{file.name}" cannot be read: {type(error).__name__}; is it whole?',
            reason="BROKEN_ARCHIVE",
        ) from error


def _open(file: Path) -> BinaryIO | gzip.GzipFile:
    return gzip.open(file) if file.name.endswith(".gz") else file.open("rb")


def _skip_line(stream: BinaryIO | gzip.GzipFile) -> None:
    while (part := stream.readline(_LONGEST_LINE)) and not part.endswith(b"\n"):
        pass


def _row(number: int, line: bytes) -> Row:
    if not line:
        return Row(number, None, f"is longer than {_LONGEST_LINE} bytes")
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return Row(number, None, "is no JSON")
    if not isinstance(value, dict):
        return Row(number, None, "is no JSON object")
    return Row(number, value)


def _parquet(file: Path, after: int, columns: Sequence[str]) -> Iterator[Row]:
    # Heavy, and needed by few: loaded with the first Parquet file, not with the plugin.
    from pyarrow import ArrowException, parquet

    try:
        with parquet.ParquetFile(file) as opened:
            names = set(opened.schema_arrow.names)
            wanted = [name for name in columns if name in names]
            groups, number = _groups_after(opened.metadata, after)
            for batch in opened.iter_batches(_ROWS, row_groups=groups, columns=wanted):
                for value in batch.to_pylist():
                    number += 1
                    if number > after:
                        yield Row(number, value)
    except (ArrowException, OSError) as error:
        raise InvalidInput(
            f'the archive "{file.name}" cannot be read: {type(error).__name__}; is it whole?',
            reason="BROKEN_ARCHIVE",
        ) from error


def _groups_after(metadata: Any, after: int) -> tuple[list[int], int]:
    """Returns the row groups that hold rows behind a number, and the rows before them."""
    before = 0
    for group in range(metadata.num_row_groups):
        size = metadata.row_group(group).num_rows
        if before + size > after:
            return list(range(group, metadata.num_row_groups)), before
        before += size
    return [], before
