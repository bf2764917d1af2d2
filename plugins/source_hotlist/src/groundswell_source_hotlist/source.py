"""An open board: each poll yields the topics that are new or whose rank or heat moved."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from groundswell_core.sources import Batch, Document, Host
from groundswell_source_hotlist.cursor import HotlistCursor, Sighting, Thresholds

_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)  # before that a board's time is nonsense
_SKEW = timedelta(minutes=5)  # how far a server's clock may be ahead of ours


class HotlistSource:
    """A board that is polled."""

    def __init__(self, config: Mapping[str, Any], host: Host) -> None:
        """Takes the config's values by name."""
        self._config = config
        self._host = host
        self._thresholds = Thresholds(
            heat_change=config["heat_change"],
            rank_change=config["rank_change"],
            repeat=config["repeat"],
        )

    async def read(self, cursor: str | None) -> AsyncIterator[Batch]:
        """Yields topics worth telling, oldest first; ends after one fetch."""
        response = await self._host.fetch(self._config["url"], accept="application/json, */*;q=0.1")
        names = ("items", "fields", "link")
        board = await self._host.parse(
            "groundswell_source_hotlist.board:parse_board",
            response.body,
            {"url": response.url, **{name: self._config[name] for name in names}},
        )
        for batch in self._batches(board, HotlistCursor.parse(cursor), self._host.now()):
            yield batch

    def _batches(
        self, board: dict[str, Any], cursor: HotlistCursor, now: datetime
    ) -> Iterator[Batch]:
        told = list(self._told(board["topics"], cursor, now))
        told.sort(key=lambda pair: (pair[0].publish_time, pair[0].rank or 0))
        invalid = tuple(board["invalid"]) if cursor.is_news(board["invalid"]) else ()
        size = self._config["batch"]
        for at in range(0, len(told), size):
            part = told[at : at + size]
            is_last = at + size >= len(told)
            cursor = cursor.after((sighting for _, sighting in part), now)
            cursor = cursor.with_invalid(board["invalid"]) if is_last else cursor
            yield Batch(
                documents=tuple(document for document, _ in part),
                cursor=cursor.dump(),
                invalid=invalid if is_last else (),
            )
        if invalid and not told:
            yield Batch(documents=(), cursor=cursor.with_invalid(invalid).dump(), invalid=invalid)

    def _told(
        self, topics: list[dict[str, Any]], cursor: HotlistCursor, now: datetime
    ) -> Iterator[tuple[Document, Sighting]]:
        """Yields each topic worth telling with the sighting to remember."""
        for topic in topics:
            before = cursor.sighting(topic["id"])
            sighting = Sighting.of(topic, before, now)
            if before is None or self._thresholds.moved(before, sighting):
                yield self._document(topic, sighting, now), sighting

    def _document(self, topic: dict[str, Any], sighting: Sighting, now: datetime) -> Document:
        return Document(
            id=topic["id"],
            url=topic["url"],
            title=topic["title"],
            text=topic["text"],
            publish_time=_publish_time(topic["time"], sighting, now),
            language=self._config["language"],
            rank=topic["rank"],
            heat=topic["heat"],
            read_count=topic["read_count"],
            discussion_count=topic["discussion_count"],
            labels={"category": topic["category"]} if topic["category"] else {},
        )


def _publish_time(text: str | None, sighting: Sighting, now: datetime) -> datetime:
    """Returns when a topic came up: as the board says, else when it was first seen."""
    if text is not None:
        time = datetime.fromisoformat(text)
        if _EARLIEST <= time <= now + _SKEW:
            return time
    return datetime.fromtimestamp(sighting.first_time, UTC)
