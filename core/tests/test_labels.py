"""Matchers: what they match, how they are written, and that no pattern is slow."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell_core.errors import InvalidInput
from groundswell_core.labels import Matcher, matches, parse_matchers

LABELS = {"level": "II", "department": "health", "region": "CN-44"}
VALUES = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", True),
        ("{}", True),
        ('level="II"', True),
        ("level=II", True),
        ('level!="II"', False),
        ('level=~"I|II"', True),
        ('level=~"I"', False),
        ('level!~"I|II"', False),
        ('{level="II", department="health"}', True),
        ('level="II",department="police",', False),
        ('missing=""', True),
        ('missing!=""', False),
        ('missing=~".*"', True),
        ('region=~"CN-.+"', True),
    ],
)
def test_matchers_match_as_in_prometheus(text: str, expected: bool) -> None:
    assert matches(parse_matchers(text), LABELS) is expected


@given(st.from_regex(r"[A-Za-z_][A-Za-z0-9_.]{0,9}", fullmatch=True), VALUES)
def test_a_matcher_reads_back_as_it_is_written(label: str, value: str) -> None:
    for op in ("=", "!="):
        matcher = Matcher(label, op, value)
        assert parse_matchers(f"{matcher},{matcher}") == (matcher, matcher)


@given(VALUES, VALUES)
def test_an_operator_and_its_opposite_never_agree(wanted: str, there: str) -> None:
    labels = {"a": there}
    assert Matcher("a", "=", wanted).matches(labels) != Matcher("a", "!=", wanted).matches(labels)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('level="II" department="x"', 'comma is missing between matchers at "department'),
        ('level="II",=x', 'no matcher can be read at "=x"'),
        ('level="II', 'no matcher can be read at "level='),
        ("level", 'no matcher can be read at "level"'),
        ('level=~"(I"', r'"(I" is no regular expression'),
        ('1level="a"', 'no matcher can be read at "1level'),
        ('a="b";c="d"', 'comma is missing between matchers at ";c='),
    ],
)
def test_an_error_names_the_place(text: str, place: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_matchers(text)
    assert place in caught.value.message
    assert caught.value.reason == "BAD_MATCHER"


def test_an_operator_that_does_not_exist_is_refused() -> None:
    with pytest.raises(InvalidInput, match="not one of"):
        Matcher("a", ">", "b")


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|aa)+$", "(.*a){20}$", "^(([a-z])+.)+[A-Z]([a-z])+$"]
)
def test_evil_patterns_end_at_once(pattern: str) -> None:
    matcher = Matcher("a", "=~", pattern)
    started = time.perf_counter()
    matcher.matches({"a": "a" * 50_000 + "!"})
    assert time.perf_counter() - started < 2.0


@pytest.mark.parametrize(
    "pattern", ["a{1000}{1000}", "(?=a)", r"(a)\1", "\ud800"], ids=["huge", "look", "back", "half"]
)
def test_patterns_that_linear_time_cannot_serve_are_refused(pattern: str) -> None:
    with pytest.raises(InvalidInput, match="is no regular expression") as caught:
        Matcher("a", "=~", pattern)
    str(caught.value).encode()
