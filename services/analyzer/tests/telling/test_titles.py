"""Titles and headlines."""

from __future__ import annotations

import pytest

from groundswell_analyzer.telling.headline import central, headline
from groundswell_analyzer.telling.titles import plain_title, shortened

LONG = "江西清江一化工厂发生爆炸，事故已造成多人伤亡，消防、医疗和应急部门的救援人员正在现场全力搜救被困人员，事故原因正在进一步调查之中"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("#四川宜宾5.0级地震#", "四川宜宾5.0级地震"),
        ("#江西化工厂爆炸# 消防已到场，现场浓烟滚滚", "消防已到场，现场浓烟滚滚"),
        ("【突发】四川宜宾发生5.0级地震", "四川宜宾发生5.0级地震"),
        ("【四川宜宾发生5.0级地震 暂无伤亡】救援", "四川宜宾发生5.0级地震 暂无伤亡"),
        ("四川宜宾5.0级地震 - 新华网", "四川宜宾5.0级地震"),
        ("四川宜宾5.0级地震_新浪新闻", "四川宜宾5.0级地震"),
        ("渭南市督查扶贫协作项目_国内频道_东方头条", "渭南市督查扶贫协作项目"),
        ("【组图】【现场】宜宾地震救援进行", "宜宾地震救援进行"),
        ("【拆违治乱 柯城在行动】五一柯城那些忙碌的身影", "五一柯城那些忙碌的身影"),
        ("花旗银行误将81万亿美元转给个人", "花旗银行误将81万亿美元转给个人"),
        ("宜宾地震3人遇难，网友炸锅了！！", "宜宾地震3人遇难"),
        ("快讯：江西化工厂爆炸致3死（图）", "江西化工厂爆炸致3死"),
        ("宜宾地震 热", "宜宾地震"),
        ("BREAKING: Fire at Oslo hospital - BBC News", "Fire at Oslo hospital"),
        ("Factory blast kills 12 | Reuters", "Factory blast kills 12"),
        ("Man jumps off bridge. You won't believe why", "Man jumps off bridge"),
        ("Covid-19 wave - what we know", "Covid-19 wave - what we know"),
        ("震", "震"),
        ("\u200b\u202e地震\ud800速报", "地震速报"),
        ("", ""),
        ("#", ""),
    ],
)
def test_a_title_loses_what_boards_and_sites_add(title, expected):
    assert plain_title(title, {"reuters"}) == expected


def test_a_long_title_is_cut_where_a_clause_or_a_word_ends():
    chinese, english = shortened(LONG), shortened("Officials said on Tuesday that " * 6)
    assert (len(chinese) <= 60, len(english) <= 90) == (True, True)
    assert chinese.endswith("救援人员正在现场全力搜救被困人员…")
    assert english.endswith(("that…", "said…", "on…", "Tuesday…", "Officials…"))
    assert shortened("短") == "短"


def test_the_headline_is_central_first_hand_and_true_to_the_number_that_stands(accident, claim):
    chosen = central(accident.reports, accident.weights, claim("dead", 8))
    assert chosen.id in {"a10", "a11", "a12"}
    assert headline(chosen) == chosen.title


def test_english_headlines_lose_their_site(fire, claim):
    chosen = central(fire.of("b1", "b2", "b3"), fire.weights, claim("dead", 2))
    assert headline(chosen) == "Fire at Oslo ferry terminal kills two, injures nine"


def test_the_headline_stays_while_no_other_is_clearly_better(report):
    first, second = report("a", "桥梁垮塌 救援"), report("b", "桥梁垮塌 调查")
    weights = {"桥梁": 1.0, "垮塌": 1.0, "救援": 0.5, "调查": 0.52}
    assert central([first, second], weights).id == second.id
    assert central([first, second], weights, present=first.id).id == first.id


def test_a_copy_or_a_withdrawn_title_speaks_only_where_no_other_does(report):
    copy = report("b", "桥梁垮塌", near_copy=True)
    untitled = report("c", "   ")
    weights = {"桥梁": 1.0, "垮塌": 1.0}
    assert central([copy, untitled, report("a", "别的")], weights | {"别的": 0.1}).outlet == "a"
    assert central([copy, untitled], weights).outlet == "b"
    assert headline(central([untitled], weights)) == ""


def test_a_loud_title_gives_way_to_a_plain_one(report):
    loud, plain = report("a", "桥梁垮塌！！！"), report("b", "桥梁垮塌")
    assert central([loud, plain], {"桥梁": 1.0, "垮塌": 1.0}).outlet == "b"
