"""The stages together: what is learned of a document, whatever it holds."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from groundswell_analyzer.annotate import LAST_STAGE, STAGES, Stage, annotate, pipeline_version
from groundswell_analyzer.annotate.sentiment import sentiment_version
from groundswell_analyzer.annotate.terms import MAXIMUM_TERMS
from groundswell_analyzer.query import CompiledQueries
from groundswell_core.analyses import ANALYSES
from groundswell_core.documents import DOCUMENTS, Document
from groundswell_core.errors import FailedPrecondition
from groundswell_core.monitors import Monitor

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
GOLDEN = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "data" / "annotate.jsonl").read_text().splitlines()
]
QUERIES = CompiledQueries(
    [
        Monitor(name="monitors/quake", query="(地震 OR earthquake*) AND NOT category:accident"),
        Monitor(name="monitors/guangdong", query="place:CN-44"),
        Monitor(name="monitors/japanese", query="source:s", languages=("ja",)),
    ]
)


def document(title="", text="", **fields):
    return Document(name="documents/1", source="sources/s", title=title, text=text, **fields)


def learn(*documents, **options):
    return annotate(documents, options.pop("queries", QUERIES), NOW, **options)


@pytest.mark.parametrize("case", GOLDEN, ids=[case["title"] for case in GOLDEN])
def test_a_golden_document_is_read_as_a_person_reads_it(case):
    [analysis] = learn(document(case["title"], case["text"], language=case["source_language"]))
    assert analysis.language == case["language"]
    assert set(case["terms"]) <= set(analysis.terms[:16])
    assert [f"{place.code} {place.display_name}" for place in analysis.places] == case["places"]
    assert analysis.category == case["category"]
    assert analysis.sentiment.label.name == case["stance"]


def test_every_field_of_an_analysis_is_filled():
    quake = GOLDEN[0]
    [analysis] = learn(document(quake["title"], quake["text"], exercise=False))
    assert analysis.name == "analyses/1"
    assert analysis.monitors == ("monitors/quake",)
    assert analysis.pipeline_version == pipeline_version()
    assert analysis.analyze_time == NOW
    assert analysis.story_time is None
    assert analysis.fingerprint
    assert analysis.sentiment.method == sentiment_version()
    assert 0 < analysis.sentiment.confidence <= 1


def test_monitors_see_places_and_language_that_the_stages_before_them_found():
    [cantonese, japanese] = learn(
        document("广州暴雨"), Document(name="documents/2", source="sources/s", title="東京のお祭り")
    )
    assert cantonese.monitors == ("monitors/guangdong",)
    assert japanese.monitors == ("monitors/japanese",)


def test_a_drill_stays_a_drill():
    [analysis] = learn(document("地震", exercise=True))
    assert analysis.exercise
    assert analysis.monitors == ()


def test_the_order_of_work_is_the_list():
    assert [stage.name for stage in (*STAGES, LAST_STAGE)] == [
        "normalise",
        "language",
        "terms",
        "fingerprint",
        "places",
        "organisations",
        "claims",
        "category",
        "sentiment",
        "monitors",
    ]


def test_no_documents_give_no_analyses():
    assert learn() == []


def test_a_further_stage_runs_before_the_monitors_and_is_named_in_the_version():
    def shout(drafts, tools):
        return [deepcopy_with(draft, category="accident") for draft in drafts]

    def deepcopy_with(draft, **changes):
        from dataclasses import replace

        return replace(draft, **changes)

    stage = Stage(name="shout", run=shout, summary="calls all an accident")
    [analysis] = learn(document("四川地震"), further=[stage])
    assert analysis.category == "accident"
    assert analysis.monitors == ()
    assert analysis.pipeline_version == f"{pipeline_version()} shout"


def test_a_stage_that_loses_documents_stops_the_work_and_is_named():
    stage = Stage(name="thief", run=lambda drafts, tools: drafts[1:], summary="loses one")
    with pytest.raises(FailedPrecondition, match='stage "thief" answered other documents'):
        learn(document("a"), further=[stage])


HOSTILE = [
    "\ud800",
    "a\udfffb",
    "\x00\x00",
    "ﷺ" * 500,
    "𠮷野家🔥👨‍👩‍👧‍👦",
    "\u202e\u2066\u200b\ufeff",
    "<script>" * 2000,
    "<" * 5000 + "a" * 5000,
    "&#xD800; &#0; &amp;amp;lt;",
    "Z̸̢͎a̵l̷g̶o̴" * 300,
    "\n" * 10_000,
    "a" * 120_000,
    "1" * 5000,
    "的" * 5000,
    "- - - " * 2000,
    "\ufdd0\uffff\U0010ffff",
    "ᄀᄀ각ᆨᆨ" * 100,
]
TEXTS = st.one_of(
    st.text(max_size=200),
    st.sampled_from(HOSTILE),
    st.text(alphabet="地震四川，。 不好 fire\n<b>&;1.２", max_size=200),
)
DOCUMENTS_OF_ALL_KINDS = st.builds(
    lambda number, title, text, language, label: Document(
        name=f"documents/{number}",
        source="sources/s",
        title=title,
        text=text,
        language=language,
        outlet=title[:20],
        labels={"a": label},
    ),
    st.integers(0, 10**6),
    TEXTS,
    TEXTS,
    st.sampled_from(["", "zh-CN", "en", "ja", "x-weird", "和"]),
    st.text(max_size=10),
)


@settings(max_examples=150, deadline=None)
@given(DOCUMENTS_OF_ALL_KINDS)
@example(document("\ud800" * 600, "ﷺ" * 3000))
def test_any_text_is_analysed_and_travels_as_protobuf(one):
    [analysis] = learn(one)
    assert ANALYSES.from_bytes(ANALYSES.to_bytes(analysis)) == analysis
    assert -1 <= analysis.sentiment.score <= 1
    assert 0 <= analysis.sentiment.confidence <= 1
    assert len(analysis.terms) == len(set(analysis.terms)) <= MAXIMUM_TERMS
    assert len(analysis.fingerprint) <= 64
    assert all(0 <= value < 2**32 for value in analysis.fingerprint)


@settings(max_examples=60, deadline=None)
@given(st.lists(DOCUMENTS_OF_ALL_KINDS, max_size=5, unique_by=lambda one: one.name), st.randoms())
def test_the_order_of_a_batch_and_its_size_change_nothing(documents, rng):
    before = deepcopy(documents)
    together = {analysis.name: analysis for analysis in learn(*documents)}
    shuffled = rng.sample(documents, len(documents))
    assert {analysis.name: analysis for analysis in learn(*shuffled)} == together
    for one in documents:
        [alone] = learn(one)
        assert alone == together[alone.name]
    assert documents == before


@settings(max_examples=60, deadline=None)
@given(DOCUMENTS_OF_ALL_KINDS)
@example(document("一", "&ampap;A"))
@example(document("0一", "&ampamp:0"))
@example(document("一", "&am\u200bp;lt;p&gt;事故"))
def test_a_document_that_was_cleaned_before_is_read_the_same(one):
    [first] = learn(one)
    cleaned = DOCUMENTS.from_bytes(DOCUMENTS.to_bytes(first.document))
    [second] = learn(cleaned)
    assert second.language == first.language
    assert second.terms == first.terms
    assert second.fingerprint == first.fingerprint
