"""What kind of matter a document reports."""

from __future__ import annotations

import pytest

from groundswell_analyzer.annotate.category import category_of, make_rules, rules
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


@pytest.mark.parametrize(("title", "category"), CASES, ids=[title or "empty" for title, _ in CASES])
def test_a_headline_tells_its_category(title, category):
    assert category_of(key(title), "", rules()) == category


def test_one_word_in_the_text_is_not_enough_and_three_are():
    assert category_of("", key("有人提到地震"), rules()) == ""
    assert category_of("", key("地震 余震 震中"), rules()) == "natural_disaster"


def test_an_emergency_goes_before_an_everyday_matter():
    assert category_of(key("中学学生宿舍起火"), "", rules()) == "accident"


def test_words_against_a_category_count_and_the_first_of_equals_wins():
    made = make_rules(
        [
            {"category": "first", "words": "red, blue", "not": "red tape"},
            {"category": "second", "words": "red, green"},
        ]
    )
    assert category_of("red", "", made) == "first"
    assert category_of("red tape", "", made) == "second"
    assert category_of("green", "", made) == "second"
    assert category_of("reddish greens", "", made) == "second"


def test_every_category_of_the_file_is_tested_here():
    assert set(rules().categories) == set(REPORTS) - {""}
