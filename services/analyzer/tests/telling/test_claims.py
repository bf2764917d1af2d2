"""Contradictions, updates, confirmation."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from groundswell_analyzer.telling.amounts import agree, phrase, supports
from groundswell_analyzer.telling.claim_groups import claim_groups
from groundswell_analyzer.telling.claims import conflicts
from groundswell_analyzer.telling.confirmation import confirmation
from groundswell_core.analyses import Claim, ClaimQualifier

DAY, HOUR = 24 * 60, 60


def day(number: int) -> datetime:
    return datetime(2026, 11, number, tzinfo=UTC)


# What two or more outlets claim: (outlet, minutes, kind, value, qualifier, unit), and the conflicts.
CASES = {
    "the same": ([("a", 0, "dead", 3), ("b", 5, "dead", 3)], []),
    "different at once": ([("a", 0, "dead", 3), ("b", 30, "dead", 5)], ["dead"]),
    "grown later": ([("a", 0, "dead", 3), ("b", 3 * HOUR, "dead", 5)], []),
    "lower later": ([("a", 0, "dead", 8), ("b", 5 * HOUR, "dead", 3)], ["dead"]),
    "an outlet's own update": ([("a", 0, "dead", 3), ("a", 30, "dead", 5)], []),
    "growth that one outlet tells": (
        [("a", 0, "dead", 3), ("b", 5, "dead", 3), ("b", 40, "dead", 5)],
        [],
    ),
    "settled": ([("a", 0, "dead", 3), ("b", 30, "dead", 5), ("a", 60, "dead", 5)], []),
    "at least": ([("a", 0, "dead", 3, "AT_LEAST"), ("b", 30, "dead", 30)], []),
    "less than at least": ([("a", 0, "dead", 10, "AT_LEAST"), ("b", 30, "dead", 4)], ["dead"]),
    "at most": ([("a", 0, "dead", 3, "AT_MOST"), ("b", 30, "dead", 4)], ["dead"]),
    "about": ([("a", 0, "evacuated", 300, "ABOUT"), ("b", 30, "evacuated", 320)], []),
    "found again": ([("a", 0, "missing", 9), ("b", 3 * HOUR, "missing", 2)], []),
    "missing at once": ([("a", 0, "missing", 9), ("b", 60, "missing", 2)], ["missing"]),
    "money near": ([("a", 0, "money", 100.0, "EXACT", "CNY"), ("b", 9, "money", 109, "EXACT", "CNY")], []),
    "money far": (
        [("a", 0, "money", 100.0, "EXACT", "CNY"), ("b", 9, "money", 120, "EXACT", "CNY")],
        ["money"],
    ),
    "other money": ([("a", 0, "money", 100, "EXACT", "CNY"), ("b", 9, "money", 900, "EXACT", "USD")], []),
    "magnitude near": ([("a", 0, "magnitude", 5.0), ("b", 9, "magnitude", 5.2)], []),
    "magnitude far": ([("a", 0, "magnitude", 5.0), ("b", 9, "magnitude", 5.6)], ["magnitude"]),
    "time runs backwards": ([("b", 30, "dead", 5), ("a", 0, "dead", 3)], ["dead"]),
}  # fmt: skip


@pytest.mark.parametrize(("claims", "expected"), CASES.values(), ids=CASES)
def test_claims_contradict_or_follow_each_other(report, claim, claims, expected):
    reports = [
        report(outlet, minutes=minutes, claims=[claim(*rest)]) for outlet, minutes, *rest in claims
    ]
    assert [conflict.topic[0] for conflict in conflicts(reports)] == expected


@pytest.mark.parametrize(
    ("one", "other", "told", "is_conflict"),
    [(22, 23, 23, True), (22, 22, 23, False), (22, 25, 25, False), (2, 23, 23, True)],
)
def test_days_of_one_happening_contradict_but_a_later_day_is_a_later_happening(
    report, claim, one, other, told, is_conflict
):
    reports = [
        report("a", claims=[claim("date", 0, time=day(one))], minutes=0),
        report("b", claims=[claim("date", 0, time=day(other))], minutes=(told - 23) * DAY + 5),
    ]
    assert bool(conflicts(reports)) is is_conflict


def test_copies_and_what_was_withdrawn_contradict_nobody(report, claim):
    reports = [
        report("a", claims=[claim("dead", 3)]),
        report("b", claims=[claim("dead", 30)], withdrawn=True),
        report("c", claims=[claim("dead", 40)], near_copy=True),
    ]
    assert conflicts(reports) == []


def test_a_document_that_names_both_numbers_contradicts_neither(report, claim):
    reports = [
        report("a", claims=[claim("dead", 3)], minutes=0),
        report("b", claims=[claim("dead", 3), claim("dead", 8)], minutes=10),
    ]
    assert conflicts(reports) == []


def test_hundreds_of_contradicting_outlets_are_compared_within_bounds(report, claim):
    flood = [report(f"o{n}", claims=[claim("dead", n)], minutes=n / 10) for n in range(1, 600)]
    assert [conflict.topic for conflict in conflicts(flood)] == [("dead", "person")]


def test_an_accident_shows_its_numbers_side_by_side(accident):
    sentence = "已造成5人死亡"
    texts = {"a6": (Claim(kind="dead", value=5.0, qualifier=ClaimQualifier.EXACT, unit="person", text=sentence),)}  # fmt: skip
    groups = {group.kind: group for group in claim_groups(accident.reports, texts)}
    dead = groups["dead"]
    assert dead.is_conflict
    assert dead.reason == "央视新闻 claims 8 dead where 自媒体老王 claims 30 dead."
    assert [value.claim.value for value in dead.values] == [8, 5, 3, 30]
    assert [value.source_count for value in dead.values] == [3, 2, 1, 1]
    five = dead.values[1]
    assert [source.outlet for source in five.sources] == ["新华社", "清江发布"]
    assert (five.sources[0].text, five.claim.text) == (sentence, sentence)
    assert groups["evacuated"].reason == "Only 新华社 claims it."
    assert not groups["evacuated"].is_conflict


def test_a_number_that_grew_is_told_as_growth(fire):
    (dead,) = [group for group in claim_groups(fire.reports, {}) if group.kind == "dead"]
    assert not dead.is_conflict
    assert dead.reason == "The number grew from 2 dead to 3 dead."


def test_many_values_and_sources_are_cut_but_counted(report, claim):
    reports = [report(f"o{n}", claims=[claim("dead", n % 15)]) for n in range(450)]
    (dead,) = claim_groups(reports, {})
    assert len(dead.values) == 10
    assert {len(value.sources) for value in dead.values} == {20}
    assert {value.source_count for value in dead.values} == {30}


CONFIRMED = {
    "one light outlet": ([("blog", 0.4, None)], True, "Only blog, whose word weighs 0.40 of 1, tells of it."),
    "one weighty outlet": ([("wire", 0.9, None)], False, "wire, whose word weighs 0.90 of 1, tells of it."),
    "two light outlets": ([("a", 0.4, None), ("b", 0.3, None)], False, "2 outlets independently tell of it: a, b."),
    "one outlet twice": ([("a", 0.4, None), ("a", 0.4, None)], True, "Only a, whose word weighs 0.40 of 1, tells of it."),
    "a number of one": ([("a", 0.4, 30), ("b", 0.4, None)], True, "Only a, whose word weighs 0.40 of 1, claims 30 dead."),
    "a number of two": ([("a", 0.4, 3), ("b", 0.4, 3)], False, "2 outlets independently claim 3 dead: a, b."),
    "a rumour beside it": ([("a", 0.4, 3), ("b", 0.4, 3), ("c", 0.1, 90)], False, "2 outlets independently claim 3 dead: a, b."),
}  # fmt: skip


@pytest.mark.parametrize(("told", "is_unconfirmed", "reason"), CONFIRMED.values(), ids=CONFIRMED)
def test_a_story_is_confirmed_by_weight_or_by_independent_outlets(
    report, claim, told, is_unconfirmed, reason
):
    reports = [
        report(outlet, weight=weight, claims=[claim("dead", dead)] if dead else [])
        for outlet, weight, dead in told
    ]
    found = confirmation(reports)
    assert (found.is_unconfirmed, found.reason) == (is_unconfirmed, reason)


def test_copies_by_light_outlets_confirm_nothing_and_one_by_a_weighty_outlet_does(report, claim):
    first = report("blog", weight=0.3, claims=[claim("dead", 4)])
    light = [report(f"o{n}", weight=0.3, claims=first.claims, near_copy=True) for n in range(99)]
    weighty = report("新华社", weight=0.9, claims=first.claims, near_copy=True)
    assert confirmation([first, *light]).is_unconfirmed
    found = confirmation([first, *light, weighty])
    assert found.reason == "新华社, whose word weighs 0.90 of 1, claims 4 dead."
    assert not found.is_unconfirmed


def test_an_accident_is_unconfirmed_until_a_second_outlet_or_a_weighty_one_says_so(accident):
    states = [confirmation(accident.reports[:count]).is_unconfirmed for count in range(1, 13)]
    assert states == [True] * 5 + [False] * 7


def test_a_story_that_everybody_took_back_is_unconfirmed(report):
    found = confirmation([report("a", withdrawn=True, weight=0.9)])
    assert (found.is_unconfirmed, found.reason) == (True, "All that told of it was withdrawn.")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (("dead", 12), "12 dead"),
        (("dead", 12, "AT_LEAST"), "at least 12 dead"),
        (("money", 1.5e6, "ABOUT", "CNY"), "about 1,500,000 CNY"),
        (("magnitude", 5.2), "magnitude 5.2"),
        (("date", 0, "EXACT", "", day(23)), "2026-11-23"),
    ],
)
def test_a_claim_is_said_in_words(claim, fields, expected):
    assert phrase(claim(*fields)) == expected


def test_at_least_agrees_with_more_and_supports_only_about_as_many(claim):
    at_least, more, many = claim("dead", 10, "AT_LEAST"), claim("dead", 12), claim("dead", 90)
    assert agree(at_least, many)
    assert supports(at_least, more)
    assert not supports(at_least, many)
