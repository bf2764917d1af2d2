"""Spread over time, the path of copies, records of outlets."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from groundswell_analyzer.telling.outlets import first_outlet, measured_weight, outlet_shares
from groundswell_analyzer.telling.path import MOST_STEPS, origins, path_of
from groundswell_analyzer.telling.spread import MOST_POINTS, spread_of, step_of
from groundswell_core.descriptions import PathRole, SpreadShare


def test_an_accident_spreads_from_outlet_to_outlet(accident):
    spread = spread_of(accident.reports, [SpreadShare(name="zh", first_hand=10, copies=2)])
    last = spread.points[-1]
    assert (last.outlets, last.first_hand, last.copies, last.source_kinds) == (9, 10, 2, 2)
    assert last.languages == 1
    assert [share.name for share in spread.outlets][:3] == ["清江在线", "城事快报", "转载网"]
    assert [(share.name, share.first_hand) for share in spread.source_kinds] == [
        ("feed", 9),
        ("hotlist", 1),
    ]
    for before, after in pairwise(spread.points):
        assert after.end_time - before.end_time == step_of(timedelta(minutes=240))
        assert after.outlets >= before.outlets
        assert after.first_hand >= before.first_hand


def test_a_language_counts_from_when_it_joined(accident):
    start = accident.reports[0].time
    later = SpreadShare(name="en", start_time=start + timedelta(minutes=100))
    spread = spread_of(accident.reports, [SpreadShare(name="zh", start_time=start), later])
    assert spread.points[0].languages == 1
    assert spread.points[-1].languages == 2


@pytest.mark.parametrize("minutes", [0, 1, 59, 60, 1440, 90 * 1440, 56 * 365 * 1440])
def test_any_span_has_few_points_and_the_last_counts_all(report, minutes):
    reports = [report("a", minutes=0), report("b", minutes=minutes)]
    points = spread_of(reports, ()).points
    assert 1 <= len(points) <= MOST_POINTS
    assert points[-1].outlets == 2


def test_ten_thousand_copies_are_counted_right_and_shown_in_part(report):
    first = report("wire", minutes=0, revision="same")
    copies = [report(f"o{n}", minutes=n, near_copy=True, revision="same") for n in range(1, 10_000)]
    late = report("late", minutes=20_000)
    spread, path = spread_of([*copies, late, first], ()), path_of([*copies, late, first])
    last = spread.points[-1]
    assert (last.first_hand, last.copies, last.outlets) == (2, 9_999, 10_001)
    assert len(path) == MOST_STEPS
    assert path[-1].outlet == "late"
    assert {step.copied_from for step in path if step.role is PathRole.COPY} == {
        f"documents/{first.id}"
    }


def test_the_path_says_who_was_first_and_where_copies_came_from(accident):
    steps = {step.document: step for step in path_of(accident.reports)}
    assert steps["documents/a1"].role is PathRole.FIRST
    assert steps["documents/a3"].copied_from == "documents/a2"
    assert steps["documents/a3"].likeness == 1.0
    assert steps["documents/a7"].copied_from == "documents/a6"
    assert 0.6 <= steps["documents/a7"].likeness < 1.0
    assert steps["documents/a12"].role is PathRole.FIRST_HAND
    assert steps["documents/a12"].delay == timedelta(minutes=240)


def test_a_copy_of_an_edited_copy_leads_to_the_edit(report):
    from array import array

    text = list(range(64))
    edited = [*text[:50], *range(900, 914)]
    first = report("a", fingerprint=array("I", text))
    edit = report("b", fingerprint=array("I", edited), near_copy=True)
    again = report("c", fingerprint=array("I", edited), near_copy=True)
    _, second, third = path_of([again, first, edit])
    assert second.copied_from == f"documents/{first.id}"
    assert third.copied_from == f"documents/{edit.id}"


def test_the_earlier_one_is_the_source_even_when_it_was_collected_later(report):
    late = report("portal", minutes=30, revision="same")
    early = report("origin", minutes=0, revision="same", near_copy=True)
    first, second = path_of([late, early])
    assert (first.outlet, first.role) == ("origin", PathRole.FIRST)
    assert (second.role, second.copied_from) == (PathRole.COPY, f"documents/{early.id}")


def test_a_copy_whose_source_is_not_known_says_so(report):
    _, step = path_of([report("a"), report("b", near_copy=True)])
    assert (step.role, step.copied_from, step.likeness) == (PathRole.COPY, "", 0.0)


def test_copies_belong_to_the_document_that_they_are_most_like(accident, report):
    assert origins(accident.reports) == {"a3": "a2", "a7": "a6"}
    assert origins([report("a", near_copy=True)]) == {}
    first, second = report("a", revision="x"), report("b", revision="y")
    copy = report("c", revision="y", near_copy=True)
    assert origins([copy, second, first]) == {copy.id: second.id}


def test_nothing_spreads_without_documents():
    assert path_of([]) == ()
    assert spread_of([], ()).points == ()


def test_the_first_outlet_is_the_first_that_did_not_take_it_back(report):
    reports = [
        report("hasty", withdrawn=True),
        report("wire"),
        report("hasty"),
        report("portal", near_copy=True),
    ]
    shares = outlet_shares(reports)
    assert [(share.outlet, share.withdrawn) for share in shares] == [
        ("wire", 0),
        ("hasty", 1),
        ("portal", 0),
    ]
    assert first_outlet(shares, 3) == "wire"
    assert first_outlet(shares, 2) == ""
    assert first_outlet((), 3) == ""


@pytest.mark.parametrize(
    ("configured", "firsts", "withdrawn", "expected"),
    [
        (0.5, 0, 0, 0.5),
        (0.5, 20, 0, 0.75),
        (0.5, 0, 20, 0.25),
        (0.9, 0, 1, 18 / 21),
        (0.0, 0, 0, 0.0),
        (1.0, 5, 0, 1.0),
    ],
)
def test_a_weight_moves_with_evidence(configured, firsts, withdrawn, expected):
    assert measured_weight(configured, firsts, withdrawn) == pytest.approx(expected)
