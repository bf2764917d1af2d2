"""A stated probability is what it says: measured on texts of our own that no model was trained on."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from groundswell_analyzer.annotate import annotate
from groundswell_analyzer.query import CompiledQueries
from groundswell_core.documents import Document

FIXTURE = Path(__file__).with_name("headlines.txt")
LABELS = {"-": "NEGATIVE", "=": "NEUTRAL", "+": "POSITIVE"}


@pytest.fixture(scope="module")
def answers():
    lines = [line.split(" ", 2) for line in FIXTURE.read_text(encoding="utf-8").splitlines()[1:]]
    documents = [
        Document(name=f"documents/{n}", source="sources/s", title=title, language=language)
        for n, (_, language, title) in enumerate(lines)
    ]
    found = annotate(documents, CompiledQueries([]), datetime(2026, 11, 23, tzinfo=UTC))
    return [
        (LABELS[line[0]], analysis.sentiment) for line, analysis in zip(lines, found, strict=True)
    ]


def test_most_classes_are_right(answers):
    right = [label == answer.label.name for label, answer in answers]
    assert sum(right) / len(right) >= 0.75


def test_stated_and_true_shares_differ_by_no_more_than_chance_allows(answers):
    for name in ("negative", "neutral", "positive"):
        stated = sum(getattr(answer, name) for _, answer in answers) / len(answers)
        true = sum(label == name.upper() for label, _ in answers) / len(answers)
        assert stated == pytest.approx(true, abs=0.15)


def test_answers_of_more_confidence_are_right_more_often(answers):
    ordered = sorted(answers, key=lambda pair: pair[1].confidence)
    half = len(ordered) // 2
    right = [label == answer.label.name for label, answer in ordered]
    assert sum(right[half:]) > sum(right[:half])
