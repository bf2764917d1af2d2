"""Which numbers and dates a text claims, and which it does not."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from groundswell_analyzer.annotate import Draft, Tools
from groundswell_analyzer.annotate.claims import (
    MAXIMUM_CLAIMS,
    MAXIMUM_SENTENCE,
    claims_of,
    find_claims,
    grammar_of,
)
from groundswell_analyzer.annotate.numbers import chinese_value, english_value
from groundswell_analyzer.query import CompiledQueries
from groundswell_analyzer.query.keys import plain
from groundswell_core.analyses import ClaimQualifier
from groundswell_core.documents import Document

TODAY = date(2026, 11, 23)
SIGNS = {
    ClaimQualifier.EXACT: "=",
    ClaimQualifier.AT_LEAST: ">=",
    ClaimQualifier.AT_MOST: "<=",
    ClaimQualifier.ABOUT: "~",
}
LINES = (Path(__file__).parents[1] / "data" / "claims.txt").read_text().splitlines()
CASES = [line.split(" |") for line in LINES if "|" in line and not line.startswith("#")]


def read(text, title="", today=TODAY):
    language = "zh" if any("一" <= character <= "龥" for character in text) else "en"
    return claims_of(plain(title), plain(text), grammar_of(language), today)


def shown(claims):
    return sorted(
        f"{one.kind} {one.value:.15g} {SIGNS[one.qualifier]} {one.unit}"
        for one in claims
        if one.kind != "date"
    )


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_a_sentence_claims_what_a_person_reads_in_it(text, expected):
    assert shown(read(text)) == sorted(part.strip() for part in expected.split(";") if part.strip())


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("11月22日,该市一工厂发生爆炸,造成3人死亡。", date(2026, 11, 22)),
        ("昨晚,一辆客车侧翻,造成3人死亡。", date(2026, 11, 22)),
        ("今天上午发生6.8级地震。", date(2026, 11, 23)),
        ("12月30日一座大桥坍塌,2人死亡。", date(2025, 12, 30)),
        ("2026年3月2日发生火灾,致5人受伤。", date(2026, 3, 2)),
        ("20日凌晨发生踩踏,致5人受伤。", date(2026, 11, 20)),
        ("新华社北京11月23日电 事故造成3人死亡。", None),
        ("11月30日起将执行新规,3人死亡。", None),
        ("A blast killed 12 people on Saturday.", date(2026, 11, 21)),
        ("A quake struck the north on Monday, killing 12.", date(2026, 11, 23)),
        ("A fire on 3 November killed 12 people.", date(2026, 11, 3)),
        ("A bus crashed on Dec. 24, killing 12 people.", date(2025, 12, 24)),
        ("Yesterday a ferry sank and 12 people died.", date(2026, 11, 22)),
        ("12 people died.", None),
    ],
)
def test_the_day_of_the_happening_is_the_latest_that_fits(text, day):
    found = [claim.time for claim in read(text) if claim.kind == "date"]
    assert found == ([datetime(day.year, day.month, day.day, tzinfo=UTC)] if day else [])


def test_without_the_day_of_the_document_no_day_is_claimed():
    assert shown(read("昨晚发生火灾,造成3人死亡。", today=None)) == ["dead 3 = person"]


def test_a_number_said_twice_is_claimed_once_with_its_first_sentence():
    [claim] = read("现场有3人死亡。事故造成3人死亡。", title="三人死亡")
    assert claim.text == "三人死亡"


def test_a_long_sentence_is_shortened():
    [claim] = read("很长" * 150 + ",造成3人死亡")
    assert len(claim.text) == MAXIMUM_SENTENCE


def test_claims_are_bounded():
    text = "".join(f"造成{number}人死亡。" for number in range(1, 60))
    assert len(read(text)) == MAXIMUM_CLAIMS


def test_the_stage_reads_chinese_and_english_and_nothing_else():
    tools = Tools(queries=CompiledQueries(), now=datetime(2026, 11, 23, tzinfo=UTC))
    document = Document(name="documents/1", source="sources/s")
    drafts = [
        Draft(document=document, plain_text=text, language=language)
        for language, text in (
            ("zh", "造成3人死亡"),
            ("en", "killing 3 people"),
            ("ja", "3人死亡"),
        )
    ]
    assert [len(draft.claims) for draft in find_claims(drafts, tools)] == [1, 1, 0]


@pytest.mark.parametrize(
    "text", ["死亡" * 50_000, "1人" * 50_000, "3人死" * 30_000, "killed 1 " * 20_000]
)
def test_a_hostile_text_is_read_in_bounded_time(text):
    assert len(read(text)) <= MAXIMUM_CLAIMS


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.2亿", 120000000.0),
        ("三十五", 35),
        ("一百零五", 105),
        ("两千", 2000),
        ("十二万", 120000),
        ("1,200", 1200),
        ("二〇", 20),
        ("十", 10),
        ("1万3千", 13000),
    ],
)
def test_chinese_numbers(text, value):
    assert chinese_value(text) == (value, False)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("twenty-one", 21),
        ("a dozen", 12),
        ("3.4 million", 3.4e6),
        ("1,200", 1200),
        ("two hundred", 200),
    ],
)
def test_english_numbers(text, value):
    assert english_value(text) == (value, False)
