"""Role annotate, Kafka in: documents → analyses, stored, then published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from groundswell_analyzer.clock import EventClock
from groundswell_analyzer.metrics import ANALYZE_DELAY, ANNOTATED, CONFLICTS, PUBLISH_DELAY, observe
from groundswell_analyzer.publish import AnalysisPublisher
from groundswell_analyzer.revisions import Known, learn
from groundswell_analyzer.search import document_grams
from groundswell_core.analyses import ANALYSES, Analysis
from groundswell_core.clock import Clock
from groundswell_core.documents import DOCUMENTS, Document
from groundswell_core.errors import Aborted, InvalidInput
from groundswell_core.log import get_logger
from groundswell_core.mongo import Collection, Operation, insert_op, update_op
from groundswell_core.names import parse_name
from groundswell_core.topics import Record

log = get_logger(__name__)


class Annotate(Protocol):
    """Learns of documents: one analysis each, in order."""

    async def annotate(self, documents: Sequence[Document]) -> Sequence[Analysis]:
        """Returns the analyses."""
        ...


class AnnotateHandler:
    """Stores what is learned of documents and publishes it only then."""

    def __init__(
        self,
        documents: Collection,
        annotator: Annotate,
        publisher: AnalysisPublisher,
        *,
        clock: Clock,
        events: EventClock,
        keep: timedelta,
    ) -> None:
        """Takes keep: how long documents are kept."""
        self._documents = documents
        self._annotator = annotator
        self._publisher = publisher
        self._clock = clock
        self._events = events
        self._keep = keep
        self._arrived = 0

    async def handle(self, records: Sequence[Record]) -> None:
        """Annotates the documents of records; durable and published when it returns."""
        arrived = [decode(record) for record in records]
        before = await self._stored([identifier(document) for document in arrived])
        known = self._learn(before, arrived)
        analyses = await self._analyses(known)
        await self._store(known, analyses)
        # Published again even when nothing changed: the collector waits to hear its confirmation.
        overtaken = [
            _confirmation(document)
            for document in arrived
            if not _is_same(document, known[identifier(document)].document)
        ]
        await self._publisher.publish([*overtaken, *analyses.values()])
        self._measure(known, analyses)

    async def _stored(self, ids: Sequence[str]) -> dict[str, Known]:
        found = await self._documents.find(
            {"_id": {"$in": list(dict.fromkeys(ids))}}, fields={"grams": 0}
        )
        return {record["_id"]: known_of(record) for record in found}

    def _learn(self, before: Mapping[str, Known], arrived: Sequence[Document]) -> dict[str, Known]:
        known = dict(before)
        for document in arrived:
            key = identifier(document)
            known[key], kind = learn(
                known.get(key),
                document,
                self._events.time_of(document),
                self._events.observe_time(document),
            )
            ANNOTATED.labels(kind.value).inc()
        return known

    async def _analyses(self, known: Mapping[str, Known]) -> dict[str, Analysis]:
        reread = [key for key, one in known.items() if one.is_reread]
        fresh = await self._annotator.annotate([known[key].document for key in reread])
        made = dict(zip(reread, fresh, strict=True))
        now = self._clock.now()
        return {key: made.get(key) or _measured(one, now) for key, one in known.items()}

    async def _store(self, known: Mapping[str, Known], analyses: Mapping[str, Analysis]) -> None:
        changed = {key: one for key, one in known.items() if one.is_changed}
        expire_time = self._clock.now() + self._keep
        operations = [
            _operation(key, one, analyses[key], self._next_arrival(), expire_time)
            for key, one in changed.items()
        ]
        result = await self._documents.bulk(operations)
        if result.failed or result.inserted + result.matched < len(operations):
            _refuse_bad(result.failed)
            CONFLICTS.labels("document").inc()
            raise Aborted("somebody else stored one of these documents; they are read again")

    def _next_arrival(self) -> int:
        """Returns a number that grows: what is taken up later keeps the order of arrival."""
        self._arrived = max(self._arrived + 1, int(self._clock.now().timestamp() * 1_000_000))
        return self._arrived

    def _measure(self, known: Mapping[str, Known], analyses: Mapping[str, Analysis]) -> None:
        for key, one in known.items():
            if one.is_reread:
                analysis = analyses[key]
                observe(ANALYZE_DELAY, one.document.collect_time, analysis.analyze_time)
                observe(PUBLISH_DELAY, one.document.publish_time, analysis.analyze_time)


def decode(record: Record) -> Document:
    """Returns the document of a record; raises InvalidInput when it cannot be one."""
    document = DOCUMENTS.from_bytes(record.value)
    parse_name(document.name, "documents")
    if not document.revision or not document.source:
        raise InvalidInput(
            f"{document.name} has no revision or no source; the collector sets both",
            reason="BAD_DOCUMENT",
        )
    return document


def identifier(document: Document) -> str:
    """Returns the id of a document."""
    return document.name.removeprefix("documents/")


def known_of(record: Mapping[str, Any]) -> Known:
    """Returns what a stored record knows of its document."""
    return Known(
        document=ANALYSES.from_record(record["analysis"]).document,
        change=int(record["change"]),
        edits=tuple(record.get("edits", ())),
        observations=tuple(record.get("observations", ())),
        event_time=record.get("event_time"),
        analysis=record["analysis"],
    )


def _measured(known: Known, now: datetime) -> Analysis:
    """Returns the stored analysis with the newest measures of its document, and since when."""
    stored = ANALYSES.from_record(known.analysis)
    analyze_time = now if known.is_changed else stored.analyze_time
    return replace(stored, document=known.document, analyze_time=analyze_time)


def _is_same(arrived: Document, known: Document) -> bool:
    """Tells whether what is told of a document answers an arrived one too."""
    return (arrived.revision, arrived.signals, arrived.collect_time) == (
        known.revision,
        known.signals,
        known.collect_time,
    )


def _confirmation(document: Document) -> Analysis:
    """Returns what tells the collector that an overtaken revision needs no more care."""
    return Analysis(
        name="analyses/" + identifier(document), document=document, exercise=document.exercise
    )


def _operation(
    key: str, known: Known, analysis: Analysis, arrival: int, expire_time: datetime
) -> Operation:
    fields: dict[str, Any] = {
        "analysis": ANALYSES.to_record(analysis),
        "revision": known.document.revision,
        "change": known.change + 1,
        "pending": True,
        "edits": list(known.edits),
        "observations": [dict(entry) for entry in known.observations],
        "exercise": known.document.exercise,
        "expire_time": expire_time,
    }
    if known.is_reread:
        fields["story_time"] = None
        fields["grams"] = document_grams(analysis)
    if known.change:
        # Compared with what was read: a slower writer must not undo a newer revision.
        return update_op({"_id": key, "change": known.change}, {"$set": fields})
    return insert_op(
        {
            "_id": key,
            **fields,
            "event_time": known.event_time,
            "arrival": arrival,
            "assigned": 0,
            "story": "",
            "near_copy": False,
        }
    )


def _refuse_bad(failed: Sequence[tuple[int, int]]) -> None:
    bad = [code for _, code in failed if code != 11000]
    if bad:
        raise InvalidInput(f"MongoDB refuses a document: code {bad[0]}", reason="BAD_RECORD")
