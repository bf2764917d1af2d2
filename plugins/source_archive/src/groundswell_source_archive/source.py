"""An open archive: replays documents at its pace and remembers how far it came."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from itertools import islice
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

from groundswell_core.sources import Batch, Document, Host
from groundswell_core.values import count_of, number_of, pick, text_of, time_of
from groundswell_source_archive.rows import Row, files, rows

_CHUNK = 200  # rows read from disk at once
_GATHER = 0.5  # seconds: documents due within this time of each other go together
_MOST_PROBLEMS = 100  # complaints carried by one batch


@dataclass(frozen=True, slots=True)
class Position:
    """How far an archive was read."""

    file: str = ""  # name; empty: nothing yet
    row: int = 0  # rows of it that were read
    time: float | None = None  # epoch seconds of the last document

    @classmethod
    def parse(cls, cursor: str | None) -> Self:
        """Returns a stored position; one that cannot be read is the start, which ids absorb."""
        try:
            stored = json.loads(cursor or "{}")
            time = stored.get("time")
            return cls(str(stored.get("file", "")), int(stored.get("row", 0)), time)
        except (ValueError, TypeError, AttributeError):
            return cls()

    def dump(self) -> str:
        """Returns the position as it is stored."""
        return json.dumps({"file": self.file, "row": self.row, "time": self.time})


class ArchiveSource:
    """An archive that is replayed once from start to end."""

    def __init__(self, config: Mapping[str, Any], host: Host) -> None:
        """Takes the config's values by name."""
        self._config = config
        self._host = host
        self._zone = ZoneInfo(config["timezone"])
        self._start = _aware(config["start"], self._zone)
        self._end = _aware(config["end"], self._zone)

    async def read(self, cursor: str | None) -> AsyncIterator[Batch]:
        """Yields documents as they become due; ends at the end of the archive."""
        pace = Pace(self._config["speed"], self._host)
        gathered = Gathered(Position.parse(cursor), self._config["batch"])
        for file in await asyncio.to_thread(files, self._host.path(self._config["path"])):
            if file.name < gathered.position.file:
                continue
            async for row in self._rows(file, gathered.position):
                made = self._document(row, file, gathered.position.time)
                if isinstance(made, Document):
                    if gathered.must_go(pace.seconds_until(made.publish_time), self._host.now()):
                        yield gathered.batch()
                    await pace.until(made.publish_time)
                gathered.add(made, Position(file.name, row.number), self._host.now())
                if gathered.is_too_bad:
                    yield gathered.batch()
        if gathered.has_news:
            yield gathered.batch()

    async def _rows(self, file: Path, position: Position) -> AsyncIterator[Row]:
        after = position.row if file.name == position.file else 0
        columns = {path.partition(".")[0] for path in self._config["fields"].values() if path}
        names = [*columns, *(path for path in self._config["fields"].values() if path)]
        stream = rows(file, after, names)
        try:
            while chunk := await asyncio.to_thread(_take, stream):
                for row in chunk:
                    yield row
        finally:
            await asyncio.to_thread(_close, stream)

    def _document(self, row: Row, file: Path, last: float | None) -> Document | str | None:
        """Returns a row's document, why it is none, or None when it is out of the time asked for."""
        where = f'row {row.number} of "{file.name}"'
        if row.value is None:
            return f"{where} {row.problem}"
        path = self._config["fields"]["time"]
        time = time_of(pick(row.value, path), self._zone)
        if time is None:
            return f'{where} has no time at "{path}"; check fields.time'
        if (self._start and time < self._start) or (self._end and time >= self._end):
            return None
        if last is not None and time.timestamp() < last:
            return f"{where} is older than a row before it; sort the archive by time"
        document = self._made(row.value, time)
        return document if document.title or document.text else f"{where} has no title and no text"

    def _made(self, value: dict[str, Any], time: datetime) -> Document:
        fields = self._config["fields"]

        def field(name: str) -> Any:
            return pick(value, fields[name]) if fields[name] else None

        title, text = text_of(field("title"), 500).replace("\n", " "), text_of(field("text"))
        category, rank = text_of(field("category"), 100), count_of(field("rank"))
        url = text_of(field("url"), 2000)
        return Document(
            id=text_of(field("id"), 500) or _digest(title, text, url),
            url=url if url.startswith(("http://", "https://")) else "",
            title=title,
            text=text,
            publish_time=time,
            language=text_of(field("language"), 35) or self._config["language"],
            outlet=text_of(field("outlet"), 200),
            rank=rank or None,
            heat=number_of(field("heat")),
            read_count=count_of(field("read_count")),
            discussion_count=count_of(field("discussion_count")),
            labels={"category": category} if category else {},
        )


class Pace:
    """Maps the archive's time to the host's: the first document after a start is due at once."""

    def __init__(self, speed: float, host: Host) -> None:
        """Takes the archive's seconds in one second of the host; 0: everything is due."""
        self._speed = speed
        self._host = host
        self._anchor: tuple[datetime, datetime] | None = None  # the archive's time and the host's

    def seconds_until(self, time: datetime) -> float:
        """Returns the host's seconds until a document of that time is due; at most 0 when it is."""
        if not self._speed:
            return 0.0
        self._anchor = self._anchor or (time, self._host.now())
        began, started = self._anchor
        due = (time - began).total_seconds() / self._speed
        return due - (self._host.now() - started).total_seconds()

    async def until(self, time: datetime) -> None:
        """Waits until a document of that time is due."""
        while (wait := self.seconds_until(time)) > 0:
            await self._host.sleep(wait)


class Gathered:
    """What was read since the last batch."""

    def __init__(self, position: Position, size: int) -> None:
        """Takes where reading starts and the documents in a batch."""
        self.position = position
        self.documents: list[Document] = []
        self._size = size
        self._problems: list[str] = []
        self._sent = position
        self._since = datetime.min.replace(tzinfo=UTC)  # when the oldest document came

    def must_go(self, wait: float, now: datetime) -> bool:
        """Tells whether the documents must not wait so many seconds for the next one."""
        if not self.documents:
            return False
        held = (now - self._since).total_seconds()
        return len(self.documents) >= self._size or held + wait > _GATHER

    @property
    def is_too_bad(self) -> bool:
        """Tells whether there are enough complaints for a batch of their own."""
        return len(self._problems) >= _MOST_PROBLEMS

    @property
    def has_news(self) -> bool:
        """Tells whether anything was read since the last batch."""
        return self.position != self._sent

    def add(self, made: Document | str | None, position: Position, now: datetime) -> None:
        """Takes what became of a row, and the position behind it."""
        time = self.position.time
        if isinstance(made, Document):
            self._since = self._since if self.documents else now
            self.documents.append(made)
            time = made.publish_time.timestamp()
        elif made:
            self._problems.append(made)
        self.position = replace(position, time=time)

    def batch(self) -> Batch:
        """Returns what was gathered, with the position behind it, and starts anew."""
        batch = Batch(
            documents=tuple(self.documents),
            cursor=self.position.dump(),
            invalid=tuple(self._problems),
        )
        self.documents, self._problems, self._sent = [], [], self.position
        return batch


def _take(stream: Iterator[Row]) -> list[Row]:
    return list(islice(stream, _CHUNK))


def _close(stream: Any) -> None:
    # A cancelled read may leave the generator running in its thread; it ends with its chunk.
    with contextlib.suppress(ValueError):
        stream.close()


def _aware(time: datetime | None, zone: tzinfo) -> datetime | None:
    if time is None:
        return None
    return (time if time.tzinfo else time.replace(tzinfo=zone)).astimezone(UTC)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]
