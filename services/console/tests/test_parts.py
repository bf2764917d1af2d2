from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell_console.clients.monitors import QueryError
from groundswell_console.clients.sources import Kind, KindField
from groundswell_console.clients.wanted import Wanted
from groundswell_console.config_fields import inputs, read_config, shape_of
from groundswell_console.durations import duration
from groundswell_console.failures import explain
from groundswell_console.forms import parse_form
from groundswell_console.pages.backtests import tried, window_of
from groundswell_console.pages.search import read, zone_of
from groundswell_console.pages.story_figures import carried, filled, step_of
from groundswell_console.settings import ConsoleSettings
from groundswell_console.shapes import local_path, marked, number, safe_link, sparkline
from groundswell_console.texts import texts_of
from groundswell_core import errors
from groundswell_core.errors import InvalidInput
from groundswell_core.monitors import Monitor
from groundswell_core.stories import SeriesPoint, Story

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "language", "shown"),
    [
        (1234, "en", "1,234"),
        (1_283_000, "en", "1.3 M"),
        (12_345, "en", "12.3 K"),
        (1_283_000, "zh", "128.3万"),
        (3e8, "zh", "3亿"),
        (0.5, "en", "0.50"),
        (0, "zh", "0"),
    ],
)
def test_numbers_are_written_for_people(value, language, shown):
    assert number(value, language) == shown


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "data:text/html,x", "//evil.example", "http:evil", "ftp://a.example",
        "https://[", "", "JAVASCRIPT:alert(1)", "vbscript:x",
    ],
)  # fmt: skip
def test_a_link_that_is_not_http_is_none(url):
    assert safe_link(url) == ""


@pytest.mark.parametrize(
    "path", ["//evil.example", "/\\evil.example", "https://evil.example", "evil", "", "/a\r\nb"]
)
def test_a_path_that_leads_elsewhere_leads_home(path):
    assert local_path(path) == "/"


def test_a_path_of_this_site_stays():
    assert local_path("/stories/a?x=1") == "/stories/a?x=1"


def test_errors_of_a_query_are_cut_out_at_their_places_in_code_points():
    query = "😀水 AND (异味"
    pieces = marked(query, [QueryError(7, 1, "never closed"), QueryError(0, 1, "no letter")])
    assert [(piece.text, piece.error) for piece in pieces] == [
        ("😀", "no letter"),
        ("水 AND ", ""),
        ("(", "never closed"),
        ("异味", ""),
    ]


def test_an_error_at_the_end_has_a_blank_to_stand_under():
    assert [piece.text for piece in marked("a AND", [QueryError(5, 1, "end")])] == ["a AND", " "]


@given(
    st.text(max_size=40),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=6),
)
def test_marks_never_change_the_text_of_a_query(query, places):
    pieces = marked(query, [QueryError(start, length, "x") for start, length in places])
    shown = "".join(piece.text for piece in pieces)
    assert shown.rstrip(" ") == query.rstrip(" ") or shown.replace(" ", "") == query.replace(
        " ", ""
    )


def test_a_sparkline_counts_the_last_hour_against_the_one_before():
    points = [
        SeriesPoint(start_time=NOW - timedelta(minutes=minutes), documents=count, copies=1)
        for minutes, count in ((110, 2), (65, 1), (30, 4), (5, 6))
    ]
    line = sparkline(points, NOW, step=timedelta(minutes=5), count=36)
    assert (line.last_hour, line.hour_before, line.growth) == (12, 5, 7)
    assert len(line.line.split()) == 36


def test_a_series_is_filled_with_its_zeros():
    points = [SeriesPoint(start_time=NOW, documents=1), SeriesPoint(start_time=NOW + timedelta(minutes=3))]  # fmt: skip
    assert [point.documents for point in filled(points, timedelta(minutes=1))] == [1, 0, 0, 0]
    assert filled([], timedelta(minutes=1)) == []


@pytest.mark.parametrize(("hours", "minutes"), [(1, 1), (10, 5), (200, 180), (20_000, 1440)])
def test_the_step_of_a_chart_grows_with_the_age_of_its_story(hours, minutes):
    story = Story(name="stories/a", start_time=NOW - timedelta(hours=hours), update_time=NOW)
    assert step_of(story) == timedelta(minutes=minutes)


def test_durations_have_two_units_at_most():
    english = texts_of("en")
    assert duration(timedelta(hours=3, minutes=20, seconds=5), english) == "3 h 20 min"
    assert duration(timedelta(seconds=1.23), english) == "1.2 s"
    assert duration(timedelta(0), english) == "<0.1 s"


KIND = Kind(
    "hotlist",
    "",
    "plugin",
    "1",
    (
        KindField("url", "str", "", required=True, default=""),
        KindField("batch", "int", "", required=False, default="100"),
        KindField("share", "float", "", required=False, default="0.05"),
        KindField("strict", "bool", "", required=False, default="True"),
        KindField("words", "tuple[str, ...]", "", required=False, default="()"),
        KindField("fields", "HotlistFields", "", required=False, default=""),
    ),
)


def test_a_config_is_read_by_the_types_of_its_fields():
    body = (
        b"config.url=https%3A%2F%2Fa.example&config.batch=20&config.share=0.5"
        b"&config.words=a%0D%0A%0D%0Ab&config.fields=title%3A+name%0Arank%3A+pos"
    )
    assert read_config(parse_form(body), KIND) == {
        "url": "https://a.example",
        "batch": 20,
        "share": 0.5,
        "strict": False,
        "words": ["a", "b"],
        "fields": {"title": "name", "rank": "pos"},
    }


def test_a_config_goes_into_the_form_and_comes_back():
    config = {"url": "https://a.example", "words": ["a", "b"], "fields": {"title": "name"}}
    shown = {one.name: one.value for one in inputs(KIND, config)}
    assert shown["config.words"] == "a\nb"
    assert shown["config.fields"] == "title: name\n"
    assert [shape_of(field.type) for field in KIND.fields] == [
        "text", "number", "number", "tick", "lines", "yaml",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["a: &x [1]\nb: *x", "a: [", "a: b: c"])
def test_yaml_that_cannot_be_taken_names_its_field(text):
    body = ("config.fields=" + "".join(f"%{byte:02x}" for byte in text.encode())).encode()
    with pytest.raises(InvalidInput, match="fields"):
        read_config(parse_form(body), KIND)


def test_control_characters_of_a_form_are_left_out_and_bad_bytes_replaced():
    form = parse_form(b"a=x%00%07%1By%0D%0Az&b=%ff%fe")
    assert form.text("a") == "xy\nz"
    assert form.text("b") == "��"


def test_a_text_that_is_too_long_is_refused_with_its_name():
    with pytest.raises(InvalidInput, match="name has 11 characters"):
        parse_form(b"name=aaaaaaaaaaa").text("name", limit=10)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.InvalidInput("x"), 422),
        (errors.NotFound("x"), 404),
        (errors.AlreadyExists("x"), 409),
        (errors.FailedPrecondition("x"), 409),
        (errors.Aborted("x"), 409),
        (errors.OutOfRange("x"), 400),
        (errors.Exhausted("x"), 429),
        (errors.PermissionDenied("x", needed="LEAD"), 403),
        (errors.Unauthenticated("x"), 502),
        (errors.Unavailable("x", service="analyzer"), 503),
        (errors.Stalled("x"), 500),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_every_failure_is_explained_with_what_to_do(error, status, language):
    failure = explain(error, texts_of(language))
    assert failure.status == status
    assert failure.title
    assert failure.hint


@pytest.mark.parametrize(
    ("settings", "origin", "is_secure", "is_open"),
    [
        ({}, "", False, False),
        ({"host": "192.0.2.1"}, "", False, True),
        ({"public_url": "https://c.example/"}, "https://c.example", True, False),
    ],
)
def test_settings_know_whether_passwords_could_be_overheard(settings, origin, is_secure, is_open):
    made = ConsoleSettings(**settings)
    assert (made.origin, made.is_secure, made.is_open_to_others) == (origin, is_secure, is_open)


def test_the_last_heat_of_a_board_holds_for_two_hours_and_no_longer():
    start = datetime(2026, 11, 20, 8, tzinfo=UTC)
    heats = {0: 40.0, 3: 60.0}
    points = [
        SeriesPoint(start_time=start + timedelta(minutes=30 * i), heat=heats.get(i))
        for i in range(10)
    ]
    assert [point.heat for point in carried(points)] == [40, 40, 40, 60, 60, 60, 60, 60, None, None]


def test_boards_that_are_read_in_turn_make_one_line_of_the_hotter_one():
    start = datetime(2026, 11, 20, 8, tzinfo=UTC)
    points = [
        SeriesPoint(start_time=start + timedelta(minutes=5 * i), heat=(900.0, 20.0)[i % 2])
        for i in range(6)
    ]
    assert {point.heat for point in carried(points)} == {900.0}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"place": "广东"}, {"place": "CN-44"}),
        ({"place": "guangdong"}, {"place": "CN-44"}),
        ({"place": "gb-eng"}, {"place": "GB-ENG"}),
        ({"level": "nonsense", "span": "9y", "from": "31.12.2026"}, {}),
        ({"span": "24h"}, {"start_time": datetime(2026, 11, 22, 5, tzinfo=UTC)}),
        (
            {"from": "2026-11-20", "to": "2026-11-20", "span": "1h"},
            {
                "start_time": datetime(2026, 11, 19, 16, tzinfo=UTC),
                "end_time": datetime(2026, 11, 20, 16, tzinfo=UTC),
            },
        ),
    ],
)
def test_the_fields_of_a_search_mean_what_a_person_means(fields, expected):
    asked = read(fields, zone_of("Asia/Shanghai"), datetime(2026, 11, 23, 5, tzinfo=UTC))
    assert asked.wanted == Wanted(**expected)
    assert asked.is_filtered == bool(expected)
    assert zone_of("../etc/passwd") == UTC


def test_another_query_is_tried_with_the_whole_monitor_and_its_own_by_name_alone():
    monitor = Monitor(name="monitors/a", query="水", minimum_support=7)
    assert tried(monitor, "水") == Monitor(name="monitors/a")
    assert tried(monitor, "") == Monitor(name="monitors/a")
    assert tried(monitor, "火").minimum_support == 7


@pytest.mark.parametrize("days", [0, -1, 401])
def test_a_replay_of_no_days_or_too_many_is_refused(days):
    with pytest.raises(InvalidInput):
        window_of(days)
