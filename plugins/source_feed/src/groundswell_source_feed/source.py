"""An open feed: fetches, has it parsed, and yields what is new or was edited."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from groundswell_core.sources import Batch, Document, Host
from groundswell_source_feed.cursor import FeedCursor, fingerprint

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"
)
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # before the first feed: such a date is nonsense
_SKEW = timedelta(minutes=5)  # how far a server's clock may be ahead of ours


class FeedSource:
    """A feed that is polled."""

    def __init__(self, url: str, host: Host, *, language: str, timezone: str, size: int) -> None:
        """Takes the number of documents in a batch as size."""
        self._url = url
        self._host = host
        self._language = language
        self._timezone = timezone
        self._size = size

    async def read(self, cursor: str | None) -> AsyncIterator[Batch]:
        """Yields new and edited entries, oldest first; ends after one fetch."""
        seen = FeedCursor.parse(cursor)
        response = await self._host.fetch(
            self._url, etag=seen.etag, last_modified=seen.last_modified, accept=ACCEPT
        )
        if response.not_modified:
            return
        feed = await self._host.parse(
            "groundswell_source_feed.parse:parse_feed",
            response.body,
            {"url": response.url, "charset": response.charset, "timezone": self._timezone},
        )
        validators = (response.etag, response.last_modified)
        for batch in self._batches(feed, seen, validators):
            yield batch

    def _batches(
        self, feed: dict[str, Any], seen: FeedCursor, validators: tuple[str, str]
    ) -> Iterator[Batch]:
        entries = [entry for entry in feed["entries"] if seen.is_new(*fingerprint(entry))]
        refused = [entry for entry in feed["refused"] if seen.is_new(*fingerprint(entry))]
        documents = [(self._document(entry, feed["language"]), entry) for entry in entries]
        documents.sort(key=lambda pair: pair[0].publish_time)
        limit = 2 * len(feed["entries"])
        before = seen.dump()
        # Validators go into the last cursor only: with them in an earlier one, a resume after a
        # crash would be answered "not modified" and lose the rest.
        seen = seen.without_validators()
        parts = [documents[at : at + self._size] for at in range(0, len(documents), self._size)]
        for part in parts[:-1]:
            seen = seen.with_seen((fingerprint(entry) for _, entry in part), limit)
            yield Batch(documents=tuple(document for document, _ in part), cursor=seen.dump())
        last = parts[-1] if parts else []
        remembered = [fingerprint(entry) for entry in (*refused, *(entry for _, entry in last))]
        after = seen.with_seen(remembered, limit).with_validators(*validators).dump()
        if last or refused or after != before:
            yield Batch(
                documents=tuple(document for document, _ in last),
                cursor=after,
                invalid=tuple(entry["why"] for entry in refused),
            )

    def _document(self, entry: dict[str, Any], language: str) -> Document:
        return Document(
            id=entry["id"],
            url=entry["url"],
            title=entry["title"],
            text=entry["text"],
            publish_time=self._publish_time(entry["time"]),
            language=self._language or language,
            voice=entry["voice"],
            labels={"category": entry["category"]} if entry["category"] else {},
        )

    def _publish_time(self, text: str | None) -> datetime:
        """Returns the time that the feed gives, or the present where that is none or nonsense."""
        now = self._host.now()
        if text is None:
            return now
        time = datetime.fromisoformat(text)
        return time if _EARLIEST <= time <= now + _SKEW else now
