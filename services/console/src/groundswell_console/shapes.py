"""Small drawings and formats of pages: sparklines, marked queries, numbers, links."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from groundswell_console.clients.monitors import QueryError
from groundswell_core.stories import SeriesPoint

_CHINESE_UNITS = ((1e8, "亿"), (1e4, "万"))
_ENGLISH_UNITS = ((1e9, "B"), (1e6, "M"), (1e4, "K"))


def number(value: float, language: str) -> str:
    """Returns a number for people: grouped, or in 万 and 亿, or in K, M and B."""
    for size, unit in _CHINESE_UNITS if language == "zh" else _ENGLISH_UNITS:
        if abs(value) >= size:
            base = 1e3 if unit == "K" else size
            return (
                f"{value / base:.1f}".removesuffix(".0") + ("" if language == "zh" else " ") + unit
            )
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"


def safe_link(url: str) -> str:
    """Returns a link that a page may carry: http or https with a host, else nothing."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.netloc else ""


def local_path(path: str) -> str:
    """Returns a path of this site, or / for anything that could lead elsewhere."""
    is_local = path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if is_local and path.isprintable() else "/"


@dataclass(frozen=True, slots=True)
class Sparkline:
    """A line of counts in a box of 100 × 24, and the counts it stands for."""

    line: str
    area: str
    last_hour: int
    hour_before: int

    @property
    def growth(self) -> int:
        """Returns by how much the last hour exceeds the one before."""
        return self.last_hour - self.hour_before


def sparkline(
    points: Iterable[SeriesPoint], end: datetime, *, step: timedelta, count: int
) -> Sparkline:
    """Returns the line of the last count steps before end; steps without a point are zero."""
    start = end - count * step
    values = [0] * count
    for point in points:
        position = int((point.start_time - start) / step)
        if 0 <= position < count:
            values[position] += point.documents + point.copies
    hour = max(1, int(timedelta(hours=1) / step))
    line = _line(values)
    return Sparkline(
        line, f"0,24 {line} 100,24", sum(values[-hour:]), sum(values[-2 * hour : -hour])
    )


def _line(values: Sequence[int]) -> str:
    highest = max(*values, 1)
    width = 100 / max(len(values) - 1, 1)
    places = ((i * width, 23 - 22 * value / highest) for i, value in enumerate(values))
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in places)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a query, in error or not."""

    text: str
    error: str = ""


def marked(query: str, errors: Sequence[QueryError]) -> list[Piece]:
    """Returns a query in pieces, those in error with the message; positions are code points.

    An error at the end of the query gets a blank of its own, so that there is something to underline.
    """
    pieces: list[Piece] = []
    done = 0
    for error in sorted(errors, key=lambda error: error.position):
        start = min(max(error.position, done), len(query))
        end = min(max(error.position + error.length, start), len(query))
        pieces.append(Piece(query[done:start]))
        pieces.append(Piece(query[start:end] or " ", error.message))
        done = end
    pieces.append(Piece(query[done:]))
    return [piece for piece in pieces if piece.text]
