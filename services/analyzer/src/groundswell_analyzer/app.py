"""The wiring: every object of a role in order; closed in reverse for free.

annotate:  documents → AnnotateHandler → Annotator (worker processes) → documents, analyses
stories:   analyses → StoriesHandler → Keeper (Desk, Grader, Life) → documents, stories, series, alerts
           StoryService, DocumentService, MonitorService
"""

from __future__ import annotations

import os
import socket
from datetime import timedelta

from groundswell.analysis.v1.document_service_pb2_grpc import (
    add_DocumentServiceServicer_to_server,
)
from groundswell.model.v1.model_service_pb2_grpc import add_ModelServiceServicer_to_server
from groundswell.monitor.v1.monitor_service_pb2_grpc import add_MonitorServiceServicer_to_server
from groundswell.story.v1.story_service_pb2_grpc import add_StoryServiceServicer_to_server
from groundswell_analyzer.annotate import Annotator
from groundswell_analyzer.backtest.calls import BacktestCalls
from groundswell_analyzer.backtest.orders import BacktestOrders
from groundswell_analyzer.backtest.process import in_process
from groundswell_analyzer.backtest.store import BacktestStore
from groundswell_analyzer.clock import EventClock, event_clock
from groundswell_analyzer.coverage import CoverageCache, collector_channel
from groundswell_analyzer.describing import Describer
from groundswell_analyzer.document_service import DocumentService
from groundswell_analyzer.grading import RuleBook, read_rules
from groundswell_analyzer.handle import AnnotateHandler
from groundswell_analyzer.model_service import ModelService
from groundswell_analyzer.models import load_models
from groundswell_analyzer.monitor_service import MonitorService
from groundswell_analyzer.monitors import MonitorBook, MonitorStore, wait_for_monitors
from groundswell_analyzer.publish import AlertPublisher, AnalysisPublisher
from groundswell_analyzer.seeds import seed
from groundswell_analyzer.settings import Settings
from groundswell_analyzer.stores import COLLECTIONS
from groundswell_analyzer.stories.alerting import Outbox
from groundswell_analyzer.stories.desk import Desk
from groundswell_analyzer.stories.embedder import installed_embedder
from groundswell_analyzer.stories.grader import Grader
from groundswell_analyzer.stories.handle import StoriesHandler
from groundswell_analyzer.stories.keeper import Keeper
from groundswell_analyzer.stories.life import Life
from groundswell_analyzer.stories.linker import Linker
from groundswell_analyzer.stories.outlet_book import OutletBook
from groundswell_analyzer.stories.round import Round
from groundswell_analyzer.stories.store import StoryStore
from groundswell_analyzer.stories.teller import Teller
from groundswell_analyzer.stories.usual import UsualKeeper
from groundswell_analyzer.stories.watching import WatchHub
from groundswell_analyzer.story_service import StoryService
from groundswell_analyzer.telling import load_weights
from groundswell_core.consume import consume
from groundswell_core.identity import digest
from groundswell_core.kafka import Producer, Reader
from groundswell_core.mongo import Database, connect
from groundswell_core.service import Service
from groundswell_core.topics import ALERTS, ANALYSES, DOCUMENTS


async def app(settings: Settings, service: Service) -> None:
    """Wires the role that the settings name."""
    database = await service.enter(connect(settings.mongo))
    await database.ensure(*COLLECTIONS)
    store = MonitorStore(database.collection("monitors"), service.clock)
    await seed(settings.analyzer.monitors_file, store)
    book = MonitorBook(store)
    await wait_for_monitors(book)
    roles = {"annotate": annotate_role, "stories": stories_role}
    await roles[settings.analyzer.role](settings, service, database, store, book)
    service.spawn("monitors", book.run(service, service.heartbeat("monitors")))


async def annotate_role(
    settings: Settings, service: Service, database: Database, store: MonitorStore, book: MonitorBook
) -> None:
    """Wires the role that learns of documents."""
    own = settings.analyzer
    annotator = await service.enter(
        Annotator(
            clock=service.clock,
            workers=own.workers,
            plugins=own.stage_plugins,
            models=(own.sentiment_model, own.shadow_models),
        )
    )
    annotator.use(book.monitors.values())
    book.follow(lambda changed: annotator.use(changed.monitors.values()))
    producer = await service.enter(Producer(settings.kafka, [DOCUMENTS, DOCUMENTS.dlq, ANALYSES]))
    handler = AnnotateHandler(
        database.collection("documents"),
        annotator,
        AnalysisPublisher(producer),
        clock=service.clock,
        events=event_clock(own.clock, service.clock),
        keep=timedelta(days=own.document_days),
    )
    reader = await service.enter(
        Reader(
            settings.kafka,
            [DOCUMENTS],
            "groundswell.analyzer.annotate",
            database.collection("annotate_offsets"),
            maximum_records=own.batch_size,
        )
    )
    service.ready_checks.append(lambda: producer.is_ready)
    service.spawn(
        "documents",
        consume(
            reader,
            handler.handle,
            producer=producer,
            heartbeat=service.heartbeat("documents"),
            stop=service.stopping,
        ),
    )
    await service.serve([])


async def stories_role(
    settings: Settings, service: Service, database: Database, store: MonitorStore, book: MonitorBook
) -> None:
    """Wires the role that gathers stories, grades them and answers calls."""
    own = settings.analyzer
    hold = timedelta(seconds=own.alert_hold)
    events = event_clock(own.clock, service.clock)
    rules = RuleBook(database.collection("grading_rules"), *read_rules(own.grading_rules_file))
    await rules.remember(service.clock.now())
    coverage = CoverageCache(await service.enter(collector_channel(settings, service)))
    producer = await service.enter(Producer(settings.kafka, [ANALYSES, ANALYSES.dlq, ALERTS]))
    hub = WatchHub()
    weights = load_weights(own.source_weights_file)
    desk = Desk()
    teller = Teller(
        database.collection("documents"),
        desk.rarity,
        queries=book.queries_of,
        outlets=weights.names(),
    )
    grader = Grader(rules.rules, working=book.working, coverage=coverage.newest, hold=hold)
    keeper = Keeper(
        store=StoryStore(
            database,
            keep=timedelta(days=own.story_days),
            writer=digest(socket.gethostname(), str(os.getpid()), str(service.clock.now())),
            weights=weights,
        ),
        desk=desk,
        grader=grader,
        outbox=Outbox(
            AlertPublisher(producer), interval=timedelta(seconds=own.alert_interval), hold=hold
        ),
        life=Life(rest_after=own.rest_after, forget_after=own.forget_after),
        clock=service.clock,
        events=events,
        announce=hub.announce,
        tell=teller.tell,
    )
    embedder = installed_embedder() if own.linking == "auto" else None
    if embedder is not None:
        keeper.link = Linker(embedder).link
    usual = UsualKeeper(database.collection("baselines"), grader.snapshots)
    await usual.load()
    await keeper.start()
    handler = StoriesHandler(keeper, service.clock)
    reader = await service.enter(
        Reader(
            settings.kafka,
            [ANALYSES],
            "groundswell.analyzer.stories",
            database.collection("stories_offsets"),
            maximum_records=own.batch_size,
        )
    )
    stories, documents = database.collection("stories"), database.collection("documents")
    outlets = OutletBook(
        stories, database.collection("outlet_records"), keep=timedelta(days=own.story_days)
    )
    rounds = Round(keeper, usual, book, documents, tick=own.tick, sweep=own.sweep)
    book.follow(rounds.monitors_changed)
    reader.on_regression.append(rounds.log_regressed)
    service.ready_checks.append(lambda: producer.is_ready)
    service.spawn(
        "analyses",
        consume(
            reader,
            handler.handle,
            producer=producer,
            heartbeat=service.heartbeat("analyses"),
            stop=service.stopping,
        ),
    )
    service.spawn("rounds", rounds.run(service, service.heartbeat("rounds")))
    service.spawn("outlets", outlets.run(service, service.heartbeat("outlets")))
    service.spawn("coverage", coverage.run(service, service.heartbeat("coverage")))
    describer = Describer(
        documents=documents,
        stories=stories,
        outlets=outlets,
        weights=weights,
        rules=rules.rules,
        events=events,
    )
    await service.serve(
        [
            (
                add_StoryServiceServicer_to_server,
                StoryService(
                    database,
                    book,
                    hub,
                    describer=describer,
                    keeper=keeper,
                    stopping=service.stopping,
                ),
                "groundswell.story.v1.StoryService",
            ),
            (
                add_DocumentServiceServicer_to_server,
                DocumentService(documents, stories, book),
                "groundswell.analysis.v1.DocumentService",
            ),
            (
                add_MonitorServiceServicer_to_server,
                MonitorService(
                    store,
                    book,
                    database,
                    rules=rules,
                    events=events,
                    backtests=backtest_calls(settings, service, database, events),
                ),
                "groundswell.monitor.v1.MonitorService",
            ),
            (
                add_ModelServiceServicer_to_server,
                ModelService(
                    load_models(own.sentiment_model, own.shadow_models), documents, events
                ),
                "groundswell.model.v1.ModelService",
            ),
        ]
    )


def backtest_calls(
    settings: Settings, service: Service, database: Database, events: EventClock
) -> BacktestCalls:
    """Wires backtests: each runs in a process of its own."""
    store = BacktestStore(database.collection("backtests"), service.clock)

    def start(name: str) -> None:
        service.spawn(name, in_process(settings.mongo, settings.analyzer, service, store, name))

    orders = BacktestOrders(store, events=events, clock=service.clock, start=start)
    return BacktestCalls(orders, store)
