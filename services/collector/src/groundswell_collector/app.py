"""Wires the collector.

sources (MongoDB) → schedule → plugin → publish: inbox → groundswell.documents.v1 → cursor
groundswell.analyses.v1, documents.v1.dlq → reconcile: confirm; what nobody confirms is sent again
"""

from __future__ import annotations

import os
import socket
from collections.abc import Awaitable, Callable

from groundswell.source.v1 import source_service_pb2_grpc
from groundswell_collector.check import Checker
from groundswell_collector.fetch.fetcher import open_fetcher
from groundswell_collector.fetch.host import CollectorHost
from groundswell_collector.gauges import measure
from groundswell_collector.parsing.pool import open_parsers
from groundswell_collector.publish import Publisher
from groundswell_collector.reading import SourceReader
from groundswell_collector.reconcile import Reconciler
from groundswell_collector.schedule import Changes, Schedule
from groundswell_collector.seed import seed
from groundswell_collector.service import SourceService
from groundswell_collector.settings import Settings
from groundswell_collector.stores import open_stores
from groundswell_collector.timing import Timing
from groundswell_core.consume import consume
from groundswell_core.errors import Unavailable
from groundswell_core.kafka import Producer, Reader
from groundswell_core.log import get_logger
from groundswell_core.mongo import connect
from groundswell_core.service import Service
from groundswell_core.source_records import Source
from groundswell_core.sources import load_kinds
from groundswell_core.topics import ANALYSES, DOCUMENTS

log = get_logger(__name__)

GAUGE_SECONDS = 10.0
SERVICE = "groundswell.source.v1.SourceService"


async def app(settings: Settings, service: Service) -> None:
    """Builds every part in order; they are closed in the reverse order."""
    own, clock = settings.collector, service.clock
    kinds = load_kinds(settings.plugins.names())
    database = await service.enter(connect(settings.mongo))
    # The port is exclusive: a collector that is started again there is the same, and keeps its leases.
    owner = f"{socket.gethostname()}:{settings.rpc.port or os.getpid()}"
    stores = await open_stores(database, own, owner=owner)
    await seed(own.sources_file, kinds, stores.sources, clock.now())

    producer = await service.enter(
        Producer(settings.kafka, [DOCUMENTS, DOCUMENTS.dlq, ANALYSES, ANALYSES.dlq])
    )
    service.ready_checks.append(lambda: producer.is_ready)
    fetcher = await service.enter(open_fetcher(settings.fetch, clock))
    packages = {kind.package for kind in kinds.values()}
    parsers = await service.enter(open_parsers(settings.parsing, packages))

    def open_host(source: Source) -> CollectorHost:
        return CollectorHost(
            source.name,
            source.display_name,
            fetcher=fetcher,
            parsers=parsers,
            clock=clock,
            folders=own.folder_paths(),
        )

    timing = Timing(interval=own.interval, spread=own.spread, maximum_backoff=own.maximum_backoff)
    changes = Changes()
    checker = Checker(kinds, open_host, timeout=own.check_timeout, clock=clock)
    servicer = SourceService(
        stores, kinds, checker=checker, timing=timing, changes=changes, clock=clock
    )
    add = source_service_pb2_grpc.add_SourceServiceServicer_to_server
    await service.serve([(add, servicer, SERVICE)])

    publisher = Publisher(stores, producer, own, clock=clock)
    source_reader = SourceReader(
        kinds, open_host, publisher=publisher, stores=stores, timing=timing, clock=clock
    )
    schedule = Schedule(stores, source_reader, own, timing=timing, changes=changes, clock=clock)
    service.spawn("schedule", schedule.run(service.stopping, service.heartbeat("schedule")))

    reconciler = Reconciler(stores.inbox, publisher, own, clock=clock)
    reader = Reader(
        settings.kafka, [ANALYSES, DOCUMENTS.dlq], "groundswell.collector", stores.offsets
    )
    reader.on_regression.append(reconciler.hurry)
    service.spawn("confirmations", _confirm(service, reader, reconciler, producer))
    look = min(1.0, own.reconcile_after / 4)
    service.spawn("reconcile", _repeat(service, "reconcile", look, reconciler.turn))
    service.spawn(
        "gauges", _repeat(service, "gauges", GAUGE_SECONDS, lambda: measure(stores, clock))
    )


async def _confirm(
    service: Service, reader: Reader, reconciler: Reconciler, producer: Producer
) -> None:
    """Hears what was analysed. Joining a group takes seconds, for which reading need not wait."""
    async with reader:
        await consume(
            reader,
            reconciler.confirm,
            producer=producer,
            heartbeat=service.heartbeat("confirmations"),
            stop=service.stopping,
        )


async def _repeat(
    service: Service, name: str, pause: float, work: Callable[[], Awaitable[None]]
) -> None:
    """Does work again and again until the service stops; a bad moment is waited out."""
    while not service.stopping.is_set():
        try:
            await work()
        except Unavailable as error:
            log.warning("waiting: a round was left out", loop=name, error=error.message)
        await service.pause(pause)
