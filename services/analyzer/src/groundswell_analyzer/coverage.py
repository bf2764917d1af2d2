"""Which expected sources reported: asked of the collector in the background, never waited for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from groundswell.source.v1 import source_service_pb2, source_service_pb2_grpc
from groundswell_core import rpc
from groundswell_core.errors import GroundswellError
from groundswell_core.log import get_logger
from groundswell_core.service import Heartbeat, Service
from groundswell_core.settings import ServiceSettings
from groundswell_core.source_records import COVERAGE, Coverage

log = get_logger(__name__)

INTERVAL = 30.0  # seconds
GAP_INTERVAL = 5.0  # while a source is silent: what an alert says of it must not be old


@asynccontextmanager
async def collector_channel(settings: ServiceSettings, service: Service) -> AsyncIterator[Any]:
    """Yields a channel to the collector; None when this process has no key to prove who it is."""
    if settings.auth.key_file is None:
        log.warning("coverage stays unknown: GROUNDSWELL_AUTH__KEY_FILE is not set")
        yield None
        return
    async with rpc.connect_peer(
        settings.peers.collector,
        audience="collector",
        signer=service.signer(),
        tls=settings.tls,
    ) as channel:
        yield channel


class CoverageCache:
    """The newest coverage, or none while the collector does not answer."""

    def __init__(self, channel: Any) -> None:
        """Takes the channel to the collector; None: coverage stays unknown."""
        self._channel = channel
        self._newest: Coverage | None = None

    def newest(self) -> Coverage | None:
        """Returns the newest coverage; None when it is not known."""
        return self._newest

    async def refresh(self) -> None:
        """Asks the collector once; an answer that does not come leaves coverage unknown."""
        if self._channel is None:
            return
        stub = source_service_pb2_grpc.SourceServiceStub(self._channel)
        try:
            with rpc.translated():
                answer = await stub.GetCoverage(
                    source_service_pb2.GetCoverageRequest(), timeout=5.0
                )
        except GroundswellError as error:
            log.info("coverage is not known: the collector does not answer", reason=error.reason)
            self._newest = None
        else:
            self._newest = COVERAGE.from_proto(answer.coverage)

    async def run(self, service: Service, heartbeat: Heartbeat) -> None:
        """Asks every half minute, more often while a source is silent, until the service stops."""
        while not service.stopping.is_set():
            await self.refresh()
            heartbeat.beat()
            await service.pause(INTERVAL if self._is_whole else GAP_INTERVAL)

    @property
    def _is_whole(self) -> bool:
        """Tells whether every expected source reported."""
        newest = self._newest
        return newest is not None and newest.reported >= newest.expected
