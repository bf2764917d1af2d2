"""SourceService over gRPC."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from groundswell.source.v1 import source_pb2, source_service_pb2, source_service_pb2_grpc
from groundswell_collector.access import (
    check_department,
    check_own,
    check_visible,
    visible_departments,
)
from groundswell_collector.check import Checker
from groundswell_collector.coverage import coverage_of, is_expected
from groundswell_collector.entries import Kinds, Rules
from groundswell_collector.kinds import kind_message
from groundswell_collector.schedule import Changes
from groundswell_collector.stores import Stores
from groundswell_collector.timing import Timing
from groundswell_core import rpc
from groundswell_core.clock import Clock
from groundswell_core.documents import DOCUMENTS
from groundswell_core.errors import InvalidInput
from groundswell_core.names import parse_name
from groundswell_core.pages import decode_token, encode_token, page_size
from groundswell_core.source_records import (
    COVERAGE,
    SOURCES,
    Coverage,
    Source,
    SourceHealth,
    SourceState,
)

pb = source_service_pb2
HOUR = timedelta(hours=1)


class SourceService(source_service_pb2_grpc.SourceServiceServicer):
    """Manages what is read, and says how that fares."""

    def __init__(
        self,
        stores: Stores,
        kinds: Kinds,
        *,
        checker: Checker,
        timing: Timing,
        changes: Changes,
        clock: Clock,
    ) -> None:
        """Takes what tells the schedule of changes."""
        self._stores = stores
        self._kinds = kinds
        self._rules = Rules(kinds)
        self._checker = checker
        self._timing = timing
        self._changes = changes
        self._clock = clock

    async def GetSource(self, request: pb.GetSourceRequest, context: Any) -> pb.GetSourceResponse:  # noqa: N802
        """Answers one source."""
        source = check_visible(rpc.caller(), await self._named(request.name))
        return pb.GetSourceResponse(source=await self._answer(source))

    async def ListSources(  # noqa: N802
        self, request: pb.ListSourcesRequest, context: Any
    ) -> pb.ListSourcesResponse:
        """Lists the caller's sources by name."""
        departments = visible_departments(rpc.caller())
        bound, size = f"sources {departments}", page_size(request.page_size)
        skip = decode_token(bound, request.page_token)
        found = await self._stores.sources.find(departments, limit=size + 1, skip=skip)
        token = encode_token(bound, skip + size) if len(found) > size else ""
        answers = await self._answers(found[:size])
        return pb.ListSourcesResponse(sources=answers, next_page_token=token)

    async def CreateSource(  # noqa: N802
        self, request: pb.CreateSourceRequest, context: Any
    ) -> pb.CreateSourceResponse:
        """Makes a source; it is read at once."""
        source = self._written(request.source)
        if source.state is SourceState.UNSPECIFIED:
            source = replace(source, state=SourceState.ACTIVE)
        made = await self._stores.sources.create(source, self._clock.now())
        identifier = _id(made)
        await self._stores.healths.reset(identifier)
        await self._stores.cursors.forget(identifier)
        self._changes.notify()
        return pb.CreateSourceResponse(source=await self._answer(made))

    async def UpdateSource(  # noqa: N802
        self, request: pb.UpdateSourceRequest, context: Any
    ) -> pb.UpdateSourceResponse:
        """Replaces a source's settings; it is read at once."""
        check_own(rpc.caller(), await self._named(request.source.name))
        source = self._written(request.source)
        changed = await self._stores.sources.update(source, self._clock.now())
        self._changes.notify()
        return pb.UpdateSourceResponse(source=await self._answer(changed))

    async def DeleteSource(  # noqa: N802
        self, request: pb.DeleteSourceRequest, context: Any
    ) -> pb.DeleteSourceResponse:
        """Deletes a source; its documents stay."""
        source = check_own(rpc.caller(), await self._named(request.name))
        await self._stores.sources.delete(_id(source), self._clock.now())
        self._changes.notify()
        return pb.DeleteSourceResponse()

    async def ListSourceKinds(  # noqa: N802
        self, request: pb.ListSourceKindsRequest, context: Any
    ) -> pb.ListSourceKindsResponse:
        """Lists the kinds of the loaded plugins."""
        kinds = [kind_message(kind) for _, kind in sorted(self._kinds.items())]
        return pb.ListSourceKindsResponse(source_kinds=kinds)

    async def CheckSource(  # noqa: N802
        self, request: pb.CheckSourceRequest, context: Any
    ) -> pb.CheckSourceResponse:
        """Reads a source once and shows what would be collected; stores nothing."""
        source = self._written(request.source)
        found = await self._checker.check_source(source, context.time_remaining())
        return pb.CheckSourceResponse(
            documents=[DOCUMENTS.to_proto(document) for document in found.documents],
            document_count=found.document_count,
            error=found.error,
        )

    async def PauseSource(  # noqa: N802
        self, request: pb.PauseSourceRequest, context: Any
    ) -> pb.PauseSourceResponse:
        """Stops reading a source; one that is paused stays so."""
        source = await self._set_state(request.name, SourceState.PAUSED)
        return pb.PauseSourceResponse(source=source)

    async def ResumeSource(  # noqa: N802
        self, request: pb.ResumeSourceRequest, context: Any
    ) -> pb.ResumeSourceResponse:
        """Reads a source again, at once; one that is read stays so."""
        source = await self._set_state(request.name, SourceState.ACTIVE)
        return pb.ResumeSourceResponse(source=source)

    async def GetCoverage(  # noqa: N802
        self, request: pb.GetCoverageRequest, context: Any
    ) -> pb.GetCoverageResponse:
        """Says which expected sources reported in a window."""
        start, end = self._window(request)
        coverage = await self._coverage(list(request.sources), start, end)
        return pb.GetCoverageResponse(coverage=COVERAGE.to_proto(coverage))

    async def _named(self, name: str) -> Source:
        return await self._stores.sources.get(parse_name(name, "sources"))

    def _written(self, message: source_pb2.Source) -> Source:
        """Returns the source of a request, checked, in a department that the caller may write."""
        source = SOURCES.from_proto(message)
        self._rules.check(source)
        return replace(source, department=check_department(rpc.caller(), source.department))

    async def _set_state(self, name: str, state: SourceState) -> source_pb2.Source:
        source = check_own(rpc.caller(), await self._named(name))
        if source.state is not state:
            source = await self._stores.sources.set_state(_id(source), state, self._clock.now())
            self._changes.notify()
        return await self._answer(source)

    async def _answer(self, source: Source) -> source_pb2.Source:
        return (await self._answers([source]))[0]

    async def _answers(self, sources: Sequence[Source]) -> list[source_pb2.Source]:
        """Returns sources with their health."""
        healths = await self._stores.healths.counted(map(_id, sources), self._clock.now())
        return [
            SOURCES.to_proto(replace(source, health=_shown(source, healths[_id(source)])))
            for source in sources
        ]

    def _window(self, request: pb.GetCoverageRequest) -> tuple[datetime, datetime]:
        asked_end, asked_start = request.HasField("end_time"), request.HasField("start_time")
        end = request.end_time.ToDatetime(tzinfo=UTC) if asked_end else self._clock.now()
        start = request.start_time.ToDatetime(tzinfo=UTC) if asked_start else end - HOUR
        if start >= end:
            raise InvalidInput(
                "start_time must be before end_time; leave both out for the last hour",
                reason="BAD_WINDOW",
                field="start_time",
            )
        return start, end

    async def _coverage(self, names: list[str], start: datetime, end: datetime) -> Coverage:
        visible = await self._stores.sources.find(visible_departments(rpc.caller()))
        if names:
            chosen = _chosen(names, visible)
        else:
            chosen = [
                source
                for source in visible
                if not source.exercise and self._is_expected(source, start, end)
            ]
        identifiers = [_id(source) for source in chosen]
        attempts = await self._stores.counts.attempts(identifiers, start, end)
        healths = await self._stores.healths.of(identifiers)
        return coverage_of(chosen, attempts, healths, start=start, end=end)

    def _is_expected(self, source: Source, start: datetime, end: datetime) -> bool:
        interval = timedelta(seconds=self._timing.of(source))
        return is_expected(source, start, end, interval)


def _id(source: Source) -> str:
    return source.name.removeprefix("sources/")


def _chosen(names: list[str], visible: Sequence[Source]) -> list[Source]:
    """Returns the sources asked for; one that is not there is asked for in vain, and so is silent."""
    by_name = {source.name: source for source in visible}
    for name in names:
        parse_name(name, "sources")
    return [
        by_name.get(name, Source(name=name, state=SourceState.UNSPECIFIED))
        for name in dict.fromkeys(names)
    ]


def _shown(source: Source, health: SourceHealth) -> SourceHealth:
    if source.state is SourceState.PAUSED:
        return replace(health, next_read_time=None)
    return health
