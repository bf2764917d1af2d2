"""ModelService: which models there are, and what two of them said of the same documents."""

from __future__ import annotations

from datetime import timedelta

import pytest
import pytest_asyncio

from groundswell.analysis.v1 import analysis_pb2
from groundswell.model.v1 import model_service_pb2 as pb
from groundswell_analyzer.annotate.sentiment import models_in_use, use_models
from groundswell_analyzer.models import load_models

TITLES = ("居民楼突发大火致三人死亡", "大桥建成通车", "女子轻信网络刷单", "市政府召开常务会议")


@pytest.fixture
def shadowed():
    """Runs the lexicon in shadow for the length of a test."""
    before = models_in_use()
    use_models(load_models("news", ("lexicon",)))
    yield
    use_models(before)


@pytest_asyncio.fixture
async def compared(shadowed, api, write, clock):
    """Gives a call that compares two models over four documents that both answered."""
    for title in TITLES:
        await api.analyzer.send(write(title))
        await clock.move(60)

    async def call(**fields):
        return await api.call(api.models.CompareModels, pb.CompareModelsRequest(**fields))

    return call


async def versions(api):
    found = await api.call(api.models.ListModels, pb.ListModelsRequest(task="sentiment"))
    return [model.version for model in found.models]


async def test_models_are_listed_with_role_licence_and_figures(api):
    found = (await api.call(api.models.ListModels, pb.ListModelsRequest())).models
    assert [model.name for model in found] == ["models/news", "models/lexicon"]
    assert [model.role for model in found] == [pb.MODEL_ROLE_CURRENT, pb.MODEL_ROLE_SHADOW]
    assert all(model.licence and model.trained_on and model.metrics for model in found)


async def test_no_model_is_listed_for_a_task_that_none_has(api):
    found = await api.call(api.models.ListModels, pb.ListModelsRequest(task="weather"))
    assert list(found.models) == []


async def test_the_current_model_is_compared_with_its_only_shadow(compared, api):
    found = await compared()
    assert [found.first, found.second] == await versions(api)
    assert found.document_count == len(TITLES) == sum(cell.count for cell in found.confusion)
    same = sum(cell.count for cell in found.confusion if cell.first == cell.second)
    assert found.agreement == same / len(TITLES)


async def test_documents_on_which_they_differ_are_shown_widest_first(compared):
    found = await compared()
    assert len(found.changed) == sum(c.count for c in found.confusion if c.first != c.second)
    widths = [abs(one.second.score - one.first.score) for one in found.changed]
    assert widths == sorted(widths, reverse=True)
    assert {one.title for one in found.changed} <= set(TITLES)
    assert all(one.first.method == found.first for one in found.changed)


async def test_the_other_way_round_is_the_mirror_image(compared):
    found = await compared()
    mirror = await compared(first=found.second, second=found.first)
    assert mirror.mean_shift == pytest.approx(-found.mean_shift)
    assert mirror.agreement == found.agreement
    turned = {(cell.second, cell.first): cell.count for cell in found.confusion}
    assert {(cell.first, cell.second): cell.count for cell in mirror.confusion} == turned


async def test_a_model_agrees_with_itself(compared):
    first = (await compared()).first
    found = await compared(first=first, second=first)
    assert (found.agreement, found.mean_shift, list(found.changed)) == (1, 0, [])


async def test_only_the_span_and_the_newest_documents_are_compared(compared, clock):
    assert (await compared(limit=1)).document_count == 1
    early = pb.CompareModelsRequest()
    early.end_time.FromDatetime(clock.now() - timedelta(seconds=150))
    assert (await compared(end_time=early.end_time)).document_count == 2
    assert (await compared(start_time=early.end_time)).document_count == 2


async def test_documents_that_only_one_model_answered_do_not_count(api, write):
    await api.analyzer.send(write(TITLES[0]))
    found = await api.call(api.models.CompareModels, pb.CompareModelsRequest())
    assert (found.document_count, found.agreement, found.mean_shift) == (0, 0, 0)
    assert list(found.confusion) == []


async def test_a_span_that_ends_before_it_starts_is_refused(api, clock):
    request = pb.CompareModelsRequest()
    request.start_time.FromDatetime(clock.now())
    request.end_time.FromDatetime(clock.now() - timedelta(hours=1))
    status, reason, _ = await api.refused(api.models.CompareModels, request)
    assert (status, reason) == ("INVALID_ARGUMENT", "BAD_TIME_SPAN")


async def test_what_is_stored_beside_a_document_is_shown_with_it(compared, api):
    (record, *_) = await api.analyzer.documents()
    (shadow,) = record["analysis"]["shadow_sentiments"]
    assert shadow["method"] == (await versions(api))[1]
    assert analysis_pb2.SentimentClass.Value(f"SENTIMENT_CLASS_{shadow['label']}")
