"""What a query means, and what is said of one that means nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell_analyzer.query import parse, parse_or_raise
from groundswell_analyzer.query.errors import MAXIMUM_ERRORS
from groundswell_core.errors import InvalidInput

GOOD = {
    "地震": "地震",
    "地震 四川": "(地震 AND 四川)",
    "a AND b OR c d": "((a AND b) OR (c AND d))",
    "a b NOT c": "(a AND b AND (NOT c))",
    "a AND NOT (b OR c)": "(a AND (NOT (b OR c)))",
    '"food poisoning" OR 食物中毒': '("food poisoning" OR 食物中毒)',
    "a NEAR b": "(a NEAR/10 b)",
    "a NEAR/3 b NEAR/4 c": "((a NEAR/3 b) AND (b NEAR/4 c))",
    "(a | b) NEAR/5 c": "((a OR b) NEAR/5 c)",
    "vaccin* 学校": "(vaccin* AND 学校)",
    'title:(地震 OR "strong quake") lang:zh': '((title:地震 OR title:"strong quake") AND lang:zh)',
    "source:(weibo OR bbc-*)": "(source:weibo OR source:bbc-*)",
    "label.topic:water 停水": "(label.topic:water AND 停水)",
    "Place:CN-44 暴雨": "(place:CN-44 AND 暴雨)",
    "（暴雨 或 洪水） 与 “橙色预警” 非 演习": "((暴雨 OR 洪水) AND 橙色预警 AND (NOT 演习))",
    "食品｜药品": "(食品 OR 药品)",
    "title：地震": "title:地震",
    "标题：地震": '"标题：地震"',
    '"AND" "或"': '("AND" AND "或")',
    r'"say \"no\" \\ now"': r'"say \"no\" \\ now"',
    "and or not": "(and AND or AND not)",
    "C++ 5G 12:30 R&D": '(C++ AND 5G AND "12:30" AND R&D)',
    "NOT NOT a": "(NOT (NOT a))",
    "🔥": "🔥",
}


@pytest.mark.parametrize(("query", "normal_form"), GOOD.items(), ids=list(GOOD))
def test_a_good_query_reads_as_its_normal_form(query, normal_form):
    assert parse(query).errors == ()
    assert parse(query).normal_form == normal_form


BAD = [
    ("", [(0, 1, "empty")]),
    (" \t\n", [(0, 1, "empty")]),
    ("(a b", [(0, 1, "never closed")]),
    ("a (b (c", [(2, 1, "never closed"), (5, 1, "never closed")]),
    ("a) b", [(1, 1, "no opening")]),
    ("a )) b", [(2, 1, "no opening"), (3, 1, "no opening")]),
    ("a ()", [(2, 1, "are empty")]),
    ("a AND", [(2, 3, "needs a word after")]),
    ("AND a", [(0, 3, "write one before")]),
    ("a OR OR b", [(5, 2, "OR follows OR")]),
    ("(OR a) NEAR", [(1, 2, "write one before"), (7, 4, "needs a word after")]),
    ("a NOT", [(2, 3, "needs a word after")]),
    ("地震 NEAR/0 b", [(3, 6, "1 to 100")]),
    ("a NEAR/101 b", [(2, 8, "1 to 100")]),
    ("a NEAR/ b", [(2, 5, "1 to 100")]),
    ("a NEAR/-1 b", [(2, 7, "1 to 100")]),
    ("a NEAR/五 b", [(2, 6, "1 to 100")]),
    ("a NEAR/99999999999 b", [(2, 16, "1 to 100")]),
    ("a near/5 b", [(2, 6, 'write "NEAR/5" in capitals')]),
    ("a NEAR/5 (b c)", [(2, 6, "an OR of them")]),
    ("a NEAR/5 lang:zh", [(2, 6, "an OR of them")]),
    ("a NEAR/5 A", [(2, 6, "the same text")]),
    ("title:a NEAR/5 b", [(8, 6, "in one field")]),
    ("a NEAR NOT b", [(7, 3, "NOT cannot stand here")]),
    ("titel:x", [(0, 6, 'did you mean "title:"')]),
    ("http://x.org a", [(0, 5, "put it in quotes")]),
    ("title: ", [(0, 6, "needs a word")]),
    ("title:(a text:b)", [(9, 5, "close that group first")]),
    ("NOT a", [(0, 3, "nearly every document")]),
    ("a OR NOT b", [(5, 3, "nearly every document")]),
    ("NOT (a NEAR b)", [(0, 3, "nearly every document")]),
    ("NOT (a AND NOT b) OR a", [(0, 3, "nearly every document")]),
    ('a "b c', [(2, 1, "never closed")]),
    ('""', [(0, 2, "no letter")]),
    ("a ！！！", [(2, 3, "no letter")]),
    ("\u200b", [(0, 1, "no letter")]),
    ("*", [(0, 1, "end of a word")]),
    ("f*re", [(0, 4, "end of a word")]),
    ("a f*", [(2, 2, "at least two letters")]),
    ("食品 -招聘", [(3, 3, "write NOT 招聘")]),
    ("🔥🔥 AND", [(3, 3, "needs a word after")]),
    ("x" * 2001, [(2000, 1, "the limit is 2000")]),
    ("x " * 201, [(400, 1, "over 200 terms")]),
    ("(" * 51 + "a" + ")" * 51, [(50, 1, "over 50 deep")]),
    ("NOT " * 51 + "a", [(200, 3, "over 50 deep")]),
]


@pytest.mark.parametrize(
    ("query", "expected"), BAD, ids=[query[:20] or "empty" for query, _ in BAD]
)
def test_a_bad_query_is_answered_with_every_place_and_a_cure(query, expected):
    parsed = parse(query)
    assert parsed.tree is None
    assert parsed.normal_form == ""
    assert [(error.position, error.length) for error in parsed.errors] == [
        (position, length) for position, length, _ in expected
    ]
    for error, (_, _, words) in zip(parsed.errors, expected, strict=True):
        assert words in error.message


def test_errors_are_raised_for_callers_that_want_an_exception():
    with pytest.raises(InvalidInput, match="character 3: AND needs") as raised:
        parse_or_raise("a AND")
    assert raised.value.reason == "BAD_QUERY"
    assert raised.value.metadata == {"position": "2", "length": "3"}


def test_reported_errors_are_limited():
    assert len(parse(")" * 500).errors) == MAXIMUM_ERRORS


PIECES = ["a", "地震", "(", ")", "AND", "OR", "NOT", "NEAR/2", "NEAR", '"x y"', "title:", "lang:zh"]
PIECES += ['"', "*", "fo*", "|", "|", " ", " ", "\ud800", "：", "label.a:", "\\", "-", "与", "\x00"]
QUERIES = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=30).map(" ".join),
    st.lists(st.sampled_from(PIECES), max_size=30).map("".join),
    st.text(max_size=60),
)


@given(QUERIES)
def test_any_text_parses_or_names_places_inside_it(query):
    parsed = parse(query)
    assert (parsed.tree is None) == bool(parsed.errors)
    for error in parsed.errors:
        assert 0 <= error.position <= len(query)
        assert error.length >= 1
        assert error.message.endswith((".", "?"))


@given(QUERIES)
def test_the_normal_form_parses_to_the_same_tree(query):
    parsed = parse(query)
    if parsed.tree is not None and len(parsed.normal_form) <= 2000:
        assert parse(parsed.normal_form).tree == parsed.tree
