"""The stance of a text: what the stage makes of a model's answers, and what the shipped model knows."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from groundswell_analyzer.annotate import annotate
from groundswell_analyzer.annotate.sentiment import models_in_use, use_models
from groundswell_analyzer.models import Models, load_models
from groundswell_analyzer.query import CompiledQueries
from groundswell_core.analyses import SentimentClass
from groundswell_core.documents import Document

NOW = datetime(2026, 11, 23, tzinfo=UTC)
NOTHING = CompiledQueries([])


def analysed(title, text="", language="zh"):
    document = Document(
        name="documents/1", source="sources/s", title=title, text=text, language=language
    )
    return annotate([document], NOTHING, NOW)[0]


def stance(title, text="", language="zh"):
    return analysed(title, text, language).sentiment


@pytest.fixture
def shadowed():
    """Runs the lexicon in shadow for the length of a test."""
    before = models_in_use()
    use_models(load_models("news", ("lexicon",)))
    yield
    use_models(before)


@pytest.mark.parametrize(
    ("title", "language", "label"),
    [
        ("居民楼突发大火致三人死亡", "zh", SentimentClass.NEGATIVE),
        ("副局长涉嫌严重违纪违法接受审查调查", "zh", SentimentClass.NEGATIVE),
        ("老人被骗走二十万元养老钱", "zh", SentimentClass.NEGATIVE),
        ("市政府召开常务会议研究部署近期工作", "zh", SentimentClass.NEUTRAL),
        ("新款手机将于下月开售", "zh", SentimentClass.NEUTRAL),
        ("志愿者为老人送去温暖", "zh", SentimentClass.POSITIVE),
        ("Gunman shoots dead five people in deadly attack at mall", "en", SentimentClass.NEGATIVE),
        ("Committee to meet on Tuesday about the new bus timetable", "en", SentimentClass.NEUTRAL),
        ("Heroic rescue celebrated as miracle after storm", "en", SentimentClass.POSITIVE),
    ],
)
def test_plain_cases_have_the_class_that_anybody_would_give(title, language, label):
    assert stance(title, language=language).label is label


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("消防员成功救出被困女童", "被困女童不幸遇难"),
        ("企业获得表彰", "企业被查处罚款"),
        ("居民对服务非常满意", "居民对服务非常不满"),
        ("景区迎来游客高峰", "景区发生踩踏事故"),
    ],
)
def test_one_text_is_kinder_than_the_other(better, worse):
    assert stance(better).score > stance(worse).score


def test_score_label_and_probabilities_say_the_same():
    found = stance("化工厂爆炸致多人受伤", "附近居民已经疏散。")
    assert found.negative + found.neutral + found.positive == pytest.approx(1, abs=2e-4)
    assert found.score == pytest.approx(found.positive - found.negative, abs=1e-4)
    assert max(found.negative, found.neutral, found.positive) == found.negative
    assert 0 < found.confidence <= 1
    assert found.method == models_in_use().current.card.version


@pytest.mark.parametrize(
    ("title", "text", "language"),
    [
        ("Землетрясение разрушило десятки домов", "", "ru"),
        ("زلزال قوي يضرب المدينة ويوقع عشرات القتلى", "", "ar"),
        ("", "", "zh"),
        ("https://example.org/a/b?c=d", "", ""),
    ],
)
def test_what_no_model_can_read_is_undecided_with_confidence_0(title, text, language):
    found = stance(title, text, language)
    assert (found.label, found.score, found.confidence) == (SentimentClass.UNSPECIFIED, 0, 0)
    assert (found.negative, found.neutral, found.positive) == (0, 0, 0)


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "灾",
        "火灾" * 500_000,
        "😀" * 1000,
        "😡🔥😡",
        "http://example.org/" + "x" * 5000,
        "\u202eשלום עולם\u202c مرحبا",
        "火\u200b灾\u200d",
        "\ud83d 火灾",
        "\x00\x01",
    ],
    ids=[
        "letter",
        "sign",
        "1 MB",
        "emoji",
        "anger",
        "url",
        "rtl",
        "zero-width",
        "surrogate",
        "nul",
    ],
)
@pytest.mark.parametrize("language", ["zh", "en", ""])
def test_any_text_gets_finite_numbers_in_range(text, language):
    for found in (stance(text, "", language), stance("", text, language)):
        assert -1 <= found.score <= 1
        assert 0 <= found.confidence <= 1
        assert min(found.negative, found.neutral, found.positive) >= 0


def test_shadows_answer_beside_the_current_model_and_count_for_nothing(shadowed):
    found = analysed("居民楼突发大火致三人死亡")
    (shadow,) = found.shadow_sentiments
    assert shadow.method == load_models("lexicon").current.card.version != found.sentiment.method
    assert found.sentiment.method in found.pipeline_version
    assert shadow.method not in found.pipeline_version


def test_without_shadows_nothing_is_kept_beside():
    assert analysed("居民楼突发大火").shadow_sentiments == ()


def test_the_answer_to_a_document_does_not_depend_on_the_others_of_its_batch():
    titles = ["居民楼突发大火", "Peace deal welcomed", "", "中国队夺冠", "Пожар в доме"]
    documents = [
        Document(name=f"documents/{n}", source="sources/s", title=title)
        for n, title in enumerate(titles)
    ]
    together = [one.sentiment for one in annotate(documents, NOTHING, NOW)]
    alone = [annotate([one], NOTHING, NOW)[0].sentiment for one in documents]
    assert together == alone


def test_models_are_a_value_that_a_process_is_given_once():
    assert isinstance(models_in_use(), Models)
