"""DocumentService, and the table of who may call what."""

from __future__ import annotations

import grpc
import pytest

from groundswell.analysis.v1 import document_service_pb2 as documents_pb
from groundswell_core.policy import POLICY
from groundswell_core.tokens import Role

TITLES = ("四川宜宾发生5.0级地震", "宜宾5.0级地震暂无人员伤亡", "宜宾地震救援人员抵达现场")


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
