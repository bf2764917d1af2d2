"""Near-copies have near fingerprints, others do not."""

from __future__ import annotations

from groundswell_analyzer.annotate.fingerprint import character_shingles, minhash, word_shingles

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
STORED = (3311748755, 3260798135, 3336574952, 3557385424)  # the first values of 四川泸定发生地震


def similarity(one, other):
    return sum(left == right for left, right in zip(one, other, strict=True)) / len(one)


def test_an_edited_copy_is_near_and_another_article_is_far():
    article, edited, other = minhash(
        [character_shingles(text) for text in (ARTICLE, EDITED, OTHER)]
    )
    assert similarity(article, edited) > 0.75
    assert similarity(article, other) < 0.1


def test_spaces_and_punctuation_do_not_count():
    [one, two] = minhash(
        [character_shingles(ARTICLE), character_shingles(ARTICLE.replace("，", " \n"))]
    )
    assert one == two


def test_words_count_in_languages_with_spaces():
    words = [
        "a",
        "strong",
        "earthquake",
        "struck",
        "the",
        "coast",
        "of",
        "northern",
        "chile",
        "on",
        "tuesday",
        "officials",
        "said",
    ]
    copy = [*words[:-2], "police", ",", "said"]
    one, two, short = minhash(
        [word_shingles(words), word_shingles(copy), word_shingles(["too", "short"])]
    )
    assert 0.5 < similarity(one, two) < 1
    assert short == ()


def test_too_little_text_has_no_fingerprint():
    assert minhash([character_shingles("短"), character_shingles("")]) == [(), ()]
    assert minhash([]) == []


def test_the_values_never_change_by_themselves():
    # Stored fingerprints meet new ones: a change here needs a new VERSION.
    [values] = minhash([character_shingles("四川泸定发生地震")])
    assert values[:4] == STORED
