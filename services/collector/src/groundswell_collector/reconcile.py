"""Confirms what the analyzer has, and sends again what nobody confirmed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from google.protobuf.message import DecodeError

from groundswell_collector import metrics
from groundswell_collector.inbox import Entry, Inbox, entry_id
from groundswell_collector.publish import Publisher
from groundswell_collector.settings import CollectorSettings
from groundswell_core import topics
from groundswell_core.analyses import ANALYSES
from groundswell_core.clock import Clock
from groundswell_core.documents import DOCUMENTS, Document
from groundswell_core.errors import InvalidInput, Unavailable
from groundswell_core.log import get_logger
from groundswell_core.topics import Record

log = get_logger(__name__)

BATCH = 200  # documents that are sent again at once


@dataclass(frozen=True, slots=True)
class Heard:
    """A document of which somebody downstream said that it arrived."""

    document: Document
    reason: str = ""  # of a dead letter

    @property
    def identifier(self) -> str:
        """Returns the id of the document."""
        return self.document.name.removeprefix("documents/")


class Reconciler:
    """Closes the circle from the inbox to the analyses topic."""

    def __init__(
        self,
        inbox: Inbox,
        publisher: Publisher,
        settings: CollectorSettings,
        *,
        clock: Clock,
    ) -> None:
        """Takes what sends again."""
        self._inbox = inbox
        self._publisher = publisher
        self._clock = clock
        self._after = settings.reconcile_after
        self._maximum_after = max(settings.maximum_reconcile_after, settings.reconcile_after)

    async def confirm(self, records: Sequence[Record]) -> None:
        """Confirms the entries that records of analyses or of dead letters tell of."""
        heard = [item for record in records if (item := _heard(record)) is not None]
        if not heard:
            return
        waiting = await self._inbox.waiting_for({item.identifier for item in heard})
        by_reason: dict[str, list[str]] = defaultdict(list)
        for entry, item in _confirmed(waiting, heard):
            by_reason[item.reason].append(entry.id)
        for reason, entries in by_reason.items():
            count = await self._inbox.confirm(entries, self._clock.now(), reason)
            metrics.CONFIRMED.inc(count)

    async def republish(self, now: datetime) -> int:
        """Sends again what nobody confirmed in time; returns how many documents."""
        sent = 0
        while entries := await self._inbox.due(now, BATCH):
            again = [self._postponed(entry, now) for entry in entries]
            # Before sending: another collector looks too, and a crash only costs a delay.
            await self._inbox.postpone(again, now)
            await self._publisher.send(entries)
            metrics.REPUBLISHED.inc(len(entries))
            log.info("documents sent again", documents=len(entries))
            sent += len(entries)
        return sent

    def _postponed(self, entry: Entry, now: datetime) -> Entry:
        attempts = entry.attempts + 1
        wait = min(self._after * 2 ** min(attempts, 30), self._maximum_after)
        return replace(entry, attempts=attempts, next_send_time=now + timedelta(seconds=wait))

    async def hurry(self, topic: str) -> None:
        """Makes every unconfirmed document due now: a broker that lost one log lost all."""
        count = await self._inbox.hurry(self._clock.now())
        log.warning("a log was emptied: unconfirmed documents are sent again", documents=count)

    async def turn(self) -> None:
        """Looks once for what is due; a bad moment is waited out until the next look."""
        try:
            await self.republish(self._clock.now())
        except Unavailable as error:
            log.warning("documents cannot be sent again now", error=error.message)


def _heard(record: Record) -> Heard | None:
    if record.topic == topics.ANALYSES.name:
        return Heard(_document_of(record.value))
    try:
        document = DOCUMENTS.from_bytes(record.value)
    except InvalidInput:
        # A dead letter that is no document was none of ours.
        return None
    reason = record.headers.get("reason", b"").decode("utf-8", "replace")
    return Heard(document, reason or "DEAD_LETTER")


def _document_of(value: bytes) -> Document:
    """Returns the document of an analysis, without reading what was learned of it."""
    message = ANALYSES.message()
    try:
        message.ParseFromString(value)
    except DecodeError as error:
        raise InvalidInput(
            f"{len(value)} bytes are no analysis: {error}", reason="NOT_DECODABLE"
        ) from error
    return DOCUMENTS.from_proto(message.document)  # type: ignore[attr-defined]


def _confirmed(waiting: Iterable[Entry], heard: Iterable[Heard]) -> Iterable[tuple[Entry, Heard]]:
    """Yields each waiting entry that was heard of, with what was heard."""
    by_document: dict[str, list[Heard]] = defaultdict(list)
    for item in heard:
        by_document[item.identifier].append(item)
    for entry in waiting:
        for item in by_document[entry.document]:
            if _answers(item, entry):
                yield entry, item
                break


def _answers(heard: Heard, entry: Entry) -> bool:
    """Tells whether what was heard confirms an entry.

    Records carry whole states: a later state of the document stands for an earlier one, once that
    was sent twice. Without this an observation that the analyzer skips would wait for ever.
    """
    document = heard.document
    if entry.is_dead_letter:
        return bool(heard.reason) and entry.document == heard.identifier
    if entry.id == entry_id(document):
        return True
    when = document.collect_time
    is_later = when is not None and when > entry.collect_time
    return is_later and entry.attempts > 0 and not heard.reason
