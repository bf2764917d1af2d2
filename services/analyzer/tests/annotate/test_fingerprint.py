"""Near-copies have near fingerprints, others do not."""

from __future__ import annotations

import pytest

from groundswell_analyzer.annotate.fingerprint import (
    DENIAL,
    IS_NUMBER,
    NUMBERS,
    SHINGLES,
    character_shingles,
    marks_of,
    numbers_of,
    sketch,
    word_shingles,
)
from groundswell_analyzer.query.keys import key

ARTICLE = (
    "昨日下午三时许，某市高新区一家化工企业发生爆燃事故，浓烟滚滚，附近居民被紧急疏散。"
    "消防部门出动二十余辆消防车赶赴现场处置，火势于当晚七时得到控制。市应急管理局通报称，"
    "事故造成两人轻伤，原因正在进一步调查之中，环保部门已对周边空气和水体开展监测。"
)
EDITED = ARTICLE.replace("两人", "三人").replace("昨日", "昨天") + "（记者 张三）"
OTHER = (
    "本届马拉松比赛于周日清晨在滨海大道鸣枪起跑，来自四十个国家和地区的三万名选手参赛。"
    "组委会在沿途设置了医疗点和补给站，志愿者全程提供服务，男子组冠军刷新了赛会纪录。"
)
STORED = (658190779, 731921406, 1017219791)  # the first values of 四川泸定发生地震


def of_characters(text):
    return sketch(character_shingles(text))


def shared(one, other):
    return len(set(one) & set(other)) / max(len(one), len(other))


def test_an_edited_copy_is_near_and_another_article_is_far():
    article, edited, other = map(of_characters, (ARTICLE, EDITED, OTHER))
    assert shared(article, edited) > 0.75
    assert shared(article, other) < 0.1


def test_spaces_and_punctuation_do_not_count():
    assert of_characters(ARTICLE) == of_characters(ARTICLE.replace("，", " \n"))


def test_traditional_and_full_width_spellings_have_one_fingerprint():
    one, other = "台灣花蓮發生７．２級地震", "台湾花莲发生7.2级地震"
    assert of_characters(key(one)) == of_characters(key(other)) != ()
    assert numbers_of(key(one)) == numbers_of(key(other)) == ["7", "2"]


def test_words_count_in_languages_with_spaces():
    words = "a strong earthquake struck the coast of northern chile on tuesday officials said"
    one = sketch(word_shingles(words.split()))
    copy = sketch(word_shingles([*words.split()[:-2], "police", ",", "said"]))
    assert 0.5 < shared(one, copy) < 1
    assert sketch(word_shingles(["too", "short"])) == ()


@pytest.mark.parametrize("text", ["", "短", "😀", "😀🎉🔥💥👍", "。。。！！！", "地震快讯"])
def test_too_little_text_has_no_fingerprint(text):
    assert of_characters(text) == ()


def test_a_long_text_keeps_no_more_than_a_short_one_can():
    fingerprint = sketch(
        character_shingles(ARTICLE * 500),
        marks_of(" ".join(str(number) for number in range(99)) + " hoax"),
    )
    assert len(fingerprint) == SHINGLES + NUMBERS + 1
    assert sorted(fingerprint) == list(fingerprint)
    assert sum(IS_NUMBER <= value < DENIAL for value in fingerprint) == NUMBERS
    assert fingerprint[-1] == DENIAL


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("事故已致3人死亡", ["3"]),
        ("事故已致十三人死亡,两人失踪", ["13", "2"]),
        ("2021年3月05日,受灾1,250户", ["21", "3", "5", "1250"]),
        ("一起看第一场雪", []),
        ("二百零五人", ["205"]),
    ],
)
def test_numbers_have_one_spelling(text, numbers):
    assert numbers_of(text) == numbers


def test_the_values_never_change_by_themselves():
    # Stored fingerprints meet new ones: a change here needs a new VERSION.
    assert of_characters("四川泸定发生地震")[:3] == STORED
