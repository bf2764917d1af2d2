"""The collector's service over the world."""

from __future__ import annotations

from dataclasses import replace

from google.protobuf.struct_pb2 import Struct

from console_stand_in.analyzer import cut, found
from console_stand_in.world import World
from groundswell.source.v1 import source_pb2
from groundswell.source.v1 import source_service_pb2 as service_pb2
from groundswell.source.v1 import source_service_pb2_grpc as source_grpc
from groundswell_core.documents import DOCUMENTS
from groundswell_core.errors import AlreadyExists
from groundswell_core.source_records import COVERAGE, SOURCES, SourceHealth, SourceState


def _field(name, kind, description, *, default=None):
    return source_pb2.SourceKindField(
        field=name,
        type=kind,
        description=description,
        required=default is None,
        default_value=default or "",
    )


KINDS = (
    source_pb2.SourceKind(
        kind="feed",
        summary="RSS, Atom, RDF and JSON feeds over HTTP.",
        plugin="groundswell-source-feed",
        version="0.1.0",
        fields=[
            _field("url", "str", "address of the feed; http or https"),
            _field("timezone", "str", "time zone of dates that name none, such as Asia/Shanghai", default="UTC"),
            _field("batch", "int", "documents yielded at once", default="100"),
        ],
    ),
    source_pb2.SourceKind(
        kind="hotlist",
        summary="Ranked boards served as JSON over HTTP; rank and heat become signals.",
        plugin="groundswell-source-hotlist",
        version="0.1.0",
        fields=[
            _field("url", "str", "address of the board; http or https"),
            _field("fields", "HotlistFields", "where each value stands in an item", default="title='title'"),
        ],
    ),
)  # fmt: skip


class Sources(source_grpc.SourceServiceServicer):
    def __init__(self, world: World) -> None:
        self.world = world

    async def GetSource(self, request, context):
        source = found(self.world.sources, request.name)
        return service_pb2.GetSourceResponse(source=SOURCES.to_proto(source))

    async def ListSources(self, request, context):
        page, token = cut(list(self.world.sources.values()), request)
        return service_pb2.ListSourcesResponse(
            sources=map(SOURCES.to_proto, page), next_page_token=token
        )

    async def ListSourceKinds(self, request, context):
        return service_pb2.ListSourceKindsResponse(source_kinds=KINDS)

    async def CreateSource(self, request, context):
        source = SOURCES.from_proto(request.source)
        if source.name in self.world.sources:
            raise AlreadyExists(f"{source.name} exists already; choose another id")
        self.world.sources[source.name] = replace(source, health=SourceHealth())
        return service_pb2.CreateSourceResponse(source=request.source)

    async def UpdateSource(self, request, context):
        before = found(self.world.sources, request.source.name)
        source = replace(SOURCES.from_proto(request.source), health=before.health)
        self.world.sources[source.name] = source
        return service_pb2.UpdateSourceResponse(source=request.source)

    async def DeleteSource(self, request, context):
        found(self.world.sources, request.name)
        del self.world.sources[request.name]
        return service_pb2.DeleteSourceResponse()

    def _switch(self, name, state):
        source = replace(found(self.world.sources, name), state=state)
        self.world.sources[name] = source
        return SOURCES.to_proto(source)

    async def PauseSource(self, request, context):
        switched = self._switch(request.name, SourceState.PAUSED)
        return service_pb2.PauseSourceResponse(source=switched)

    async def ResumeSource(self, request, context):
        switched = self._switch(request.name, SourceState.ACTIVE)
        return service_pb2.ResumeSourceResponse(source=switched)

    async def CheckSource(self, request, context):
        config: Struct = request.source.config
        if "broken" in config["url"]:
            return service_pb2.CheckSourceResponse(
                error="the answer is HTML, not a feed; open the address in a browser"
            )
        documents = [DOCUMENTS.to_proto(one.document) for one in self.world.analyses[:3]]
        return service_pb2.CheckSourceResponse(documents=documents, document_count=17)

    async def GetCoverage(self, request, context):
        return service_pb2.GetCoverageResponse(coverage=COVERAGE.to_proto(self.world.coverage))
