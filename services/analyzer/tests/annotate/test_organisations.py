"""Which organisations a text names, and that no person is among them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from groundswell_analyzer.annotate import Draft, Tools
from groundswell_analyzer.annotate.organisations import (
    MAXIMUM_ORGANISATIONS,
    find_organisations,
    organisations_of,
)
from groundswell_analyzer.query import CompiledQueries
from groundswell_analyzer.query.keys import plain
from groundswell_core.documents import Document

LINES = (Path(__file__).parents[1] / "data" / "organisations.txt").read_text().splitlines()
CASES = [line.split(" |") for line in LINES if "|" in line and not line.startswith("#")]
PERSONS = [
    "张伟",
    "王芳",
    "李娜",
    "刘洋",
    "陈静",
    "杨帆",
    "赵磊",
    "黄敏",
    "周杰",
    "吴强",
    "徐丽",
    "孙浩",
    "马超",
    "朱婷",
    "胡军",
    "郭涛",
]


def read(text, title=""):
    return organisations_of(plain(title), plain(text))


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_a_text_names_the_organisations_a_person_reads_in_it(text, expected):
    assert list(read(text)) == [name.strip() for name in expected.split(";") if name.strip()]


@pytest.mark.parametrize(
    "frame",
    [
        "{}公司",
        "{}的公司",
        "记者{}从医院获悉",
        "{}集团",
        "董事长{}表示",
        "{}大学",
        "北京大学教授{}",
        "成都市公安局局长{}",
        "{}在四川省人民医院去世",
        "嫌疑人{}已被公安局抓获",
        "{}和{}来到学校",
    ],
)
def test_no_person_is_named(frame):
    for person in PERSONS:
        assert not any(person in name for name in read(frame.format(person, person)))


def test_names_are_told_once_in_the_order_of_the_text_and_bounded():
    cities = [
        "成都市",
        "杭州市",
        "宁波市",
        "郑州市",
        "西安市",
        "南京市",
        "苏州市",
        "武汉市",
        "长沙市",
        "昆明市",
    ]
    names = [f"{city}公安局" for city in cities]
    found = read("、".join([*names, *names]))
    assert list(found) == names[:MAXIMUM_ORGANISATIONS]


def test_a_headline_in_title_case_names_only_what_is_known():
    found = read("", "Police Say Local Company Hit By Boeing Strike At Smith Company")
    assert found == ("波音",)


def test_the_stage_reads_chinese_and_english_and_nothing_else():
    tools = Tools(queries=CompiledQueries(), now=datetime(2026, 11, 23, tzinfo=UTC))
    document = Document(name="documents/1", source="sources/s")
    drafts = [
        Draft(document=document, plain_text=text, language=language)
        for language, text in (("zh", "公安部"), ("en", "Boeing"), ("ja", "東京大学"))
    ]
    assert [draft.organisations for draft in find_organisations(drafts, tools)] == [
        ("公安部",),
        ("波音",),
        (),
    ]


@pytest.mark.parametrize(
    "text", ["公司" * 50_000, "大" * 50_000, "University of " * 9000, "A " * 50_000]
)
def test_a_hostile_text_is_read_in_bounded_time(text):
    assert len(read(text)) <= MAXIMUM_ORGANISATIONS
