"""Values of sources are read as people write them, and nonsense is no value."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from groundswell_core.values import clean_text, count_of, number_of, pick, text_of, time_of


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (12, "12"),
        ("plain text", "plain text"),
        ("  a \t b\u3000c  ", "a b c"),
        ("a\r\n\r\n b\rc", "a\nb\nc"),
        ("🌊\ud83c\udf0a x\ud800y\x00z\x7f\uffff", "🌊 x y z"),
        ("👨‍👩‍👧 ❤️", "👨‍👩‍👧 ❤️"),
        ("水" * 200_000, "水" * 100_000),
    ],
)
def test_text_is_clean(value, text):
    assert clean_text(value) == text


@pytest.mark.parametrize("value", [True, None, [], {}, object()])
def test_what_is_no_text_is_empty(value):
    assert text_of(value) == ""


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (5, 5.0),
        (1.5, 1.5),
        ("1,234", 1234.0),
        ("12.3万", 123_000.0),
        ("1.2亿", 120_000_000.0),
        ("热度 3k", 3000.0),
        ("5M", 5_000_000.0),
        ("7 millions", 7.0),
        ("-5", None),
        (-5, None),
        ("", None),
        ("hot", None),
        (None, None),
        (True, None),
        (float("nan"), None),
        (float("inf"), None),
        (10**400, None),
        ([], None),
    ],
)
def test_a_number_is_read_as_people_write_it(value, expected):
    assert number_of(value) == (expected if expected is None else pytest.approx(expected))


def test_a_count_is_whole_and_within_reason():
    assert [count_of(value) for value in ("1.9", "2万", 1e300, "x")] == [1, 20_000, None, None]


EIGHT = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1_767_600_000, EIGHT),
        ("1767600000", EIGHT),
        ("1767600000.0", EIGHT),
        (1_767_600_000_000, EIGHT),
        ("2026-01-05T16:00:00+08:00", EIGHT),
        ("2026-01-05T08:00:00Z", EIGHT),
        ("2026-01-05 16:00", EIGHT),
        (datetime(2026, 1, 5, 16), EIGHT),  # noqa: DTZ001 - a Parquet file has such times
        (EIGHT, EIGHT),
        (date(2026, 1, 5), datetime(2026, 1, 4, 16, tzinfo=UTC)),
        ("yesterday", None),
        ("", None),
        (None, None),
        ({}, None),
        (10**30, None),
        (1e16, None),
        ("9999-12-31T23:59:59-14:00", None),
        ("²", None),
    ],
)
def test_a_time_is_read_and_one_without_a_zone_has_the_given_one(value, expected):
    assert time_of(value, ZoneInfo("Asia/Shanghai")) == expected


def test_a_path_leads_through_objects_and_lists():
    value = {"a": [{"b": 1}], "c": "text", "d.e": 2}
    assert pick(value, "a.0.b") == 1
    assert pick(value, "d.e") == 2
    assert [pick(value, path) for path in ("a.1.b", "a.x", "c.0", "d", "a.-1", "")] == [None] * 6
