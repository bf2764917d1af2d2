"""What the notifier's tests share: alerts, a notifier in parts on a fake clock, a whole one, sinks."""

from __future__ import annotations

import asyncio
import textwrap
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web

from groundswell_core.alerts import Alert, AlertState, Notification
from groundswell_core.clock import Clock
from groundswell_core.grades import Contribution, Grade, Level
from groundswell_core.identity import alert_fingerprint
from groundswell_core.mongo import Database
from groundswell_core.service import Service
from groundswell_core.settings import KafkaSettings, MetricsSettings, MongoSettings, RpcSettings
from groundswell_core.source_records import Coverage, SourceCoverage
from groundswell_core.testing.clock import FakeClock
from groundswell_core.testing.keys import TestKeys
from groundswell_notifier import stores
from groundswell_notifier.app import app
from groundswell_notifier.book import AlertBook
from groundswell_notifier.delivery import Delivery
from groundswell_notifier.dispatch import Dispatcher
from groundswell_notifier.duty import Duty
from groundswell_notifier.groups import GroupStore
from groundswell_notifier.notification_log import NotificationLog
from groundswell_notifier.pipeline import Pipeline
from groundswell_notifier.revisions import RevisionLog
from groundswell_notifier.routes import Routes
from groundswell_notifier.settings import NotifierSettings, Settings, WatchSettings

SECRET = "not-so-secret"
# The server removes by its own clock what is past retention, so the fake one starts at today.
START = datetime.now(UTC).replace(microsecond=0)


def make_alert(story: str = "flood", /, now: datetime | None = None, **changes: Any) -> Alert:
    """Returns a firing alert of level II on stories/<story>."""
    monitor = changes.pop("monitor", "monitors/rivers")
    level = changes.pop("level", Level.II)
    labels = {"monitor": monitor.removeprefix("monitors/"), "level": level.name}
    moment = now or START
    reason = Contribution(
        component="burst",
        input=9.0,
        scaled=0.9,
        weight=0.5,
        points=45.0,
        reason="9 times the usual volume",
    )
    alert = Alert(
        name=f"alerts/{alert_fingerprint(monitor, f'stories/{story}')}",
        monitor=monitor,
        monitor_display_name="Rivers",
        story=f"stories/{story}",
        version=1,
        headline=f"Water rises at {story}",
        summary=f"The river at {story} rises fast.",
        labels=labels,
        grade=Grade(level=level, score=71.0, rule_version="v1", contributions=(reason,)),
        document_count=12,
        copy_count=30,
        outlet_count=7,
        coverage=Coverage(
            expected=9,
            reported=8,
            silent_sources=(SourceCoverage(source="sources/radio", display_name="Radio"),),
        ),
        url="https://news.example/flood",
        start_time=moment,
        end_time=moment + timedelta(hours=1),
        grade_time=moment,
    )
    extra = changes.pop("labels", {})
    return replace(alert, labels={**alert.labels, **extra}, **changes)


@dataclass(slots=True)
class Sink:
    """A real HTTP server that remembers what it was sent and answers as told."""

    url: str = ""
    requests: list[tuple[Mapping[str, str], bytes]] = field(default_factory=list)
    answers: list[tuple[int, Mapping[str, str]]] = field(default_factory=list)
    hold: asyncio.Event | None = None  # set: answers wait for it

    async def handle(self, request: web.Request) -> web.Response:
        self.requests.append((dict(request.headers), await request.read()))
        if self.hold is not None:
            await self.hold.wait()
        status, headers = self.answers.pop(0) if self.answers else (200, {})
        return web.Response(status=status, headers=headers)


@pytest_asyncio.fixture
async def sink() -> AsyncIterator[Sink]:
    """Gives an HTTP sink on loopback."""
    sink = Sink()
    application = web.Application()
    application.router.add_post("/{tail:.*}", sink.handle)
    runner = web.AppRunner(application, shutdown_timeout=1.0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    sink.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield sink
    if sink.hold is not None:
        sink.hold.set()
    await runner.cleanup()


@pytest.fixture
def secret_file(tmp_path: Path) -> Path:
    path = tmp_path / "secret"
    path.write_text(SECRET)
    return path


@pytest.fixture
def routes_file(tmp_path: Path) -> Callable[[str], Path]:
    """Gives a writer of routing trees."""
    path = tmp_path / "routes.yaml"

    def write(text: str) -> Path:
        path.write_text(textwrap.dedent(text))
        return path

    return write


@pytest.fixture
def clock() -> FakeClock:
    """Gives a clock that moves only when told."""
    return FakeClock(START)


class Parts:
    """A notifier without Kafka and gRPC, on a fake clock: its steps are called one by one."""

    def __init__(self, database: Database, clock: Clock, settings: NotifierSettings) -> None:
        self.database = database
        self.clock: Any = clock
        self.settings = settings
        self.routes = Routes(settings)
        self.book = AlertBook(database.collection("alerts"), clock)
        self.revisions = RevisionLog(database.collection("alert_log"), clock)
        self.groups = GroupStore(database.collection("alert_groups"))
        self.notifications = NotificationLog(database.collection("notifications"), clock)
        self.dispatcher = self.make_dispatcher()
        self.pipeline = Pipeline(
            book=self.book,
            groups=self.groups,
            notifications=self.notifications,
            routes=self.routes,
            clock=clock,
        )
        self.delivery = Delivery(
            notifications=self.notifications,
            book=self.book,
            routes=self.routes,
            settings=settings,
            clock=clock,
        )
        self.duty = Duty(
            dispatcher=self.dispatcher,
            groups=self.groups,
            pipeline=self.pipeline,
            delivery=self.delivery,
            clock=clock,
            expiry_grace=settings.expiry_grace,
        )

    def make_dispatcher(self, **changes: Any) -> Dispatcher:
        given = {
            "book": self.book,
            "revisions": self.revisions,
            "groups": self.groups,
            "routes": self.routes,
            "clock": self.clock,
            "lifetime": timedelta(minutes=5),
        }
        return Dispatcher(**{**given, **changes})

    async def take_in(self, *alerts: Alert) -> None:
        """Dispatches alerts as sent now."""
        await self.dispatcher.dispatch([(alert, self.clock.now()) for alert in alerts])

    async def turn(self) -> None:
        """Does what is due now and waits for what is being sent."""
        await self.duty.turn()
        await self.delivery.drain()

    async def run_for(self, seconds: float, step: float = 1.0) -> None:
        """Moves the clock step by step, doing what is due."""
        for _ in range(int(seconds / step)):
            await self.clock.move(step)
            await self.turn()

    async def logged(self) -> list[tuple[int, str]]:
        """Returns (revision, kind) of the whole log."""
        return [(one.rev, one.change.kind) for one in await self.revisions.read(0, 100_000)]

    async def notified(self) -> list[Notification]:
        """Returns every notification, oldest first."""
        return (await self.notifications.find({}, limit=0, skip=0))[::-1]


@pytest_asyncio.fixture
async def make_parts(
    database: Database, clock: FakeClock
) -> AsyncIterator[Callable[..., Awaitable[Parts]]]:
    """Gives a maker of notifiers in parts; a second one is the first after a crash."""
    made: list[Parts] = []
    await database.ensure(*stores.COLLECTIONS)

    async def make(routes: Path | None = None, **changes: Any) -> Parts:
        allowed = {"allowed_networks": "127.0.0.0/8", "language": "en", **changes}
        parts = Parts(database, clock, NotifierSettings(routes_file=routes, **allowed))
        await parts.revisions.start()
        made.append(parts)
        return parts

    yield make
    for parts in made:
        await parts.routes.__aexit__()


@pytest_asyncio.fixture
async def parts(make_parts: Callable[..., Awaitable[Parts]]) -> Parts:
    """Gives a notifier in parts whose receivers stay silent."""
    return await make_parts()


@asynccontextmanager
async def _running(settings: Settings) -> AsyncIterator[Service]:
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as group:
        service = Service("notifier", settings, stack, group)
        try:
            await app(settings, service)
            yield service
        finally:
            service.stopping.set()
            await service.finish()


@pytest.fixture
def run_notifier(mongo: MongoSettings, kafka: KafkaSettings, keys: TestKeys) -> Callable[..., Any]:
    """Gives a context manager that runs a whole notifier on a database and a broker of its own."""

    def run(watch: WatchSettings | None = None, **changes: Any) -> Any:
        rpc = changes.pop("rpc", {})
        allowed = {"allowed_networks": "127.0.0.0/8", "language": "en", **changes}
        settings = Settings(
            mongo=mongo,
            kafka=kafka,
            rpc=RpcSettings(port=0, **rpc),
            metrics=MetricsSettings(port=0),
            auth=keys.settings("notifier"),
            notifier=NotifierSettings(**allowed),
            watch=watch or WatchSettings(),
        )
        return _running(settings)

    return run


@pytest.fixture
def alert() -> Callable[..., Alert]:
    """Gives the maker of alerts."""
    return make_alert


@pytest.fixture
def resolved() -> Callable[..., Alert]:
    """Gives a maker of the last version of an alert."""

    def resolve(alert: Alert, end_time: datetime) -> Alert:
        return replace(
            alert, version=alert.version + 1, state=AlertState.RESOLVED, end_time=end_time
        )

    return resolve
