"""Searching stories and documents over real gRPC and a real MongoDB."""

from __future__ import annotations

from datetime import timedelta

import pytest

from groundswell.analysis.v1 import document_service_pb2 as documents_pb
from groundswell.grade.v1 import grade_pb2
from groundswell.story.v1 import story_service_pb2 as stories_pb


@pytest.fixture
def found(api):
    """Gives a call that searches stories and returns their languages."""

    async def call(**fields) -> list[str]:
        request = stories_pb.SearchStoriesRequest(**fields)
        answer = await api.call(api.stories.SearchStories, request)
        return [story.language for story in answer.stories]

    return call


@pytest.fixture
def titles(api):
    """Gives a call that searches documents and returns their titles."""

    async def call(**fields) -> list[str]:
        request = documents_pb.SearchDocumentsRequest(**fields)
        answer = await api.call(api.documents.SearchDocuments, request)
        return [one.document.title for one in answer.analyses]

    return call


@pytest.mark.parametrize(
    ("fields", "languages"),
    [
        ({"query": "地震"}, ["zh"]),
        ({"query": "Oslo ransomware"}, ["en"]),
        ({"query": '"hospitals oslo"'}, []),
        ({"query": "地震 OR ransom*"}, ["zh", "en"]),
        ({"query": "地震 NOT 宜宾"}, []),
        ({"place": "CN-51"}, ["zh"]),
        ({"place": "CN"}, ["zh"]),
        ({"place": "CN-5"}, []),
        ({"language": "en"}, ["en"]),
        ({"category": "natural_disaster"}, ["zh"]),
        ({"source": "sources/en"}, ["en"]),
        ({"monitor": "monitors/quakes"}, ["zh"]),
        ({"minimum_level": grade_pb2.LEVEL_IV}, ["zh"]),
        ({}, ["zh", "en"]),
    ],
)
async def test_stories_are_found_by_words_phrases_and_fields(quake, found, fields, languages):
    assert await found(**fields) == languages


async def test_stories_are_found_by_time(quake, found, clock):
    early, late = clock.now() - timedelta(days=1), clock.now() + timedelta(minutes=1)
    assert await found(query="地震", start_time=early, end_time=late) == ["zh"]
    assert await found(query="地震", start_time=late) == []
    assert await found(query="地震", end_time=early) == []


async def test_a_page_of_stories_says_how_many_match_and_leads_on(api, quake):
    request = stories_pb.SearchStoriesRequest(page_size=1)
    first = await api.call(api.stories.SearchStories, request)
    assert first.total_count == 2
    request.page_token = first.next_page_token
    second = await api.call(api.stories.SearchStories, request)
    assert second.stories[0].name != first.stories[0].name
    assert not second.HasField("total_count")


@pytest.mark.parametrize(
    ("fields", "count"),
    [
        ({"query": "救援"}, 1),
        ({"query": "宜宾5.0级"}, 1),
        ({"query": "救援", "language": "en"}, 0),
        ({"place": "CN-51"}, 3),
        ({"minimum_level": grade_pb2.LEVEL_IV}, 3),
        ({"minimum_level": grade_pb2.LEVEL_I}, 0),
    ],
)
async def test_documents_are_found_by_words_and_fields(quake, titles, fields, count):
    assert len(await titles(**fields)) == count


async def test_documents_come_oldest_first_when_asked(quake, titles):
    newest = await titles(query="宜宾")
    oldest = await titles(query="宜宾", order=documents_pb.DOCUMENT_ORDER_OLDEST)
    assert oldest == newest[::-1]
    assert len(oldest) == 3


async def test_one_word_is_counted_and_a_phrase_is_not(api, quake):
    request = documents_pb.SearchDocumentsRequest(query="地震", page_size=1)
    assert (await api.call(api.documents.SearchDocuments, request)).total_count == 3
    request.query = '"宜宾地震"'
    assert not (await api.call(api.documents.SearchDocuments, request)).HasField("total_count")


@pytest.mark.parametrize(
    "fields", [{"place": "cn-51"}, {"place": "^"}, {"query": "(("}, {"source": "weibo"}]
)
async def test_a_bad_search_is_refused_by_name(api, fields):
    for call, message in (
        (api.stories.SearchStories, stories_pb.SearchStoriesRequest(**fields)),
        (api.documents.SearchDocuments, documents_pb.SearchDocumentsRequest(**fields)),
    ):
        assert (await api.refused(call, message))[0] == "INVALID_ARGUMENT"
