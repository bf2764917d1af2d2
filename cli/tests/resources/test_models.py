"""Models from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from groundswell.model.v1 import model_service_pb2

Command = Callable[..., Any]


def test_models_are_listed_with_role_and_figures(groundswell: Command, backend: Any) -> None:
    said = groundswell("models", "list")
    assert (said.code, said.err) == (0, "")
    current, shadow = said.out.splitlines()[1:]
    for piece in ("news-1", "current", "Apache-2.0", "zh_held_out_accuracy 0.753"):
        assert piece in current
    assert "lexicon-2" in shadow
    assert "shadow" in shadow


def test_a_comparison_says_how_often_and_where_two_models_differ(
    groundswell: Command, backend: Any
) -> None:
    said = groundswell("models", "compare", "news-1", "lexicon-2", "--hours", "48", "--limit", "10")
    assert (said.code, said.err) == (0, "")
    for piece in ("90.0%", "+0.071", "negative", "neutral", "居民楼突发大火", "-0.81", "d1"):
        assert piece in said.out
    sent = backend.last(model_service_pb2.CompareModelsRequest)
    assert (sent.first, sent.second, sent.limit) == ("news-1", "lexicon-2", 10)
    assert sent.HasField("start_time")


def test_without_names_the_current_model_and_its_shadow_are_meant(
    groundswell: Command, backend: Any
) -> None:
    assert groundswell("models", "compare").code == 0
    sent = backend.last(model_service_pb2.CompareModelsRequest)
    assert (sent.first, sent.second) == ("", "")


def test_a_comparison_as_json_is_the_answer_in_one_line(groundswell: Command, backend: Any) -> None:
    (line,) = groundswell("models", "compare", "--json").out.splitlines()
    assert json.loads(line)["document_count"] == 10
