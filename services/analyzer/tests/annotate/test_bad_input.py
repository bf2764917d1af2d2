"""Whatever comes in: every document is analysed, and what is learned of it is bounded."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from groundswell_analyzer.annotate import annotate
from groundswell_analyzer.annotate.claims import MAXIMUM_CLAIMS
from groundswell_analyzer.annotate.normalise import MAXIMUM_TEXT, MAXIMUM_TITLE
from groundswell_analyzer.annotate.organisations import MAXIMUM_ORGANISATIONS
from groundswell_analyzer.annotate.places import MAXIMUM_PLACES
from groundswell_analyzer.annotate.terms import MAXIMUM_TERMS
from groundswell_analyzer.annotate.words import MAXIMUM_WORD
from groundswell_analyzer.query import CompiledQueries, parse
from groundswell_analyzer.query.errors import MAXIMUM_DEPTH, MAXIMUM_LENGTH
from groundswell_analyzer.query.errors import MAXIMUM_TERMS as MOST
from groundswell_core.analyses import ANALYSES
from groundswell_core.documents import Document
from groundswell_core.monitors import Monitor

NOW = datetime(2026, 11, 23, tzinfo=UTC)
MEGABYTE = 1_000_000
NEWS = "四川泸定发生6.8级地震，已造成3人死亡，四川省应急管理厅启动响应。"


def learn(text, title="", query="地震 OR earthquake", **fields):
    document = Document(name="documents/1", source="sources/s", title=title, text=text, **fields)
    queries = CompiledQueries([Monitor(name="monitors/one", query=query)])
    [analysis] = annotate([document], queries, NOW)
    assert ANALYSES.from_bytes(ANALYSES.to_bytes(analysis)) == analysis
    return analysis


def assert_bounded(analysis):
    assert len(analysis.document.title) <= MAXIMUM_TITLE
    assert len(analysis.document.text) <= MAXIMUM_TEXT
    assert len(analysis.terms) <= MAXIMUM_TERMS
    assert all(0 < len(term) <= MAXIMUM_WORD for term in analysis.terms)
    assert len(analysis.places) <= MAXIMUM_PLACES
    assert len(analysis.organisations) <= MAXIMUM_ORGANISATIONS
    assert len(analysis.claims) <= MAXIMUM_CLAIMS
    assert -1 <= analysis.sentiment.score <= 1


def assert_nothing_learned(analysis):
    assert analysis.terms == analysis.places == analysis.organisations == analysis.claims == ()
    assert analysis.category == ""
    assert analysis.monitors == ()


@pytest.mark.parametrize("character", list("震a1。é한あท\n \u200b\ud800\U0001f525&<\x00\ufffd"))
def test_a_text_of_one_character_is_analysed(character):
    for analysis in (learn(character), learn("", title=character)):
        assert_bounded(analysis)
        assert analysis.fingerprint == ()
        assert analysis.claims == analysis.organisations == ()


LONG = {
    "news": NEWS,
    "one character": "的",
    "one letter": "a",
    "digits": "7",
    "full stops": "。",
    "line feeds": "\n",
    "spaces": " ",
    "deaths": "造成3人死亡",
    "numbers without end": "一百万亿",
    "firms": "某公司",
    "universities": "University of The ",
    "open tags": "<",
    "open scripts": "<script>",
    "entities": "&amp;",
    "entities in entities": "&amp;amp;lt;b",
    "combining marks": "\u0301",
    "emoji": "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "zero width": "\u200b",
    "lone surrogates": "\ud800",
    "ligatures": "\ufdfa",
    "hangul parts": "\u1100\u1161\u11a8",
    "links": "https://example.org/a?b=c&d=e#f ",
    "hyphens": "a-b.c'",
}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("unit", LONG.values(), ids=LONG)
def test_a_text_of_a_megabyte_is_cut_and_analysed(unit):
    analysis = learn(unit * (MEGABYTE // len(unit)), title=unit * 2_000)
    assert_bounded(analysis)


def test_what_lies_beyond_the_cut_is_not_read():
    analysis = learn("。" * MEGABYTE + NEWS)
    assert_nothing_learned(analysis)


def test_mixed_scripts_are_read_each_by_its_own_rules():
    analysis = learn("四川地震 earthquake землетрясение 地震です زلزال 지진 भूकंप แผ่นดินไหว")
    assert_bounded(analysis)
    assert analysis.monitors == ("monitors/one",)
    assert analysis.terms


@pytest.mark.parametrize(
    "text",
    [
        "🔥🔥🔥😱",
        "👨\u200d👩\u200d👧\u200d👦" * 50,
        "❤\ufe0f\u200d🔥🇨🇳🏳\ufe0f\u200d🌈",
        "！！！？？？……",
        "——",
        "１",
        "\u200b\u200c\u200d\ufeff",
        "\u202e\u202e\u2066\u2069",
    ],
)
def test_a_text_without_words_teaches_nothing(text):
    assert_nothing_learned(learn(text))
    assert_nothing_learned(learn("", title=text))


@pytest.mark.parametrize(
    "link",
    [
        "https://example.org/a/very/long/path?with=arguments&and=more#fragment",
        "http://例子.中国/路径",
        "www.example.com",
        "https://t.co/AbCdEf123",
    ],
)
def test_a_text_that_is_only_a_link_is_analysed(link):
    analysis = learn(link)
    assert_bounded(analysis)
    assert analysis.claims == analysis.organisations == ()
    assert analysis.monitors == ()


def test_text_from_right_to_left_is_read():
    analysis = learn("قتل 12 شخصا في زلزال ضرب شمال البلاد صباح اليوم", query="زلزال")
    assert analysis.language == "ar"
    assert analysis.monitors == ("monitors/one",)
    assert_bounded(analysis)


@pytest.mark.parametrize(
    "hidden",
    [
        "地\u200b震",
        "\ufeff地\u200d震",
        "\u202e地\u2060震\u202c",
        "地\u00ad震",
        "地\ud800震",
        "地\U000e0061震",
    ],
    ids=ascii,
)
def test_invisible_characters_hide_no_word(hidden):
    assert learn(f"四川{hidden}救援").monitors == ("monitors/one",)
    assert learn("", title=f"四川{hidden}救援").monitors == ("monitors/one",)


def test_hidden_direction_marks_never_reach_what_is_stored():
    analysis = learn("a\u202eb\u2066c\u200f", title="\u202eabc", outlet="\u202eoutlet")
    assert (analysis.document.title, analysis.document.text) == ("abc", "abc")
    assert analysis.document.outlet == "outlet"


EXPLOSIVE = [
    "(a+)+$",
    "(a|aa)+$",
    "(.*)*b",
    "^(([a-z])+.)+[A-Z]([a-z])+$",
    "a{1,9999}{1,9999}",
    "(?=(a+))\\1b",
]


@pytest.mark.parametrize("pattern", EXPLOSIVE)
def test_a_regular_expression_in_a_query_is_text_to_find_and_never_runs(pattern):
    quoted = '"' + pattern.replace("\\", "\\\\") + '"'
    assert learn("a" * 50_000 + "!", query=quoted).monitors == ()
    assert learn(f"see {pattern} there", query=quoted).monitors == ("monitors/one",)


@pytest.mark.parametrize("pattern", EXPLOSIVE)
def test_a_regular_expression_without_quotes_is_read_or_refused_with_its_place(pattern):
    parsed = parse(pattern)
    assert parsed.tree is not None or all(error.position <= len(pattern) for error in parsed.errors)


@pytest.mark.parametrize("depth", [MAXIMUM_DEPTH + 1, 500, 1_900])
@pytest.mark.parametrize("opening", ["(", "NOT ", "title:(", "a AND ("])
def test_a_query_that_is_nested_too_deep_is_refused_not_followed(depth, opening):
    query = (opening * depth + "地震")[:MAXIMUM_LENGTH]
    parsed = parse(query)
    assert parsed.tree is None
    assert parsed.errors


@pytest.mark.parametrize(
    "query",
    ["地" * (MAXIMUM_LENGTH + 1), " OR ".join(f"w{n}" for n in range(MOST + 1)), "", "\ud800", "*"],
)
def test_a_query_that_is_too_long_or_says_nothing_is_refused(query):
    parsed = parse(query)
    assert parsed.tree is None
    assert parsed.errors


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "query",
    ["一 NEAR/5 二", "(一 OR 二) NEAR/100 (三 OR 四)", "一 NEAR/1 三", "一二 AND 二一 NOT 三"],
)
def test_words_that_stand_everywhere_are_matched_without_trying_every_pair(query):
    analysis = learn("一二" * 50_000, query=query)
    assert analysis.monitors == (("monitors/one",) if "三" not in query or "NOT" in query else ())


def test_a_monitor_whose_query_cannot_be_read_harms_no_other():
    monitors = [
        Monitor(name="monitors/bad", query="((((" * 300),
        Monitor(name="monitors/good", query="地震"),
    ]
    queries = CompiledQueries(monitors)
    document = Document(name="documents/1", source="sources/s", text=NEWS)
    assert annotate([document], queries, NOW)[0].monitors == ("monitors/good",)
    assert [*queries.broken] == ["monitors/bad"]


@pytest.mark.parametrize("year", [1, 1969, 1970, 2199, 9999])
def test_a_document_of_any_time_is_analysed(year):
    time = datetime(year, 12, 31, 23, 59, tzinfo=UTC)
    assert_bounded(learn("昨晚发生6.8级地震,造成3人死亡。", publish_time=time, collect_time=time))
    assert_bounded(learn("A blast killed 12 people on Saturday, Dec. 30.", publish_time=time))
