"""What is a near-copy of what."""

from __future__ import annotations

from array import array

import pytest

from groundswell_analyzer.annotate.fingerprint import (
    character_shingles,
    marks_of,
    sketch,
    word_shingles,
)
from groundswell_analyzer.query.keys import key
from groundswell_analyzer.stories.copies import CopyIndex
from groundswell_core.identity import revision_of

CRASH = "杭州绕城高速一辆大客车侧翻，已造成{}人死亡，事故原因正在调查"
BULLETIN = (
    "国家卫生健康委员会通报，昨日0—24时，31个省（自治区、直辖市）报告新增确诊病例{}例，"
    "其中境外输入病例{}例，本土病例{}例，新增治愈出院病例20例，解除医学观察的密切接触者801人。"
)


def fingerprint_of(title, *, words=False):
    text = key(title)
    shingles = word_shingles(text.split()) if words else character_shingles(text)
    return array("I", sketch(shingles, marks_of(text))) or None


def held(*titles, places=()):
    index = CopyIndex()
    for title in titles:
        index.add(title, revision_of(title, ""), fingerprint_of(title), places)
    return index


def original(index, title, places=()):
    return index.original(revision_of(title, ""), fingerprint_of(title), places)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("如何激怒一位哈利波特原著党？", "如何激怒一位《哈利波特》原著党？"),
        (
            "如何看待黄某最新发文“我需要蹭什么你告诉我”？",
            "如何看待黄某最新发文回应「我需要蹭什么你告诉我」？",
        ),
        ("四川宜宾市珙县发生5.1级地震", "四川宜宾市珙县发生５．１級地震（图）"),
        ("臺灣花蓮縣海域發生7.3級地震", "台湾花莲县海域发生7.3级地震"),
    ],
    ids=["marks", "a word more", "full width", "traditional"],
)
def test_a_rewritten_title_is_a_near_copy(first, second):
    assert original(held(first), second) == first


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (CRASH.format(3), CRASH.format(13)),
        (CRASH.format("三"), CRASH.format("十三")),
        (BULLETIN.format(19, 11, 8), BULLETIN.format(22, 15, 7)),
        (
            "某地自来水厂遭到严重污染，市民抢购桶装水",
            "辟谣：某地自来水厂遭到严重污染，市民抢购桶装水",
        ),
        ("四川宜宾发生5.0级地震", "宜宾地震救援进展：道路已经抢通"),
        ("这就是专属于毕业季的浪漫吧", "这就是夏天的浪漫"),
    ],
    ids=["toll", "toll in Chinese", "daily bulletin", "denial", "same event", "same phrase"],
)
def test_what_differs_in_what_it_says_is_no_near_copy(first, second):
    assert original(held(first), second) == ""


def test_a_number_in_other_figures_is_the_same_number():
    assert original(held(CRASH.format("十三")), CRASH.format(13)) == CRASH.format("十三")


def test_other_places_make_no_near_copy_and_a_county_lies_in_its_province():
    title = "明天起全市中小学暂停线下教学，具体返校时间另行通知"
    index = held(title, places=("CN-44-01",))
    assert original(index, title + "（图）", ("CN-21-01",)) == ""
    assert original(index, title + "（图）", ("CN-44",)) == title
    assert original(index, title + "（图）") == title


@pytest.mark.parametrize("text", ["火", "😀", "😀🎉🔥💥👍🎊", "https://t.cn/A6x"])
def test_what_is_too_short_to_compare_is_a_copy_only_of_the_same(text):
    index = held(text)
    assert original(index, text) == text
    assert original(index, text + "!?") in ("", text)
    assert original(index, "水") == ""


def test_a_link_is_no_copy_of_another_link():
    first, second = "https://example.org/news/8f3kq2", "https://example.org/news/x91mzz"
    index = CopyIndex()
    index.add(first, "1", fingerprint_of(first.replace("/", " / "), words=True))
    assert index.original("2", fingerprint_of(second.replace("/", " / "), words=True)) == ""


def test_of_a_hundred_copies_each_finds_the_first():
    index = held(CRASH.format(3))
    for number in range(100):
        assert original(index, CRASH.format(3) + "。" * number) == CRASH.format(3)
    assert len(index) == 1


def test_what_all_say_makes_no_near_copy():
    boilerplate = "免责声明：本文内容与数据仅供参考，不构成投资建议，使用前核实，据此操作风险自担"
    names = ["潍柴动力上午大涨", "快手今日上市", "茅台股价回落", "宁德时代扩产"]
    index = held(
        *(f"{name}{sign}{boilerplate}" for name in names for sign in "甲乙丙丁戊己庚辛壬癸")
    )
    assert original(index, f"中芯国际宣布回购股份，{boilerplate}") == ""


def test_a_document_that_is_forgotten_is_nobodys_original():
    index = held(*(CRASH.format(number) for number in range(3, 9)))
    index.remove(CRASH.format(3))
    index.remove("never there")
    assert original(index, CRASH.format(3)) == ""
    assert original(index, CRASH.format(4)) == CRASH.format(4)


def test_a_document_that_changes_is_found_by_what_it_says_now():
    index = held(CRASH.format(3))
    renewed = "大客车侧翻事故调查组成立，涉事公司负责人被控制"
    index.add(CRASH.format(3), revision_of(renewed, ""), fingerprint_of(renewed))
    assert original(index, CRASH.format(3)) == ""
    assert original(index, renewed + "！") == CRASH.format(3)
    assert len(index) == 1


def test_many_come_and_go_and_the_rest_is_still_found():
    titles = [
        f"第{number}届{chr(0x4E00 + 7 * number)}{chr(0x5E00 + 3 * number)}博览会开幕"
        for number in range(6000)
    ]
    index = held(*titles)
    for title in titles[:5500]:
        index.remove(title)
    assert len(index) == 500
    assert [original(index, title) for title in titles[5500:]] == titles[5500:]
    assert not any(original(index, title) for title in titles[:50])


def bulletins():
    """Gives more bulletins that share their words than are looked at for one shingle."""
    return [BULLETIN.format(number, number + 1, number + 2) for number in range(100, 160)]


def test_what_left_and_comes_back_as_it_was_changes_nothing():
    titles = bulletins()
    index, steady = held(*titles), held(*titles)
    for title in titles[::3]:
        index.remove(title)
    for title in titles[::3]:
        index.add(title, revision_of(title, ""), fingerprint_of(title))
    news = [title.replace("通报", "今日通报") for title in titles]
    assert [original(index, one) for one in news] == [original(steady, one) for one in news]
    assert len(index) == len(titles)


def test_an_index_filled_anew_finds_what_one_that_grew_and_forgot_finds():
    titles = bulletins()
    index = held(*(f"{title}{sign}" for title in titles for sign in "甲乙丙"), *titles)
    for title in titles:
        for sign in "甲乙丙":
            index.remove(f"{title}{sign}")
    fresh = held(*titles)
    news = [title.replace("通报", "今日通报") for title in titles]
    assert [original(index, one) for one in news] == [original(fresh, one) for one in news]
