"""Commands over running services: what they ask, what they print, how they fail."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from groundswell.alert.v1 import alert_service_pb2
from groundswell.incident.v1 import incident_pb2, incident_service_pb2
from groundswell.monitor.v1 import monitor_pb2, monitor_service_pb2
from groundswell.source.v1 import source_pb2, source_service_pb2
from groundswell.story.v1 import story_service_pb2

Command = Callable[..., Any]
FEED = ("--kind", "feed", "-c", "url=https://example.org/feed.xml")


def test_nothing_running_says_how_to_start(tmp_path: Path, groundswell: Command) -> None:
    said = groundswell("sources", "list", "--state", str(tmp_path / "other"))
    assert said.code == 1
    assert "groundswell up" in said.err
    assert "Traceback" not in said.err


def test_a_service_that_is_gone_is_named_with_a_cure(
    groundswell: Command, folder: Any, backend: Any
) -> None:
    run = folder.read_run()
    run.addresses["collector"] = "127.0.0.1:1"
    folder.write_run(run)
    said = groundswell("sources", "list")
    assert said.code == 1
    assert "the collector does not answer" in said.err
    assert "groundswell doctor" in said.err


def test_a_source_made_by_options_is_listed_shown_and_deleted(
    groundswell: Command, backend: Any
) -> None:
    said = groundswell("sources", "create", "usgs", *FEED, "--interval", "5m", "--weight", "0.9")
    assert (said.code, said.err) == (0, "")
    sent = backend.last(source_service_pb2.CreateSourceRequest).source
    assert sent.name == "sources/usgs"
    assert sent.interval.seconds == 300
    assert sent.weight == 0.9
    assert sent.config["url"] == "https://example.org/feed.xml"
    assert "usgs" in groundswell("sources", "list").out
    assert "https://example.org/feed.xml" in groundswell("sources", "show", "usgs").out
    assert groundswell("sources", "delete", "usgs", "--yes").out == "deleted usgs\n"
    assert "no sources yet" in groundswell("sources", "list").out


def test_sources_of_a_file_are_made_one_by_one(
    groundswell: Command, backend: Any, tmp_path: Path
) -> None:
    file = tmp_path / "sources.yaml"
    entry = "{name: sources/%s, kind: feed, state: paused, interval: 1h, config: {url: u}}"
    file.write_text(f"sources:\n- {entry % 'a'}\n- {entry % 'b'}\n")
    assert groundswell("sources", "create", "--file", str(file)).code == 0
    assert sorted(backend.sources) == ["sources/a", "sources/b"]
    assert backend.sources["sources/a"].state == source_pb2.SOURCE_STATE_PAUSED


def test_a_list_walks_all_pages_and_json_is_one_object_a_line(
    groundswell: Command, backend: Any
) -> None:
    for name in "abcde":
        backend.sources[f"sources/{name}"] = source_pb2.Source(name=f"sources/{name}")
    lines = groundswell("sources", "list", "--json").out.splitlines()
    assert [json.loads(line)["name"] for line in lines] == [f"sources/{one}" for one in "abcde"]
    assert len(groundswell("sources", "list", "--json", "--limit", "3").out.splitlines()) == 3


def test_a_refusal_of_the_service_is_one_line_and_exit_code_1(
    groundswell: Command, backend: Any
) -> None:
    backend.sources["sources/usgs"] = source_pb2.Source(name="sources/usgs")
    said = groundswell("sources", "create", "usgs", *FEED)
    assert said.code == 1
    assert said.err == "groundswell: sources/usgs is there already; choose another id\n"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("sources", "create", "a", "--interval", "soon"), "is no time"),
        (("sources", "create", "a", "-c", "url"), "--config key=value"),
        (("sources", "create", "--file", "/nowhere.yaml"), "cannot be read"),
        (("sources", "show", "nothing"), "there is no sources/nothing"),
        (("stories", "list", "--level", "V"), "write I, II, III or IV"),
        (("stories", "list", "--order", "best"), "write level, newest or growth"),
        (("monitors", "create", "a", "--query", "x", "--labels", "topic"), "write name=value"),
        (("incidents", "list", "--status", "dead"), "none of new, triaged"),
        (("alerts", "watch", "--filter", "level=~"), "is no matcher"),
    ],
    ids=lambda value: " ".join(value[:3]) if isinstance(value, tuple) else None,
)
def test_bad_input_is_named_with_its_cure(
    groundswell: Command, backend: Any, arguments: tuple[str, ...], complaint: str
) -> None:
    said = groundswell(*arguments)
    assert said.code == 1
    assert complaint in said.err
    assert "Traceback" not in said.err


def test_an_unknown_key_of_a_file_is_named(
    groundswell: Command, backend: Any, tmp_path: Path
) -> None:
    file = tmp_path / "one.yaml"
    file.write_text("name: sources/a\nkindd: feed\n")
    said = groundswell("sources", "create", "--file", str(file))
    assert 'no key "kindd" here' in said.err


def test_a_source_is_paused_and_resumed(groundswell: Command, backend: Any) -> None:
    backend.sources["sources/a"] = source_pb2.Source(name="sources/a")
    groundswell("sources", "pause", "a")
    assert backend.sources["sources/a"].state == source_pb2.SOURCE_STATE_PAUSED
    assert "paused" in groundswell("sources", "list").out
    groundswell("sources", "resume", "a")
    assert backend.sources["sources/a"].state == source_pb2.SOURCE_STATE_ACTIVE


def test_a_dry_run_says_what_would_come_or_why_nothing_does(
    groundswell: Command, backend: Any
) -> None:
    assert "3 documents" in groundswell("sources", "check", *FEED).out
    said = groundswell("sources", "check", "--kind", "feed", "-c", "url=broken")
    assert said.code == 1
    assert "the page is HTML; use its feed" in said.out


def test_kinds_and_coverage_are_told(groundswell: Command, backend: Any) -> None:
    assert "feed: RSS and Atom." in groundswell("sources", "kinds").out
    said = groundswell("sources", "coverage").out
    assert "1 of 2 expected sources reported" in said
    assert "no answer" in said


def test_a_query_that_does_not_parse_is_marked_where_it_is_wrong(
    groundswell: Command, backend: Any
) -> None:
    said = groundswell("monitors", "parse", "暴雨 OR AND 洪水")
    assert said.code == 1
    query, mark = said.out.splitlines()
    # Chinese characters are two columns wide on a terminal.
    assert (query, mark) == ("暴雨 OR AND 洪水", " " * 8 + "^^^ two operators in a row; remove one")
    said = groundswell("monitors", "create", "floods", "-q", "a OR AND b")
    assert said.code == 1
    assert backend.monitors == {}


def test_a_monitor_is_made_previewed_and_deleted(groundswell: Command, backend: Any) -> None:
    options = ("--labels", 'topic="flood",team=b', "--alert-level", "III", "--shadow")
    assert groundswell("monitors", "create", "floods", "-q", "洪水", *options).code == 0
    made = backend.monitors["monitors/floods"]
    assert dict(made.labels) == {"topic": "flood", "team": "b"}
    assert made.state == monitor_pb2.MONITOR_STATE_SHADOW
    assert "III yellow" in groundswell("monitors", "list").out
    assert "7 of 100 documents" in groundswell("monitors", "preview", "洪水").out
    assert groundswell("monitors", "delete", "floods", "-y").code == 0


def test_a_story_is_found_by_the_beginning_of_its_id(groundswell: Command, backend: Any) -> None:
    listed = groundswell("stories", "list", "--level", "III").out
    assert backend.last(story_service_pb2.ListStoriesRequest).minimum_level == 3
    assert "缅甸7.9级地震" in listed
    assert "II orange" in listed
    assert "3 min ago" in listed
    assert "rose to II" in groundswell("stories", "show", "0123456789").out
    assert "█" in groundswell("stories", "series", "01").out


def test_a_grade_is_explained_for_each_monitor_of_the_story(
    groundswell: Command, backend: Any
) -> None:
    said = groundswell("monitors", "explain", "0123456789").out
    assert backend.last(monitor_service_pb2.ExplainGradeRequest).monitor == "monitors/disasters"
    assert "12 times the usual" in said
    assert "3 more outlets would raise it to I" in said


def test_a_grade_of_another_time_is_explained_with_all_its_numbers(
    groundswell: Command, backend: Any
) -> None:
    said = groundswell("monitors", "explain", "0123456789", "--at", "6h", "--numbers").out
    request = backend.last(monitor_service_pb2.ExplainGradeRequest)
    assert request.HasField("grade_time")
    assert "burst: 2 × 3 = 6" in said
    assert "levels: II orange from 60" in said
    assert "Documents in the last hour." in said


def test_stories_are_watched_across_ends_of_the_stream(groundswell: Command, backend: Any) -> None:
    lines = groundswell("stories", "watch", "--count", "3").out.splitlines()
    assert len(lines) == 3
    assert all("缅甸7.9级地震" in line for line in lines)


def test_alerts_are_listed_shown_and_acknowledged(groundswell: Command, backend: Any) -> None:
    assert "缅甸7.9级地震" in groundswell("alerts", "list").out
    assert "12 times the usual" in groundswell("alerts", "show", "fedcba").out
    said = groundswell("alerts", "acknowledge", "fedcba", "-m", "seen")
    assert "acknowledged by operator" in said.out
    sent = backend.last(alert_service_pb2.AcknowledgeAlertRequest)
    assert (sent.name, sent.comment) == ("alerts/fedcba9876543210", "seen")
    assert "sink" in groundswell("alerts", "notifications").out


def test_a_route_is_tried_with_labels(groundswell: Command, backend: Any) -> None:
    said = groundswell("routes", "test", "--labels", "level=II,department=health")
    assert "duty-desk" in said.out
    assert dict(backend.last(alert_service_pb2.TestRouteRequest).labels) == {
        "level": "II",
        "department": "health",
    }


def test_an_incident_goes_through_its_life(groundswell: Command, backend: Any) -> None:
    options = ("--level", "II", "--department", "emergency", "--story", "0123456789abcdef0123")
    assert "is new" in groundswell("incidents", "create", "化工园区爆炸", *options).out
    sent = backend.last(incident_service_pb2.CreateIncidentRequest)
    assert sent.department == "departments/emergency"
    assert sent.request_id
    assert "化工园区爆炸" in groundswell("incidents", "list", "--status", "new").out
    assert "is triaged" in groundswell("incidents", "acknowledge", "aabb").out
    groundswell("incidents", "note", "aabb", "现场已封锁")
    assert backend.last(incident_service_pb2.AddNoteRequest).text == "现场已封锁"
    groundswell("incidents", "close", "aabb", "--reason", "false-alarm")
    closed = backend.last(incident_service_pb2.CloseIncidentRequest)
    assert closed.reason == incident_pb2.CLOSE_REASON_FALSE_ALARM
    assert closed.name == "incidents/aabbccddeeff0011"
    assert "is responding" in groundswell("incidents", "reopen", "aabb", "-m", "again").out
