"""Both roles of the analyzer in one process, on real servers, with time in hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
import pytest_asyncio

from groundswell_analyzer.annotate import annotate
from groundswell_analyzer.clock import event_clock
from groundswell_analyzer.describing import Describer
from groundswell_analyzer.grading import load_rules
from groundswell_analyzer.handle import AnnotateHandler
from groundswell_analyzer.monitors import MonitorBook, MonitorStore
from groundswell_analyzer.publish import AlertPublisher, AnalysisPublisher
from groundswell_analyzer.stores import COLLECTIONS
from groundswell_analyzer.stories.alerting import Outbox
from groundswell_analyzer.stories.desk import Desk
from groundswell_analyzer.stories.grader import Grader
from groundswell_analyzer.stories.keeper import Keeper
from groundswell_analyzer.stories.life import Life
from groundswell_analyzer.stories.outlet_book import OutletBook
from groundswell_analyzer.stories.store import StoryStore
from groundswell_analyzer.stories.teller import Teller
from groundswell_analyzer.telling import load_weights
from groundswell_core.analyses import Analysis
from groundswell_core.documents import DOCUMENTS, Document, Signals
from groundswell_core.identity import document_id, revision_of
from groundswell_core.kafka import Producer
from groundswell_core.mongo import CollectionSpec
from groundswell_core.monitors import Monitor
from groundswell_core.topics import ALERTS, ANALYSES, Record
from groundswell_core.topics import DOCUMENTS as DOCUMENTS_TOPIC

HOLD = timedelta(minutes=5)
# MongoDB expires by the machine's clock, which is ahead of the fake one.
KEEP = timedelta(days=36500)


def keeping_all(spec: CollectionSpec) -> CollectionSpec:
    """Returns a collection that keeps all: MongoDB would expire by the machine's clock."""
    kept = tuple(index for index in spec.indexes if index.expire_after is None)
    return replace(spec, indexes=kept)


@pytest.fixture
def lasting() -> Callable[[CollectionSpec], CollectionSpec]:
    return keeping_all


@dataclass
class Stages:
    """The stages in this process: what worker processes add has tests of its own."""

    book: MonitorBook
    clock: object

    async def annotate(self, documents: Sequence[Document]) -> list[Analysis]:
        return annotate(documents, self.book.queries, self.clock.now())


@dataclass
class Analyzer:
    """The two roles, one after the other, as often as a test restarts them."""

    database: object
    producer: Producer
    clock: object
    kind: str = "system"
    writers: int = 0
    offset: int = 0
    handler: AnnotateHandler = field(init=False)
    keeper: Keeper = field(init=False)
    book: MonitorBook = field(init=False)
    store: MonitorStore = field(init=False)

    async def start(self) -> Keeper:
        """Starts both roles anew: nothing is left of earlier ones but what MongoDB holds."""
        await self.database.ensure(*map(keeping_all, COLLECTIONS))
        self.store = MonitorStore(self.database.collection("monitors"), self.clock)
        self.book = MonitorBook(self.store)
        await self.book.refresh()
        self.handler = AnnotateHandler(
            self.database.collection("documents"),
            Stages(self.book, self.clock),
            AnalysisPublisher(self.producer),
            clock=self.clock,
            events=event_clock(self.kind, self.clock),
            keep=KEEP,
        )
        self.keeper = self.new_keeper()
        await self.keeper.start()
        return self.keeper

    def new_keeper(self) -> Keeper:
        self.writers += 1
        desk = Desk()
        teller = Teller(self.database.collection("documents"), desk.rarity)
        return Keeper(
            store=StoryStore(self.database, keep=KEEP, writer=f"writer-{self.writers}"),
            desk=desk,
            tell=teller.tell,
            grader=Grader(
                load_rules(), working=self.book.working, coverage=lambda: None, hold=HOLD
            ),
            outbox=Outbox(AlertPublisher(self.producer), interval=timedelta(seconds=30), hold=HOLD),
            life=Life(rest_after=6 * 3600, forget_after=72 * 3600),
            clock=self.clock,
            events=event_clock(self.kind, self.clock),
        )

    def describer(self) -> Describer:
        stories = self.database.collection("stories")
        return Describer(
            documents=self.database.collection("documents"),
            stories=stories,
            outlets=OutletBook(stories, self.database.collection("outlet_records"), keep=KEEP),
            weights=load_weights(),
            rules=load_rules(),
            events=self.keeper.events,
        )

    async def monitor(self, name: str, query: str, **fields) -> Monitor:
        made = await self.store.create(Monitor(name=f"monitors/{name}", query=query, **fields))
        await self.book.refresh()
        return made

    async def annotate(self, *documents: Document) -> list[str]:
        """Hands documents to the role annotate alone; returns their ids."""
        await self.handler.handle([self.record(document) for document in documents])
        return [document.name.removeprefix("documents/") for document in documents]

    async def send(self, *documents: Document) -> None:
        """Hands documents to both roles."""
        await self.keeper.take(await self.annotate(*documents))

    def record(self, document: Document) -> Record:
        self.offset += 1
        value = DOCUMENTS.to_bytes(document)
        topic = DOCUMENTS_TOPIC.name
        return Record(topic, 0, self.offset, document.name, value, {}, self.clock.now())

    async def stories(self) -> list[dict]:
        return await self.database.collection("stories").find({}, sort=[("_id", 1)])

    async def story(self) -> dict:
        """Returns the only story."""
        (record,) = await self.stories()
        return record

    async def documents(self) -> list[dict]:
        return await self.database.collection("documents").find({}, sort=[("_id", 1)])

    async def alert(self) -> dict:
        """Returns the only alert of the only story."""
        (box,) = (await self.story())["alerts"]
        return box["alert"]


@pytest_asyncio.fixture
async def producer(kafka):
    async with Producer(kafka, [DOCUMENTS_TOPIC, ANALYSES, ALERTS]) as producer:
        yield producer


@pytest_asyncio.fixture
async def analyzer(database, producer, clock) -> Analyzer:
    made = Analyzer(database, producer, clock)
    await made.start()
    return made


@pytest.fixture
def write(clock) -> Callable[..., Document]:
    """Gives a writer of documents: published and collected now unless told otherwise."""

    def make(
        title: str,
        *,
        source: str = "wire",
        key: str = "",
        text: str = "",
        heat: float | None = None,
        rank: int | None = None,
        time: datetime | None = None,
        **fields,
    ) -> Document:
        moment = time or clock.now()
        signals = None if heat is None and rank is None else Signals(heat=heat, rank=rank)
        made = Document(
            name="documents/" + document_id(f"sources/{source}", key or title),
            source=f"sources/{source}",
            source_kind="hotlist" if signals else "feed",
            outlet=source,
            key=key or title,
            title=title,
            text=text,
            url=f"http://{source}.example/{key or 'story'}",
            revision=revision_of(title, text),
            signals=signals,
            publish_time=moment,
            collect_time=moment,
        )
        return replace(made, **fields)

    return make
