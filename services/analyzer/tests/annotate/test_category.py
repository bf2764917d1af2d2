"""What kind of matter a document reports."""

from __future__ import annotations

import pytest

from groundswell_analyzer.annotate.category import (
    MAXIMUM_TOPICS,
    MAXIMUM_WORDS,
    make_rules,
    matter_of,
    rules,
)
from groundswell_analyzer.query import key

REPORTS = {
    "natural_disaster": ["四川发生6.8级地震", "Typhoon floods coastal towns"],
    "accident": ["高速公路多车追尾", "Factory explosion kills three"],
    "public_health": ["多名学生食物中毒", "Measles outbreak spreads in schools"],
    "public_security": ["男子持刀砍人被抓获", "Gunman opens fire at mall"],
    "service": ["多个小区停水两天", "Power outage hits thousands"],
    "product_quality": ["某品牌奶粉抽检不合格", "Carmaker recalls vehicles over faulty brakes"],
    "environment": ["企业偷排污水致河流污染", "Smog and air quality worsen"],
    "education": ["高考期间禁止鸣笛", "University exam postponed"],
    "finance": ["村镇银行取款难", "Lender files for bankruptcy"],
    "labour": ["公司被曝大规模裁员", "Workers launch walkout over unpaid wages"],
    "data_leak": ["平台用户个人信息泄露", "Hackers steal personal data"],
    "": ["某明星演唱会门票开售", "娱乐圈地震：两人宣布离婚", "A quiet day in the park", ""],
}
CASES = [(title, category) for category, titles in REPORTS.items() for title in titles]
TOPICS = {
    "客车与货车相撞致两死": "accident/traffic",
    "居民楼深夜起火": "accident/fire",
    "煤矿透水多人被困井下": "accident/mine",
    "6.8级地震": "natural_disaster/earthquake",
    "台风登陆": "natural_disaster/typhoon",
    "学生集体食物中毒": "public_health/food_poisoning",
    "自杀式袭击": "public_security/terrorism",
    "城区大面积停电": "service/utilities",
    "公司拖欠工资": "labour/wages",
    "Bus crash kills nine": "accident/traffic",
}


@pytest.mark.parametrize(("title", "category"), CASES, ids=[title or "empty" for title, _ in CASES])
def test_a_headline_tells_its_category(title, category):
    assert matter_of(key(title), "", rules()).category == category


@pytest.mark.parametrize(("title", "topic"), TOPICS.items(), ids=list(TOPICS))
def test_a_headline_tells_its_topic(title, topic):
    matter = matter_of(key(title), "", rules())
    assert matter.topics[0] == topic
    assert matter.category == topic.split("/")[0]
    assert set(matter.words) <= {word for word, _ in rules().scanner.patterns}


def test_one_word_in_the_text_is_not_enough_and_three_are():
    assert matter_of("", key("有人提到地震"), rules()).category == ""
    assert matter_of("", key("地震 余震 震中"), rules()).category == "natural_disaster"


def test_an_emergency_goes_before_an_everyday_matter():
    assert matter_of(key("中学学生宿舍起火"), "", rules()).category == "accident"


def test_words_against_a_category_count_and_the_first_of_equals_wins():
    made = make_rules(
        {
            "version": "test-1",
            "categories": [
                {"category": "first", "words": "red, blue", "not": "red tape"},
                {"category": "second", "words": "red", "topics": {"colour": {"words": "green"}}},
            ],
        }
    )
    assert matter_of("red", "", made).category == "first"
    assert matter_of("red tape", "", made).category == "second"
    assert matter_of("green", "", made).topics == ("second/colour",)
    assert matter_of("reddish greens", "", made).category == "second"


def test_a_hint_counts_a_third_of_a_word_and_a_repeated_word_half_once_more():
    made = make_rules(
        {
            "version": "1",
            "categories": [{"category": "one", "words": "red", "hints": "blue, pink, grey"}],
        }
    )
    assert matter_of("blue", "", made).category == ""
    assert matter_of("blue pink grey", "", made).category == "one"
    assert matter_of("", "red red red", made).category == ""


def test_topics_and_words_are_few():
    everything = " ".join(word for word, _ in rules().scanner.patterns)
    matter = matter_of(everything, everything, rules())
    assert len(matter.topics) <= MAXIMUM_TOPICS
    assert len(matter.words) <= MAXIMUM_WORDS


def test_every_category_of_the_file_is_tested_here_and_every_topic_is_its_own():
    assert {group.category for group in rules().groups} == set(REPORTS) - {""}
    assert len(set(rules().subjects)) == len(rules().subjects)


@pytest.mark.parametrize(
    "text",
    ["火", "🔥" * 50, "https://example.org/fire", "\u200b\u202e", "שריפה", "a" * 100_000],
    ids=["one", "emoji", "link", "invisible", "right to left", "long"],
)
def test_any_text_is_categorised_without_harm(text):
    assert matter_of(key(text), key(text), rules()).category in ("", "accident")
