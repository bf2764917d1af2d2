"""Sentences and summaries."""

from __future__ import annotations

import pytest

from groundswell_analyzer.telling.sentences import READ, sentences
from groundswell_analyzer.telling.summary import DOCUMENTS_READ, MOST_SENTENCES, summary, to_read
from groundswell_analyzer.telling.told import Told, summarise


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "新华社清江11月23日电（记者李明）清江县一化工厂发生爆炸。“我们正在救援。”消防人员说。责任编辑：李四",
            ["清江县一化工厂发生爆炸。", "“我们正在救援。”"],
        ),
        (
            "LONDON (Reuters) - A fire broke out at St. Mary's Hospital. Dr. Smith said 3.5 tons burned.",
            ["A fire broke out at St. Mary's Hospital.", "Dr. Smith said 3.5 tons burned."],
        ),
        (
            "The plant exploded at 9 a.m. Monday, killing 3. Click here for more.",
            ["The plant exploded at 9 a.m. Monday, killing 3."],
        ),
        (
            "第一行没有句号但是完整\n第二行也没有句号",
            ["第一行没有句号但是完整", "第二行也没有句号"],
        ),
        ("", []),
        ("😀😀😀", []),
        ("https://example.com/a", ["https://example.com/a"]),
    ],
)
def test_texts_are_split_into_sentences_that_can_stand_alone(text, expected):
    assert sentences(text, 10) == expected


def test_only_the_beginning_of_a_text_is_read():
    huge = "事故造成多人受伤，救援正在进行。" * 70_000
    assert len(huge) > 1_000_000
    found = sentences(huge, 1000)
    assert sum(map(len, found)) <= READ
    assert sentences("没有任何标点" * 200_000, 10) == []


def test_a_summary_tells_the_newest_state_and_cites_its_documents(accident):
    chosen = to_read(accident.reports)
    made = summary(chosen, accident.texts, claim=accident.reports[-1].claims[0])
    assert 2 <= len(made) <= MOST_SENTENCES
    for sentence in made:
        document = sentence.document.removeprefix("documents/")
        assert sentence.text in accident.texts[document].replace("（记者李明）", "")
    joined = "".join(sentence.text for sentence in made)
    assert "8" in joined
    assert not any(stale in joined for stale in ("30人", "50人", "3人死亡", "5人死亡"))
    assert "李明" not in joined


def test_an_english_summary_says_each_thing_once(fire):
    made = summary(to_read(fire.reports), fire.texts, claim=fire.reports[-1].claims[0])
    assert any("three people" in one.text or "to three" in one.text for one in made)
    assert not any("killed two" in one.text for one in made)
    assert len({one.document for one in made}) >= 2


def test_a_summary_stays_when_one_more_document_says_the_same(accident, report):
    told = summarise(Told(), to_read(accident.reports), accident.texts)
    late = report(
        "晚到网", "清江化工厂爆炸后续", minutes=300, text="搜救工作结束，共8人遇难。", id="late"
    )
    texts = accident.texts | {"late": "搜救工作结束，共8人遇难。"}
    again = summarise(told, to_read([*accident.reports, late]), texts)
    assert len(set(again.summary) & set(told.summary)) >= len(told.summary) - 1


def test_stories_without_texts_are_summed_up_by_their_titles(report):
    reports = [report(f"o{n}", f"#清江化工厂爆炸# 救援进展第{n}次通报") for n in range(3)]
    made = summary(reports, {})
    assert made
    assert all("#" not in sentence.text for sentence in made)
    assert summary([], {}) == ()
    assert summary([report("a", "  ")], {}) == ()


def test_few_documents_are_read_of_a_large_story(report):
    reports = [report(f"o{n}") for n in range(500)]
    chosen = to_read([*reports, report("w", withdrawn=True), report("c", near_copy=True)])
    assert len(chosen) == DOCUMENTS_READ
    assert chosen[0] is reports[0]
    assert chosen[-1] is reports[-1]
