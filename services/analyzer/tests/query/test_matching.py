"""Which documents a query matches, alone and among many."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundswell_analyzer.query import (
    CompiledQueries,
    matches,
    parse,
    parse_or_raise,
    search_terms,
    searchable,
    searchable_analysis,
)
from groundswell_core.analyses import Analysis, Place
from groundswell_core.documents import Document
from groundswell_core.monitors import Monitor, MonitorState

QUAKE = Document(
    name="documents/1",
    source="sources/weibo",
    outlet="人民日报客户端",
    title="四川泸定发生6.8级地震，多支救援队出发",
    text="据中国地震台网测定，今天中午甘孜州泸定县发生地震。Rescue teams are on the way; T-shirts and café supplies too.",
    language="zh-CN",
    labels={"board": "Hot"},
)
PLACES = (Place(code="CN-51", display_name="四川省"),)
VIEW = searchable(QUAKE, places=PLACES, category="natural_disaster")

MATCHING = [
    "地震",
    "地震 四川",
    "地震 AND NOT 演习",
    "洪水 OR 地震",
    '"泸定县发生地震"',
    "RESCUE",
    "teams are",
    '"teams  are"',
    "resc*",
    "CAFÉ",
    "cafe\u0301",
    "ｒｅｓｃｕｅ",
    "臺網",
    "title:救援",
    "text:甘孜州",
    "title:(洪水 OR 地震)",
    "四川 NEAR/2 发生",
    "发生 NEAR/2 四川",
    "rescue NEAR/4 way",
    "(洪水 | 今天) NEAR/3 甘孜",
    "source:weibo",
    "source:sources/weibo",
    "source:wei*",
    "outlet:人民日报*",
    "lang:zh",
    "lang:zh-TW",
    "place:CN",
    "place:CN-51",
    "place:四川",
    "category:natural_disaster",
    "category:natural*",
    "label.board:hot",
    "t-shirts",
    "6.8级",
]
NOT_MATCHING = [
    "海啸",
    "地震 NOT 四川",
    "escue",
    "rescu",
    '"are teams"',
    "title:甘孜",
    "text:救援队出发",
    "四川 NEAR/1 发生",
    "救援队 NEAR/20 甘孜州",
    "rescue NEAR/3 way",
    "source:wei",
    "outlet:人民日报",
    "lang:en",
    "place:CN-5",
    "place:CN-44",
    "place:JP",
    "category:accident",
    "label.board:cold",
    "label.other:hot",
    "shirt",
    "出发据中国",
]


@pytest.mark.parametrize("query", MATCHING)
def test_the_document_matches(query):
    assert matches(parse_or_raise(query), VIEW)
    assert CompiledQueries([Monitor(name="monitors/a", query=query)]).matches(VIEW)


@pytest.mark.parametrize("query", NOT_MATCHING)
def test_the_document_does_not_match(query):
    assert not matches(parse_or_raise(query), VIEW)
    assert not CompiledQueries([Monitor(name="monitors/a", query=query)]).matches(VIEW)


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("지진이 발생했다", "지진", True),
        ("東京で地震がありました", "地震", True),
        ("แผ่นดินไหวใหญ่", "แผ่นดิน", True),
        ("زلزال قوي", "زلزال", True),
        ("زلزالان قويان", "زلزال", False),
        ("बाढ़ आई", "बाढ़", True),
        ("बाढ़ों में", "बाढ़", False),
        ("землетрясение", "Землетрясение", True),
        ("землетрясения", "землетрясен*", True),
        ("STRASSE", "straße", True),
        ("buy iPhone15 now", "iphone", False),
        ("买5G手机", "5g", True),
        ("地\u200b震", "地震", True),
        ("乾旱持續", "干旱", True),
        ("صلى الله ﷺ", "عليه", True),
    ],
)
def test_scripts_have_borders_where_their_words_do(text, query, expected):
    view = searchable(Document(name="documents/1", source="sources/s", title=text))
    assert matches(parse_or_raise(query), view) is expected
    found = CompiledQueries([Monitor(name="monitors/a", query=query)]).matches(view)
    assert bool(found) is expected


def monitor(name, query, **changes):
    return Monitor(name=f"monitors/{name}", query=query, **changes)


def test_a_monitor_looks_only_at_its_languages_and_sources():
    queries = CompiledQueries(
        [
            monitor("all", "地震"),
            monitor("zh", "地震", languages=("zh-Hans",)),
            monitor("en", "地震", languages=("en",)),
            monitor("weibo", "地震", sources=("sources/weibo", "sources/other")),
            monitor("bbc", "地震", sources=("sources/bbc",)),
        ]
    )
    assert queries.matches(VIEW) == ("monitors/all", "monitors/weibo", "monitors/zh")


def test_a_shadow_monitor_matches_and_one_that_is_off_does_not():
    queries = CompiledQueries(
        [
            monitor("shadow", "地震", state=MonitorState.SHADOW),
            monitor("off", "地震", state=MonitorState.OFF),
            monitor("default", "地震", state=MonitorState.UNSPECIFIED),
        ]
    )
    assert len(queries) == 2
    assert queries.matches(VIEW) == ("monitors/default", "monitors/shadow")


def test_a_drill_reaches_only_monitors_that_asked_for_drills_and_reality_reaches_all():
    queries = CompiledQueries([monitor("real", "地震"), monitor("drill", "地震", exercise=True)])
    assert queries.matches(VIEW) == ("monitors/drill", "monitors/real")
    assert queries.matches(replace(VIEW, exercise=True)) == ("monitors/drill",)


def test_a_stored_query_that_no_longer_parses_is_named_and_harms_no_other():
    queries = CompiledQueries([monitor("good", "地震"), monitor("bad", "(地震")])
    assert queries.matches(VIEW) == ("monitors/good",)
    assert [error.position for error in queries.broken["monitors/bad"]] == [0]


def test_no_monitors_match_nothing():
    assert CompiledQueries([]).matches(VIEW) == ()


def test_an_analysis_is_searched_as_its_document_was():
    analysis = Analysis(
        name="analyses/1",
        document=QUAKE,
        language="zh",
        places=PLACES,
        category="natural_disaster",
    )
    assert searchable_analysis(analysis) == VIEW


def test_a_view_pickles():
    assert pickle.loads(pickle.dumps(VIEW)) == VIEW  # noqa: S301 - our own bytes


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("地震 source:weibo", ["地震"]),
        ("a 地震救援", ["地震救援"]),
        ("a OR b", ["a", "b"]),
        ("NOT (NOT a OR b)", ["a"]),
        ("source:weibo", None),
        ("a OR source:weibo", None),
    ],
)
def test_search_terms_are_what_every_match_holds_one_of(query, terms):
    found = search_terms(parse_or_raise(query))
    assert (None if found is None else [text for text, _ in found]) == terms


def test_a_hostile_text_does_not_make_near_slow():
    view = searchable(
        Document(name="documents/1", source="sources/s", title="", text="a b " * 50_000)
    )
    query = "(a OR zz) NEAR/1 (c OR b)"
    assert matches(parse_or_raise(query), view)
    assert not matches(parse_or_raise("a NEAR/1 c"), view)


WORDS = ["地震", "震", "四川", "fire", "fires", "fir", "a b", "火", "Ａ", "臺", "台风", "x"]
TEXTS = st.lists(st.sampled_from([*WORDS, " ", "。", "\n", "é"]), max_size=25).map("".join)
LITERALS = st.builds(
    lambda word, scope, star: f'{scope}"{word}"{star}',
    st.sampled_from(WORDS),
    st.sampled_from(["", "", "title:", "text:"]),
    st.sampled_from(["", "", "*"]),
)
ATTRIBUTES = st.sampled_from(["lang:zh", "source:s", "source:o*", "place:CN", "label.k:v"])
NEARS = st.builds(
    lambda left, right, distance: f'("{left}" NEAR/{distance} "{right}")',
    st.sampled_from(WORDS[:6]),
    st.sampled_from(WORDS[6:]),
    st.integers(1, 8),
)
TREES = st.recursive(
    st.one_of(LITERALS, LITERALS, NEARS, ATTRIBUTES),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' AND '.join(parts)})"),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' OR '.join(parts)})"),
        inner.map(lambda part: f"(NOT {part})"),
    ),
    max_leaves=6,
)
DOCUMENTS = st.builds(
    Document,
    name=st.just("documents/1"),
    source=st.sampled_from(["sources/s", "sources/other"]),
    title=TEXTS,
    text=TEXTS,
    language=st.sampled_from(["zh", "en", ""]),
    labels=st.sampled_from([{}, {"k": "v"}]),
    exercise=st.booleans(),
)
MONITORS = st.lists(
    st.builds(
        Monitor,
        name=st.integers(0, 10**6).map("monitors/{}".format),
        query=TREES,
        languages=st.sampled_from([(), ("zh",)]),
        sources=st.sampled_from([(), ("sources/s",)]),
        state=st.sampled_from([MonitorState.ON, MonitorState.SHADOW, MonitorState.OFF]),
        exercise=st.booleans(),
    ),
    max_size=8,
    unique_by=lambda one: one.name,
)


def naive(monitors, view):
    return tuple(
        sorted(
            one.name
            for one in monitors
            if one.state is not MonitorState.OFF
            and (one.exercise or not view.exercise)
            and (not one.languages or view.language in one.languages)
            and (not one.sources or f"sources/{view.source}" in one.sources)
            and (tree := parse(one.query).tree) is not None
            and matches(tree, view)
        )
    )


@settings(max_examples=300)
@given(MONITORS, st.lists(DOCUMENTS, min_size=1, max_size=4))
def test_one_automaton_over_all_monitors_matches_what_each_matches_alone(monitors, documents):
    queries = CompiledQueries(monitors)
    for document in documents:
        view = searchable(document)
        assert queries.matches(view) == naive(monitors, view)


@given(TREES, DOCUMENTS)
def test_every_match_holds_one_of_the_search_terms(query, document):
    tree = parse(query).tree
    view = searchable(document)
    if tree is not None and matches(tree, view) and (terms := search_terms(tree)) is not None:
        assert any(text in view.content for text, _ in terms)
