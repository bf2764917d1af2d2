"""What makes two short texts tell of the same event."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundswell_analyzer.sameness import Rarity, compare, load_sheet, read
from groundswell_analyzer.sameness.places import places_agree

# A small world of headlines, from which rarities are learned.
HEADLINES = [
    "四川宜宾发生5.0级地震",
    "云南大理发生4.1级地震",
    "新疆伊犁发生3.9级地震",
    "杭州绕城高速大客车侧翻已致3人死亡",
    "杭州绕城高速大客车侧翻已致13人死亡",
    "电影《你好，李焕英》票房突破50亿",
    "电影《唐人街探案3》票房突破40亿",
    "央行宣布下调存款准备金率",
    "全国多地迎来降雨降温天气",
    "某明星官宣结婚登上热搜",
    "教育部发布暑期托管服务通知",
    "国足世预赛客场不敌对手",
]


@pytest.fixture(scope="module")
def rarity():
    learned = Rarity()
    learned.learn(map(read, HEADLINES * 4))
    return learned


def probability(left, right, rarity):
    return load_sheet().probability(compare(read(left), read(right), rarity))


def test_an_event_with_another_toll_is_the_same_event(rarity):
    features = compare(read(HEADLINES[3]), read(HEADLINES[4]), rarity)
    assert features["numbers conflict"] == 1
    assert load_sheet().is_same(features)


@pytest.mark.parametrize(
    ("one", "same", "other"),
    [
        ("四川宜宾发生5.0级地震", "宜宾5.0级地震暂无人员伤亡报告", "云南大理发生4.1级地震"),
        (
            "电影《你好，李焕英》票房突破50亿",
            "《你好，李焕英》票房超50亿元",
            "电影《唐人街探案3》票房突破40亿",
        ),
    ],
    ids=["places", "works"],
)
def test_other_places_and_other_works_part_what_is_worded_alike(one, same, other, rarity):
    assert probability(one, same, rarity) > probability(one, other, rarity)


def test_unlike_texts_are_of_different_events(rarity):
    assert probability(HEADLINES[0], HEADLINES[7], rarity) < 0.1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("台灣花蓮發生7.3級地震", "台湾花莲发生7.3级地震"),
        ("四川宜宾发生５．０级地震", "四川宜宾发生5.0级地震"),
    ],
    ids=["traditional", "full width"],
)
def test_two_spellings_are_read_the_same(one, other):
    assert read(one) == read(other)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_any_two_texts_have_features_and_their_order_does_not_matter(one, other):
    rarity = Rarity()
    features = compare(read(one), read(other), rarity)
    back = compare(read(other), read(one), rarity)
    assert all(math.isclose(features[name], back[name], abs_tol=1e-9) for name in features)
    assert all(map(math.isfinite, features.values()))
    assert 0 < load_sheet().probability(features) < 1


@pytest.mark.parametrize("text", ["", "火", "😀🎉", "https://t.cn/A6xZ", "。！？", "\u200b\u200f"])
def test_a_text_that_says_little_proves_nothing(text, rarity):
    assert not load_sheet().is_same(compare(read(text), read(HEADLINES[0]), rarity))


def test_the_sheet_names_only_features_that_exist(rarity):
    features = compare(read(HEADLINES[0]), read(HEADLINES[1]), rarity)
    assert set(load_sheet().points) <= set(features)


def test_contributions_add_up_to_the_score(rarity):
    sheet = load_sheet()
    features = compare(read(HEADLINES[0]), read(HEADLINES[1]), rarity)
    total = sheet.start + sum(sheet.contributions(features).values())
    assert math.isclose(sheet.probability(features), 1 / (1 + math.exp(-total)))


@pytest.mark.parametrize(
    ("left", "right", "agree"),
    [
        (["CN-44"], ["CN-44-01"], True),
        (["CN-44-01"], ["CN-44-03"], False),
        (["CN-4"], ["CN-44"], False),
        ([], ["CN-44"], True),
        (["JP", "CN-11"], ["CN-11"], True),
    ],
)
def test_a_county_agrees_with_its_province_and_not_with_another_county(left, right, agree):
    assert places_agree(left, right) == places_agree(right, left) == agree
