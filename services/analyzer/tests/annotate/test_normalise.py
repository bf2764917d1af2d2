"""Cleaning: what is not text goes, what is text stays."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell_analyzer.annotate.normalise import MAXIMUM_TEXT, clean, clean_document
from groundswell_core.documents import Document


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain text", "plain text"),
        ("  a \t b\r\n\r\n c ", "a b\nc"),
        ("地\u200b震\ufeff", "地震"),
        ("a\u202eb\u2066c\x00d\x1be", "abcde"),
        ("x\ud83dy", "xy"),
        ("cafe\u0301", "café"),
        ("全角，ＡＢＣ！", "全角，ＡＢＣ！"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👨\u200d👩", "👨\u200d👩"),
        ("ba\u200dd", "bad"),
        ("<p>one</p><p>two</p>", "one two"),
        ("地<em class='hit'>震</em>了", "地震了"),
        ("a<script>if (x < 1) alert(2)</script >b", "a b"),
        ("a<!-- hidden -->b<style>p{}</style>c", "a b c"),
        ("<script>never closed", "<script>never closed"),
        ("if a < b and c > d", "if a < b and c > d"),
        ("x <3 y", "x <3 y"),
        ("AT&amp;T &lt;b&gt;bold&lt;/b&gt; &nbsp;R&D", "AT&T bold R&D"),
        ("&#x5730;&#38663;", "地震"),
        ("", ""),
    ],
)
def test_text_is_cleaned(text, expected):
    assert clean(text, 1000) == expected


def test_length_is_capped_after_cleaning():
    assert clean("\u200b" * 300 + "a" * 300, 200) == "a" * 200


def test_every_text_of_a_document_is_cleaned_and_the_rest_kept():
    before = Document(
        name="documents/1",
        source="sources/s",
        title="a\nb\x00",
        text="c\x00",
        outlet="d\x00",
        labels={"e\x00": "f\x00"},
        url="http://x.example",
    )
    after = clean_document(before)
    assert (after.title, after.text, after.outlet, after.labels) == ("a b", "c", "d", {"e": "f"})
    assert (after.name, after.url) == (before.name, before.url)
    assert before.title == "a\nb\x00"


@given(st.text(alphabet=st.characters(), max_size=300))
def test_cleaning_twice_is_cleaning_once_unless_it_uncovers_html(text):
    once = clean(text, 500)
    once.encode()
    if "<" not in once and "&" not in once:
        assert clean(once, 500) == once


@pytest.mark.parametrize(
    "text",
    [
        "<script>" * 30_000,
        "<!--" * 60_000,
        "<a " * 80_000,
        "&lt;" * 60_000,
        "\u0301" * 200_000,
        "<b" * 99_999,
    ],
    ids=["scripts", "comments", "tags", "entities", "accents", "open"],
)
def test_hostile_html_costs_no_more_than_its_length(text):
    start = time.process_time()
    clean(text, MAXIMUM_TEXT)
    assert time.process_time() - start < 2
