"""The three services over real gRPC, called as anybody."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import grpc
import pytest
import pytest_asyncio

from groundswell.analysis.v1 import document_service_pb2_grpc as documents_grpc
from groundswell.model.v1 import model_service_pb2_grpc as models_grpc
from groundswell.monitor.v1 import monitor_pb2
from groundswell.monitor.v1 import monitor_service_pb2 as monitors_pb
from groundswell.monitor.v1 import monitor_service_pb2_grpc as monitors_grpc
from groundswell.story.v1 import story_service_pb2 as stories_pb
from groundswell.story.v1 import story_service_pb2_grpc as stories_grpc
from groundswell_analyzer.backtest.calls import BacktestCalls
from groundswell_analyzer.backtest.orders import BacktestOrders
from groundswell_analyzer.backtest.run import Run
from groundswell_analyzer.backtest.store import BacktestStore
from groundswell_analyzer.document_service import DocumentService
from groundswell_analyzer.grading import RuleBook, read_rules
from groundswell_analyzer.model_service import ModelService
from groundswell_analyzer.models import load_models
from groundswell_analyzer.monitor_service import MonitorService
from groundswell_analyzer.stories.life import Life
from groundswell_analyzer.stories.watching import WatchHub
from groundswell_analyzer.story_service import StoryService
from groundswell_core.rpc import serve, translate
from groundswell_core.settings import RpcSettings, TlsSettings
from groundswell_core.tokens import Role

TITLES = ("四川宜宾发生5.0级地震", "宜宾5.0级地震暂无人员伤亡", "宜宾地震救援人员抵达现场")


@dataclass
class Api:
    """Calls the three services as somebody."""

    analyzer: Any
    channel: Any
    keys: Any
    hub: WatchHub
    stopping: asyncio.Event
    role: Role = Role.ADMIN
    department: str = ""

    def __post_init__(self) -> None:
        self.stories = stories_grpc.StoryServiceStub(self.channel)
        self.documents = documents_grpc.DocumentServiceStub(self.channel)
        self.monitors = monitors_grpc.MonitorServiceStub(self.channel)
        self.models = models_grpc.ModelServiceStub(self.channel)

    @property
    def who(self):
        return self.keys.metadata("analyzer", self.role, department=self.department)

    def of(self, department: str, role: Role = Role.ANALYST) -> Api:
        return Api(
            self.analyzer, self.channel, self.keys, self.hub, self.stopping, role, department
        )

    async def call(self, method, request):
        return await method(request, metadata=self.who, timeout=10)

    async def refused(self, method, request) -> tuple[str, str, dict]:
        """Returns status, reason and metadata of a call that fails."""
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await self.call(method, request)
        failure = translate(caught.value)
        return caught.value.code().name, failure.reason, failure.metadata

    async def create(self, name: str, query: str = "地震", **fields):
        monitor = monitor_pb2.Monitor(name=f"monitors/{name}", query=query, **fields)
        request = monitors_pb.CreateMonitorRequest(monitor=monitor)
        return (await self.call(self.monitors.CreateMonitor, request)).monitor


def backtests_of(analyzer) -> BacktestCalls:
    """Runs backtests in the test's own process, at once."""
    database, keeper = analyzer.database, analyzer.keeper
    store = BacktestStore(database.collection("backtests"), keeper.clock)

    async def run(name: str) -> None:
        order = await store.order(name)
        documents = database.collection("documents")
        life = Life(rest_after=keeper.life.rest_after, forget_after=keeper.life.forget_after)
        await Run(order, store, documents, life, keeper.clock).run()

    def start(name: str) -> None:
        analyzer.backtests.append(asyncio.ensure_future(run(name)))

    analyzer.backtests = []
    return BacktestCalls(
        BacktestOrders(store, events=keeper.events, clock=keeper.clock, start=start), store
    )


@pytest_asyncio.fixture
async def api(analyzer, keys):
    database, stopping, hub = analyzer.database, asyncio.Event(), WatchHub()
    analyzer.keeper.announce = hub.announce
    stories, documents = database.collection("stories"), database.collection("documents")
    book = analyzer.book
    servicers = [
        (
            stories_grpc.add_StoryServiceServicer_to_server,
            StoryService(
                database,
                book,
                hub,
                describer=analyzer.describer(),
                keeper=analyzer.keeper,
                stopping=stopping,
            ),
            "groundswell.story.v1.StoryService",
        ),
        (
            documents_grpc.add_DocumentServiceServicer_to_server,
            DocumentService(documents, stories, book),
            "groundswell.analysis.v1.DocumentService",
        ),
        (
            monitors_grpc.add_MonitorServiceServicer_to_server,
            MonitorService(
                analyzer.store,
                book,
                database,
                rules=RuleBook(database.collection("grading_rules"), *read_rules(None)),
                events=analyzer.keeper.events,
                backtests=backtests_of(analyzer),
            ),
            "groundswell.monitor.v1.MonitorService",
        ),
        (
            models_grpc.add_ModelServiceServicer_to_server,
            ModelService(load_models("news", ("lexicon",)), documents, analyzer.keeper.events),
            "groundswell.model.v1.ModelService",
        ),
    ]
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(
            serve(
                RpcSettings(port=0, stop_grace=0.1),
                servicers,
                verifier=keys.verifier("analyzer"),
                tls=TlsSettings(),
            )
        )
        channel = await stack.enter_async_context(
            grpc.aio.insecure_channel(f"127.0.0.1:{server.port}")
        )
        yield Api(analyzer, channel, keys, hub, stopping)
        stopping.set()


@pytest_asyncio.fixture
async def quake(api, write, clock):
    """One graded story of three documents, and one unlike it."""
    await api.create("quakes")
    for index, title in enumerate(TITLES):
        await api.analyzer.send(write(title, source=f"s{index}"))
        await clock.move(60)
    await api.analyzer.send(write("Ransomware attack shuts down Oslo hospitals", source="en"))
    records = await api.analyzer.stories()
    return next(record for record in records if record["language"] == "zh")


@pytest.fixture
def listed(api):
    """Gives a call that lists stories as somebody."""

    async def call(who=api, **fields) -> list:
        request = stories_pb.ListStoriesRequest(**fields)
        return list((await who.call(who.stories.ListStories, request)).stories)

    return call
