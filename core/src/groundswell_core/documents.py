"""Published pieces of text, as they travel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

from groundswell.document.v1 import document_pb2
from groundswell_core.codec import codec


class DocumentState(IntEnum):
    """What a document's source still shows of it."""

    UNSPECIFIED = 0
    PUBLISHED = 1
    WITHDRAWN = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """Measures that the source itself prints beside a document."""

    rank: int | None = None
    heat: float | None = None
    read_count: int | None = None
    discussion_count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One published piece of text in one revision; fields as in document.proto."""

    name: str
    source: str
    source_kind: str = ""
    outlet: str = ""
    key: str = ""
    revision: str = ""
    url: str = ""
    title: str = ""
    text: str = ""
    language: str = ""
    voice: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    signals: Signals | None = None
    region: str = ""
    state: DocumentState = DocumentState.PUBLISHED
    publish_time: datetime | None = None
    collect_time: datetime | None = None
    exercise: bool = False
    source_weight: float = 0.5


SIGNALS = codec(Signals, document_pb2.Signals)
DOCUMENTS = codec(Document, document_pb2.Document)
