"""DocumentService: reading documents with what was learned of them."""
# ruff: noqa: N802 - RPCs keep the names of their proto

from __future__ import annotations

from typing import Any

from groundswell.analysis.v1 import document_service_pb2 as pb
from groundswell.analysis.v1 import document_service_pb2_grpc as grpc_pb
from groundswell_analyzer.query import parse_or_raise
from groundswell_analyzer.scope import page_bound, visible_names
from groundswell_analyzer.search.conditions import Where
from groundswell_analyzer.search.documents import DocumentSearch, analysis_of, asked, direction
from groundswell_core.analyses import ANALYSES, Analysis
from groundswell_core.errors import NotFound
from groundswell_core.grades import Level
from groundswell_core.mongo import Collection
from groundswell_core.names import parse_name
from groundswell_core.pages import decode_token, encode_token, page_size
from groundswell_core.rpc import caller

_STORIES_OF_A_LEVEL = 5_000  # newest ones, whose documents a search by level looks at


class DocumentService(grpc_pb.DocumentServiceServicer):
    """Answers calls about documents."""

    def __init__(self, documents: Collection, stories: Collection, book: Any) -> None:
        """Takes the monitors, of which a caller may not see all."""
        self._documents = documents
        self._stories = stories
        self._book = book

    async def GetDocument(self, request: Any, context: Any) -> Any:
        """Answers one document with its analysis."""
        identifier = parse_name(request.name, "documents")
        record = await self._documents.find_one({"_id": identifier}, fields={"grams": 0})
        if record is None:
            raise NotFound(
                f"there is no {request.name}", reason="DOCUMENT_NOT_FOUND", name=request.name
            )
        return pb.GetDocumentResponse(analysis=self._public(analysis_of(record)))

    async def SearchDocuments(self, request: Any, context: Any) -> Any:
        """Searches documents by words, phrases and fields; sorted and paged."""
        tree = parse_or_raise(request.query) if request.query.strip() else None
        condition = asked(request, tree)
        if request.minimum_level > Level.NONE:
            condition = {"$and": [condition, await self._of_level(Level(request.minimum_level))]}
        search = DocumentSearch(
            documents=self._documents,
            where=condition,
            tree=tree,
            size=page_size(request.page_size),
            direction=direction(request),
        )
        bound = page_bound(request)
        total = await search.count() if not request.page_token else None
        token = await search.run(decode_token(bound, request.page_token))
        return pb.SearchDocumentsResponse(
            analyses=map(self._public, search.found),
            next_page_token=encode_token(bound, token) if token else "",
            total_count=total,
        )

    async def _of_level(self, level: Level) -> Where:
        """Returns the condition of documents whose story has a level for a monitor that is seen."""
        grades = {
            "$elemMatch": {
                "monitor": {"$in": sorted(self._names())},
                "grade.level": {"$in": [one.name for one in Level if one >= level]},
            }
        }
        found = await self._stories.find(
            {"grades": grades},
            sort=[("update_time", -1)],
            limit=_STORIES_OF_A_LEVEL,
            fields=["_id"],
        )
        return {"story": {"$in": [record["_id"] for record in found]}}

    def _names(self) -> set[str]:
        return visible_names(caller(), self._book.monitors.values())

    def _public(self, analysis: Analysis) -> Any:
        names = self._names()
        message = ANALYSES.to_proto(analysis)
        message.ClearField("monitors")
        message.monitors.extend(name for name in analysis.monitors if name in names)
        return message
