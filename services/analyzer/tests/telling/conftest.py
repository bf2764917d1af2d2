"""Documents of a story as telling reads them, from files and made by hand."""

from __future__ import annotations

import random
from array import array
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
import rjieba
import yaml

from groundswell_analyzer.stories.member import Member
from groundswell_analyzer.telling.report import Said
from groundswell_core.analyses import ClaimQualifier
from groundswell_core.identity import revision_of

DATA = Path(__file__).parents[1] / "data"
START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def claim(kind, value, qualifier="EXACT", unit="", time=None) -> Said:
    unit = unit or ("" if kind in {"date", "magnitude"} else "person")
    return Said(kind, float(value), ClaimQualifier[qualifier], unit, time)


def fingerprint(text: str, size: int = 64) -> array:
    """Returns MinHash values over runs of three characters, plain and slow."""
    runs = {text[start : start + 3] for start in range(max(len(text) - 2, 1))}
    return array("I", (min(hash_of(run, seed) for run in runs) for seed in range(size)))


def hash_of(text: str, seed: int) -> int:
    return random.Random(f"{seed}/{text}").getrandbits(32)


@pytest.fixture
def report():
    """Gives a maker of documents, one minute apart unless told otherwise."""
    orders = count(1)

    def make(outlet="wire", title="", *, minutes=None, weight=0.5, claims=(), text="", **fields):
        order = next(orders)
        minutes = order if minutes is None else minutes
        given = {
            "id": f"d{order}",
            "title": title or f"title {order}",
            "speaker": outlet,
            "source_kind": "feed",
            "terms": tuple(word for word in rjieba.cut(title + text) if len(word) > 1),
            "revision": revision_of(title or f"title {order}", text or str(order)),
        } | fields
        return Member(
            change=1,
            time=START + timedelta(minutes=minutes),
            order=order,
            outlet=outlet,
            source_weight=round(1000 * weight),
            claims=tuple(claims),
            **given,
        )

    return make


class Told:
    """A story of a file: its documents and their texts."""

    def __init__(self, name: str, make) -> None:
        entries = yaml.safe_load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))
        self.reports = [self._report(entry, make) for entry in entries]
        self.texts = {entry["id"]: entry["text"] for entry in entries}

    def _report(self, entry, make) -> Member:
        return make(
            entry["outlet"],
            entry["title"],
            minutes=entry["minutes"],
            weight=entry["weight"],
            text=entry["text"],
            claims=[claim(*one) for one in entry["claims"]],
            id=entry["id"],
            source_kind=entry["kind"],
            near_copy=entry.get("copy", False),
            withdrawn=entry.get("withdrawn", False),
            fingerprint=fingerprint(entry["title"] + entry["text"]),
        )

    def of(self, *names: str) -> list[Member]:
        return [report for report in self.reports if report.id in names]

    @property
    def weights(self) -> Counter[str]:
        """Returns how many of its documents say each term, copies apart."""
        return Counter(term for one in self.reports if not one.near_copy for term in one.terms)


@pytest.fixture
def accident(report) -> Told:
    return Told("told_accident_zh", report)


@pytest.fixture
def fire(report) -> Told:
    return Told("told_accident_en", report)


@pytest.fixture(name="claim")
def claim_fixture():
    return claim
