"""`groundswell alerts watch`: nothing lost, nothing shown twice, whatever ends in between."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from groundswell.alert.v1 import alert_pb2, alert_service_pb2
from groundswell.grade.v1 import grade_pb2

Command = Callable[..., Any]


def _alerts(count: int) -> list[Any]:
    grade = grade_pb2.Grade(level=grade_pb2.LEVEL_III)
    state = alert_pb2.ALERT_STATE_FIRING
    return [
        alert_pb2.Alert(
            name=f"alerts/{number:016x}", headline=f"n{number}", grade=grade, state=state
        )
        for number in range(count)
    ]


def test_each_change_is_one_line(groundswell: Command, backend: Any) -> None:
    backend.changes = _alerts(3)
    lines = groundswell("alerts", "watch", "--count", "3").out.splitlines()
    assert ["III yellow" in line and f"n{at}" in line for at, line in enumerate(lines)] == [
        True
    ] * 3


def test_a_stream_that_ends_is_resumed_after_the_last_change_seen(
    groundswell: Command, backend: Any
) -> None:
    backend.changes, backend.breaks = _alerts(5), [2, 2]
    said = groundswell("alerts", "watch", "--count", "5", "--json")
    names = [json.loads(line)["headline"] for line in said.out.splitlines()]
    assert names == ["n0", "n1", "n2", "n3", "n4"]
    tokens = [
        one.resume_token
        for one in backend.requests
        if isinstance(one, alert_service_pb2.WatchAlertsRequest)
    ]
    assert tokens == [b"", b"2", b"4"]


def test_after_too_long_an_absence_the_present_state_is_read_and_nothing_is_shown_twice(
    groundswell: Command, backend: Any
) -> None:
    backend.changes, backend.breaks, backend.forgotten = _alerts(4), [2], 2
    said = groundswell("alerts", "watch", "--count", "4", "--json")
    headlines = [json.loads(line)["headline"] for line in said.out.splitlines()]
    assert headlines == ["n0", "n1", "n2", "n3"]
