"""Searching and backtesting from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from groundswell.analysis.v1 import document_service_pb2
from groundswell.grade.v1 import grade_pb2
from groundswell.monitor.v1 import monitor_service_pb2
from groundswell.story.v1 import story_service_pb2
from groundswell_cli.resources.times import moment
from groundswell_core.errors import InvalidInput

Command = Callable[..., Any]
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_documents_are_searched_by_words_and_fields(groundswell: Command, backend: Any) -> None:
    options = ("--place", "CN-51", "--level", "III", "--source", "weibo", "--since", "6h ago")
    said = groundswell("documents", "search", "地震 NOT 演习", *options)
    assert (said.code, said.err) == (0, "")
    assert "宜宾地震" in said.out
    sent = backend.last(document_service_pb2.SearchDocumentsRequest)
    assert (sent.query, sent.place, sent.source) == ("地震 NOT 演习", "CN-51", "sources/weibo")
    assert sent.minimum_level == grade_pb2.LEVEL_III
    assert sent.HasField("start_time")
    assert not sent.HasField("end_time")


def test_a_document_is_shown_with_what_was_learned_of_it(
    groundswell: Command, backend: Any
) -> None:
    out = groundswell("documents", "show", "d1").out
    for piece in ("宜宾地震", "新华社", "四川", "natural_disaster/earthquake", "已致3人死亡。"):
        assert piece in out


def test_stories_are_searched_by_words_and_fields(groundswell: Command, backend: Any) -> None:
    options = ("--category", "natural_disaster", "--order", "newest", "--until", "2026-11-20T08:00")
    said = groundswell("stories", "search", "地震", *options)
    assert "缅甸7.9级地震" in said.out
    sent = backend.last(story_service_pb2.SearchStoriesRequest)
    assert (sent.query, sent.category) == ("地震", "natural_disaster")
    assert sent.order == story_service_pb2.STORY_ORDER_NEWEST
    assert sent.HasField("end_time")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("6h ago", NOW.replace(hour=6)),
        ("30min", NOW.replace(hour=11, minute=30)),
        ("2d", NOW.replace(day=18)),
        ("2026-11-20T08:00+00:00", NOW.replace(hour=8)),
    ],
)
def test_times_are_read_as_people_write_them(text: str, expected: datetime) -> None:
    assert moment(text, NOW) == expected


def test_a_time_that_is_none_is_refused_with_an_example() -> None:
    with pytest.raises(InvalidInput, match="write it like"):
        moment("yesterday")


def test_a_backtest_tells_what_fired_and_what_to_set(groundswell: Command, backend: Any) -> None:
    said = groundswell("monitors", "backtest", "quakes", "--days", "2", "--alarms-per-day", "0.25")
    assert (said.code, said.err) == (0, "")
    for piece in ("9,000 × real time", "宜宾地震", "2.0 h", "missed", "score of 61.3", "塌方"):
        assert piece in said.out
    sent = backend.last(monitor_service_pb2.BacktestMonitorRequest)
    assert sent.monitor.name == "monitors/quakes"
    assert sent.window.seconds == 2 * 86_400
    assert sent.wanted_alarms_per_day == 0.25


def test_a_backtest_takes_rules_and_expected_alarms_from_files(
    groundswell: Command, backend: Any, tmp_path: Path
) -> None:
    rules, expected = tmp_path / "rules.yaml", tmp_path / "expected.yaml"
    rules.write_text("version: mine\n")
    expected.write_text(
        "expected:\n- {label: 塌方, query: 塌方 OR 滑坡, start_time: '2026-11-01T03:00:00Z',"
        " minimum_level: III}\n"
    )
    files = ("--rules", str(rules), "--expected", str(expected))
    assert groundswell("monitors", "backtest", "quakes", *files).code == 0
    sent = backend.last(monitor_service_pb2.BacktestMonitorRequest)
    assert sent.rules == "version: mine\n"
    assert sent.expected[0].query == "塌方 OR 滑坡"
    assert sent.expected[0].minimum_level == grade_pb2.LEVEL_III
    missing = groundswell("monitors", "backtest", "quakes", "--rules", str(tmp_path / "no.yaml"))
    assert missing.code == 1
    assert "no.yaml" in missing.err


def test_a_backtest_is_drawn_into_a_file(
    groundswell: Command, backend: Any, tmp_path: Path
) -> None:
    file = tmp_path / "quakes.png"
    said = groundswell("monitors", "backtest", "quakes", "--png", str(file))
    assert said.code == 0
    assert file.read_bytes().startswith(b"\x89PNG")


def test_a_failed_backtest_says_why(groundswell: Command, backend: Any) -> None:
    backend.backtests.error = "no rules of that version"
    said = groundswell("monitors", "backtest", "quakes")
    assert said.code == 1
    assert "no rules of that version" in said.err


def test_a_backtest_as_json_is_one_object(groundswell: Command, backend: Any) -> None:
    (line,) = groundswell("monitors", "backtest", "quakes", "--json").out.splitlines()
    assert json.loads(line)["suggested_score"] == 61.3
