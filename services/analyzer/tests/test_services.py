"""Every RPC over real gRPC: who may see what, pages, errors with their place, streams that end."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import grpc
import pytest
import pytest_asyncio
from google.protobuf.duration_pb2 import Duration

from groundswell.analysis.v1 import document_service_pb2 as documents_pb
from groundswell.analysis.v1 import document_service_pb2_grpc as documents_grpc
from groundswell.grade.v1 import grade_pb2
from groundswell.monitor.v1 import monitor_pb2
from groundswell.monitor.v1 import monitor_service_pb2 as monitors_pb
from groundswell.monitor.v1 import monitor_service_pb2_grpc as monitors_grpc
from groundswell.story.v1 import story_service_pb2 as stories_pb
from groundswell.story.v1 import story_service_pb2_grpc as stories_grpc
from groundswell_analyzer.document_service import DocumentService
from groundswell_analyzer.grading import load_rules
from groundswell_analyzer.monitor_service import MonitorService
from groundswell_analyzer.stories.watching import WatchHub
from groundswell_analyzer.story_service import StoryService
from groundswell_core.policy import POLICY
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


@pytest_asyncio.fixture
async def api(analyzer, keys):
    database, stopping, hub = analyzer.database, asyncio.Event(), WatchHub()
    analyzer.keeper.announce = hub.announce
    stories, documents = database.collection("stories"), database.collection("documents")
    series, book = database.collection("story_series"), analyzer.book
    servicers = [
        (
            stories_grpc.add_StoryServiceServicer_to_server,
            StoryService(stories, series, book, hub, stopping=stopping),
            "groundswell.story.v1.StoryService",
        ),
        (
            documents_grpc.add_DocumentServiceServicer_to_server,
            DocumentService(documents, book),
            "groundswell.analysis.v1.DocumentService",
        ),
        (
            monitors_grpc.add_MonitorServiceServicer_to_server,
            MonitorService(
                analyzer.store,
                book,
                documents,
                stories,
                rules=load_rules(),
                events=analyzer.keeper.events,
            ),
            "groundswell.monitor.v1.MonitorService",
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


async def listed(api, **fields) -> list:
    request = stories_pb.ListStoriesRequest(**fields)
    return list((await api.call(api.stories.ListStories, request)).stories)


async def test_a_story_is_answered_whole(api, quake):
    request = stories_pb.GetStoryRequest(name=quake["name"])
    story = (await api.call(api.stories.GetStory, request)).story
    assert story.document_count == 3
    assert story.level >= grade_pb2.LEVEL_IV
    assert [one.monitor for one in story.grades] == ["monitors/quakes"]
    assert story.headline in TITLES


async def test_a_missing_story_is_not_found(api):
    request = stories_pb.GetStoryRequest(name="stories/none")
    assert (await api.refused(api.stories.GetStory, request))[:2] == (
        "NOT_FOUND",
        "STORY_NOT_FOUND",
    )
    bad = stories_pb.GetStoryRequest(name="nonsense")
    assert (await api.refused(api.stories.GetStory, bad))[0] == "INVALID_ARGUMENT"


async def test_stories_are_listed_by_level_by_time_and_by_growth(api, quake):
    by_level = await listed(api)
    assert [story.language for story in by_level] == ["zh", "en"]
    newest = await listed(api, order=stories_pb.STORY_ORDER_NEWEST)
    assert [story.language for story in newest] == ["en", "zh"]
    growing = await listed(api, order=stories_pb.STORY_ORDER_GROWTH)
    assert [story.language for story in growing] == ["zh", "en"]


async def test_stories_are_filtered_by_monitor_level_and_words(api, quake):
    assert len(await listed(api, monitor="monitors/quakes")) == 1
    assert len(await listed(api, minimum_level=grade_pb2.LEVEL_IV)) == 1
    assert len(await listed(api, minimum_level=grade_pb2.LEVEL_I)) == 0
    assert len(await listed(api, query="oslo HOSPITALS")) == 1
    assert len(await listed(api, query="(.*")) == 0


async def test_stories_come_in_pages_bound_to_their_filter(api, quake):
    request = stories_pb.ListStoriesRequest(page_size=1)
    first = await api.call(api.stories.ListStories, request)
    assert first.next_page_token
    request.page_token = first.next_page_token
    second = await api.call(api.stories.ListStories, request)
    assert not second.next_page_token
    assert first.stories[0].name != second.stories[0].name
    request.order = stories_pb.STORY_ORDER_NEWEST
    refused = await api.refused(api.stories.ListStories, request)
    assert refused[:2] == ("INVALID_ARGUMENT", "BAD_PAGE_TOKEN")


async def test_drills_are_listed_only_when_asked_for(api, write):
    await api.analyzer.send(write(TITLES[0], exercise=True))
    assert await listed(api) == []
    assert len(await listed(api, include_exercises=True)) == 1


async def test_a_series_adds_up_in_any_step(api, quake):
    request = stories_pb.GetStorySeriesRequest(name=quake["name"])
    minutes = (await api.call(api.stories.GetStorySeries, request)).points
    assert [point.documents for point in minutes] == [1, 1, 1]
    request.step.CopyFrom(Duration(seconds=3600))
    (hour,) = (await api.call(api.stories.GetStorySeries, request)).points
    assert hour.documents == 3
    request.step.CopyFrom(Duration(seconds=90))
    assert (await api.refused(api.stories.GetStorySeries, request))[1] == "BAD_STEP"


async def test_a_timeline_tells_what_happened_oldest_first(api, quake):
    request = stories_pb.GetStoryTimelineRequest(name=quake["name"])
    entries = (await api.call(api.stories.GetStoryTimeline, request)).entries
    assert entries[0].event == "first_document"
    assert {"outlet", "level"} <= {entry.event for entry in entries}
    times = [entry.time.ToDatetime() for entry in entries]
    assert times == sorted(times)


async def test_another_departments_monitor_does_not_exist_anywhere(api, quake):
    await api.create("secret", "宜宾", department="departments/police")
    rescue = api.of("rescue")
    for method, request in [
        (rescue.monitors.GetMonitor, monitors_pb.GetMonitorRequest(name="monitors/secret")),
        (rescue.monitors.DeleteMonitor, monitors_pb.DeleteMonitorRequest(name="monitors/secret")),
        (rescue.stories.ListStories, stories_pb.ListStoriesRequest(monitor="monitors/secret")),
    ]:
        assert (await rescue.refused(method, request))[:2] == ("NOT_FOUND", "MONITOR_NOT_FOUND")
    assert (
        await api.of("police").call(
            api.monitors.GetMonitor, monitors_pb.GetMonitorRequest(name="monitors/secret")
        )
    ).monitor.query == "宜宾"
    seen = await rescue.call(rescue.monitors.ListMonitors, monitors_pb.ListMonitorsRequest())
    assert [one.name for one in seen.monitors] == ["monitors/quakes"]


async def test_grades_and_matches_of_another_departments_monitor_are_left_out(api, write):
    await api.create("secret", "地震", department="departments/police")
    for index, title in enumerate(TITLES):
        await api.analyzer.send(write(title, source=f"s{index}"))
    (of_police,) = await listed(api.of("police"))
    (of_rescue,) = await listed(api.of("rescue"))
    assert of_police.level >= grade_pb2.LEVEL_IV
    assert (list(of_rescue.grades), of_rescue.level) == ([], grade_pb2.LEVEL_NONE)
    search = documents_pb.SearchDocumentsRequest()
    found = await api.of("rescue").call(api.documents.SearchDocuments, search)
    assert not any(analysis.monitors for analysis in found.analyses)


async def test_a_department_makes_monitors_of_its_own_only(api):
    rescue = api.of("rescue")
    assert (await rescue.create("ours")).department == "departments/rescue"
    foreign = monitor_pb2.Monitor(
        name="monitors/theirs", query="地震", department="departments/police"
    )
    request = monitors_pb.CreateMonitorRequest(monitor=foreign)
    assert (await rescue.refused(rescue.monitors.CreateMonitor, request))[0] == "PERMISSION_DENIED"


async def test_a_monitor_is_made_changed_and_deleted(api):
    made = await api.create("quakes")
    assert made.alert_level == grade_pb2.LEVEL_IV
    assert made.state == monitor_pb2.MONITOR_STATE_ON
    made.query = "地震 OR 余震"
    changed = await api.call(
        api.monitors.UpdateMonitor, monitors_pb.UpdateMonitorRequest(monitor=made)
    )
    assert changed.monitor.query == "地震 OR 余震"
    await api.call(api.monitors.DeleteMonitor, monitors_pb.DeleteMonitorRequest(name=made.name))
    gone = monitors_pb.GetMonitorRequest(name=made.name)
    assert (await api.refused(api.monitors.GetMonitor, gone))[0] == "NOT_FOUND"


async def test_a_query_that_does_not_parse_is_refused_at_its_place(api):
    monitor = monitor_pb2.Monitor(name="monitors/bad", query="地震 AND (余震")
    status, reason, metadata = await api.refused(
        api.monitors.CreateMonitor, monitors_pb.CreateMonitorRequest(monitor=monitor)
    )
    assert (status, reason, metadata["position"]) == ("INVALID_ARGUMENT", "BAD_QUERY", "7")


async def test_parsing_answers_mistakes_with_their_place_or_the_normal_form(api):
    request = monitors_pb.ParseQueryRequest(query="地震 AND (余震")
    bad = await api.call(api.monitors.ParseQuery, request)
    assert [error.position for error in bad.errors] == [7]
    good = await api.call(api.monitors.ParseQuery, monitors_pb.ParseQueryRequest(query="a b OR c"))
    assert (list(good.errors), good.normal_form) == ([], "((a AND b) OR c)")


async def test_a_preview_shows_what_a_monitor_would_have_matched(api, quake, write, clock):
    old = write("旧地震消息", source="old", time=clock.now() - timedelta(days=2))
    await api.analyzer.send(old)
    request = monitors_pb.PreviewMonitorRequest(monitor=monitor_pb2.Monitor(query="地震"))
    preview = await api.call(api.monitors.PreviewMonitor, request)
    assert (preview.searched_count, preview.matched_count) == (4, 3)
    assert preview.analyses[0].document.title == TITLES[2]


async def test_a_grade_is_explained_and_computed_again(api, quake):
    request = monitors_pb.ExplainGradeRequest(story=quake["name"], monitor="monitors/quakes")
    answer = await api.call(api.monitors.ExplainGrade, request)
    assert answer.agrees
    assert answer.grade.contributions
    assert len(answer.moves) > 1
    request.story = "stories/none"
    assert (await api.refused(api.monitors.ExplainGrade, request))[1] == "GRADE_NOT_FOUND"


async def test_documents_are_searched_newest_first_in_pages(api, quake):
    request = documents_pb.SearchDocumentsRequest(query="地震", page_size=2)
    first = await api.call(api.documents.SearchDocuments, request)
    assert [one.document.title for one in first.analyses] == [TITLES[2], TITLES[1]]
    assert first.analyses[0].story == quake["name"]
    request.page_token = first.next_page_token
    second = await api.call(api.documents.SearchDocuments, request)
    assert [one.document.title for one in second.analyses] == [TITLES[0]]


async def test_documents_of_one_moment_are_paged_without_loss_or_repeat(api, write):
    await api.analyzer.send(*(write(f"same moment {i}", source="s") for i in range(25)))
    request, seen = documents_pb.SearchDocumentsRequest(page_size=4), []
    while True:
        page = await api.call(api.documents.SearchDocuments, request)
        seen += [analysis.name for analysis in page.analyses]
        request.page_token = page.next_page_token
        if not page.next_page_token:
            break
    assert len(seen) == len(set(seen)) == 25


async def test_documents_are_filtered_by_story_and_source(api, quake):
    by_story = documents_pb.SearchDocumentsRequest(story=quake["name"])
    assert len((await api.call(api.documents.SearchDocuments, by_story)).analyses) == 3
    by_source = documents_pb.SearchDocumentsRequest(source="sources/en")
    assert len((await api.call(api.documents.SearchDocuments, by_source)).analyses) == 1
    bad = documents_pb.SearchDocumentsRequest(query="((")
    assert (await api.refused(api.documents.SearchDocuments, bad))[0] == "INVALID_ARGUMENT"


async def test_a_document_is_answered_with_its_story(api, quake):
    search = documents_pb.SearchDocumentsRequest(story=quake["name"], page_size=1)
    (found,) = (await api.call(api.documents.SearchDocuments, search)).analyses
    request = documents_pb.GetDocumentRequest(name=found.document.name)
    analysis = (await api.call(api.documents.GetDocument, request)).analysis
    assert analysis == found
    missing = documents_pb.GetDocumentRequest(name="documents/none")
    assert (await api.refused(api.documents.GetDocument, missing))[0] == "NOT_FOUND"


async def test_a_follower_sees_the_present_a_marker_and_each_change(api, quake, write):
    request = stories_pb.WatchStoriesRequest(monitor="monitors/quakes")
    call = api.stories.WatchStories(request, metadata=api.who)
    assert (await call.read()).story.document_count == 3
    assert (await call.read()).snapshot_end
    await api.analyzer.send(write("宜宾地震余震不断", source="late"))
    assert (await call.read()).story.document_count == 4
    call.cancel()


async def test_a_stream_ends_when_the_service_stops(api, quake):
    call = api.stories.WatchStories(stories_pb.WatchStoriesRequest(), metadata=api.who)
    responses = [await call.read() for _ in range(3)]
    assert responses[-1].snapshot_end
    api.stopping.set()
    assert await call.read() is grpc.aio.EOF


async def test_a_quiet_stream_gets_bookmarks(api):
    call = api.stories.WatchStories(stories_pb.WatchStoriesRequest(), metadata=api.who)
    assert (await call.read()).snapshot_end
    async with asyncio.timeout(6):
        bookmark = await call.read()
    assert not bookmark.snapshot_end
    assert not bookmark.HasField("story")
    call.cancel()


def methods() -> list[str]:
    names = ("story.v1.Story", "analysis.v1.Document", "monitor.v1.Monitor")
    return [path for path in POLICY if any(f".{name}Service/" in path for name in names)]


@pytest.mark.parametrize("path", methods(), ids=lambda path: path.rsplit("/", 1)[1])
async def test_every_call_needs_a_token_and_writing_a_role(api, path):
    method = api.channel.unary_unary(path)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await method(b"", timeout=5)
    assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED
    if POLICY[path].role > Role.VIEWER:
        viewer = api.of("", Role.VIEWER)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await method(b"", metadata=viewer.who, timeout=5)
        assert caught.value.code() is grpc.StatusCode.PERMISSION_DENIED
