"""Sources, asked of the collector."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from groundswell.source.v1 import source_service_pb2 as pb2
from groundswell.source.v1 import source_service_pb2_grpc as pb2_grpc
from groundswell_console.clients.peer import Peer
from groundswell_core.documents import DOCUMENTS, Document
from groundswell_core.source_records import COVERAGE, SOURCES, Coverage, Source

_PAGE = 500


@dataclass(frozen=True, slots=True)
class KindField:
    """One field of a kind's config."""

    name: str
    type: str
    description: str
    required: bool
    default: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of source."""

    kind: str
    summary: str
    plugin: str
    version: str
    fields: tuple[KindField, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """What a dry run of a source found."""

    documents: tuple[Document, ...]
    document_count: int
    error: str


class Sources:
    """Reads and changes sources."""

    def __init__(self, peer: Peer) -> None:
        """Takes the collector."""
        self._peer = peer
        self._stub: Any = pb2_grpc.SourceServiceStub(peer.channel)

    async def get(self, name: str) -> Source:
        """Returns a source with its health."""
        request = pb2.GetSourceRequest(name=name)
        return SOURCES.from_proto((await self._peer.ask(self._stub.GetSource, request)).source)

    async def list(self) -> list[Source]:
        """Returns all sources by name."""
        found: list[Source] = []
        token = ""
        while True:
            request = pb2.ListSourcesRequest(page_size=_PAGE, page_token=token)
            answer = await self._peer.ask(self._stub.ListSources, request)
            found += map(SOURCES.from_proto, answer.sources)
            token = answer.next_page_token
            if not token:
                return found

    async def kinds(self) -> tuple[Kind, ...]:
        """Returns the kinds that plugins provide."""
        answer = await self._peer.ask(self._stub.ListSourceKinds, pb2.ListSourceKindsRequest())
        return tuple(
            Kind(kind.kind, kind.summary, kind.plugin, kind.version, tuple(_fields(kind)))
            for kind in answer.source_kinds
        )

    async def create(self, source: Source) -> Source:
        """Makes a source."""
        request = pb2.CreateSourceRequest(source=SOURCES.to_proto(source))
        return await self._answer(self._stub.CreateSource, request)

    async def update(self, source: Source) -> Source:
        """Replaces a source's settings."""
        request = pb2.UpdateSourceRequest(source=SOURCES.to_proto(source))
        return await self._answer(self._stub.UpdateSource, request)

    async def delete(self, name: str) -> None:
        """Deletes a source; its documents stay."""
        await self._peer.ask(self._stub.DeleteSource, pb2.DeleteSourceRequest(name=name))

    async def pause(self, name: str) -> Source:
        """Stops reading a source."""
        return await self._answer(self._stub.PauseSource, pb2.PauseSourceRequest(name=name))

    async def resume(self, name: str) -> Source:
        """Reads a paused source again."""
        return await self._answer(self._stub.ResumeSource, pb2.ResumeSourceRequest(name=name))

    async def check(self, source: Source) -> Check:
        """Reads a source once, storing nothing; may take as long as a slow site."""
        request = pb2.CheckSourceRequest(source=SOURCES.to_proto(source))
        answer = await self._peer.ask(
            lambda asked: self._stub.CheckSource(asked, timeout=45.0), request
        )
        documents = tuple(map(DOCUMENTS.from_proto, answer.documents))
        return Check(documents, answer.document_count, answer.error)

    async def coverage(self) -> Coverage:
        """Returns which sources reported in the last hour."""
        answer = await self._peer.ask(self._stub.GetCoverage, pb2.GetCoverageRequest())
        return COVERAGE.from_proto(answer.coverage)

    async def _answer(self, call: Any, request: Any) -> Source:
        return SOURCES.from_proto((await self._peer.ask(call, request)).source)


def _fields(kind: Any) -> list[KindField]:
    return [
        KindField(item.field, item.type, item.description, item.required, item.default_value)
        for item in kind.fields
    ]
