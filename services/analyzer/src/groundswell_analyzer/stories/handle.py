"""Role stories, Kafka in: an analysis says that a document waits; what it holds is read from MongoDB."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from google.protobuf.message import DecodeError

from groundswell.analysis.v1.analysis_pb2 import Analysis as AnalysisMessage
from groundswell_analyzer.stories.keeper import Keeper
from groundswell_core.clock import Clock
from groundswell_core.errors import InvalidInput
from groundswell_core.names import parse_name
from groundswell_core.topics import Record

_MARGIN = timedelta(seconds=60)  # clocks of two processes may differ so much


class StoriesHandler:
    """Takes up the documents that records name."""

    def __init__(self, keeper: Keeper, clock: Clock) -> None:
        """Takes the keeper of the books."""
        self._keeper = keeper
        self._clock = clock
        self._next: dict[tuple[str, int], int] = {}
        self._refresh_time: datetime = clock.now()

    async def handle(self, records: Sequence[Record]) -> None:
        """Takes up the documents of records: durable when it returns."""
        ids = [identifier(record) for record in records]
        if any(self._is_gap(record) for record in self._firsts(records)):
            # Somebody else had the partition meanwhile: its stories may have moved on.
            await self._keeper.refresh(self._refresh_time - _MARGIN)
        await self._keeper.take(ids)
        self._refresh_time = self._clock.now()
        for record in records:
            self._next[record.topic, record.partition] = record.offset + 1

    def _firsts(self, records: Sequence[Record]) -> list[Record]:
        firsts: dict[tuple[str, int], Record] = {}
        for record in records:
            firsts.setdefault((record.topic, record.partition), record)
        return list(firsts.values())

    def _is_gap(self, record: Record) -> bool:
        return self._next.get((record.topic, record.partition)) != record.offset


def identifier(record: Record) -> str:
    """Returns the id of the document that a record tells of; raises InvalidInput when it is none."""
    message = AnalysisMessage()
    try:
        message.ParseFromString(record.value)
    except DecodeError as error:
        raise InvalidInput(
            f"{len(record.value)} bytes are no analysis: {error}", reason="NOT_DECODABLE"
        ) from error
    return parse_name(message.name, "analyses")
