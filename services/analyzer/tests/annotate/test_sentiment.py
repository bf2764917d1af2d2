"""The stance of a text."""

from __future__ import annotations

import pytest

from groundswell_analyzer.annotate.sentiment import lexicon, sentiment_of
from groundswell_analyzer.annotate.words import split
from groundswell_analyzer.query import key


def score(text, language="zh", title=""):
    return sentiment_of(split(key(title), language), split(key(text), language), lexicon()).score


@pytest.mark.parametrize(
    ("better", "worse", "language"),
    [
        ("服务优秀", "服务很差", "zh"),
        ("不失望", "失望", "zh"),
        ("满意", "不满意", "zh"),
        ("有点担心", "非常担心", "zh"),
        ("问题已解决", "问题恶化", "zh"),
        ("not a failure", "a failure", "en"),
        ("a good plan", "not a good plan", "en"),
        ("slightly worried", "extremely worried", "en"),
        ("heroic rescue", "deadly attack", "en"),
    ],
)
def test_one_text_is_kinder_than_the_other(better, worse, language):
    assert score(better, language) > score(worse, language)


def test_a_negation_reaches_no_further_than_its_clause():
    assert score("没有，失望") < 0
    assert score("没有失望") >= 0


def test_the_title_counts_more_than_the_text():
    assert score("失望", title="精彩") > 0


def test_without_evidence_there_is_no_stance_and_no_confidence():
    found = sentiment_of((), split("今天星期二", "zh"), lexicon())
    assert (found.score, found.confidence) == (0, 0)


def test_more_evidence_makes_more_confidence():
    few = sentiment_of((), split("失望", "zh"), lexicon())
    many = sentiment_of((), split("失望 愤怒 事故 死亡", "zh"), lexicon())
    assert 0 < few.confidence < many.confidence < 1
    assert -1 < many.score < few.score < 0


def test_no_word_is_listed_for_both_sides_or_twice():
    from groundswell_analyzer.annotate.words import read_data

    listed = [
        word for words in read_data("sentiment.yaml")["words"].values() for word in words.split()
    ]
    assert sorted(listed) == sorted(set(listed))
    assert all(word == key(word) for word in listed)
