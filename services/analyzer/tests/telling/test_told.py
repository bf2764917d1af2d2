"""When a story is told anew, which terms set it apart, what is expected of it."""

from __future__ import annotations

import pytest

from groundswell_analyzer.stories.teller import asked_words
from groundswell_analyzer.telling.key_terms import key_terms
from groundswell_analyzer.telling.outlook import past_hours
from groundswell_analyzer.telling.told import (
    Size,
    Told,
    Words,
    is_due,
    is_due_again,
    retell,
    tell,
)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (Size(), Size(documents=1, voices=1), True),
        (Size(documents=5, voices=3), Size(documents=6, voices=3), True),
        (Size(documents=5, voices=3), Size(documents=5, voices=3), False),
        (Size(documents=80, voices=9), Size(documents=82, voices=10), False),
        (Size(documents=80, voices=9), Size(documents=90, voices=9), True),
        (Size(documents=80, voices=1), Size(documents=81, voices=2), True),
        (Size(documents=80, voices=9), Size(documents=81, voices=9, withdrawn=1), True),
    ],
)
def test_a_story_is_told_anew_when_it_changed_enough(before, after, expected):
    assert is_due(Told(size=before), after) is expected


def test_headline_and_summary_are_made_anew_when_a_story_doubled_or_they_went_stale(report, claim):
    told = Told(retold=Size(documents=10), claim=claim("dead", 8))
    good, stale = report("a", claims=[claim("dead", 8)]), report("b", claims=[claim("dead", 3)])
    assert not is_due_again(told, Size(documents=19), good)
    assert is_due_again(told, Size(documents=20), good)
    assert is_due_again(told, Size(documents=11), stale)
    assert is_due_again(told, Size(documents=11), None)
    assert is_due_again(told, Size(documents=4), good)


def words(story) -> Words:
    weights = story.weights
    return Words(weights=weights, strongest=weights.most_common(32), rarity=lambda _: 1.0)


def test_an_accident_is_told_whole(accident):
    told = tell(Told(), accident.reports, Size(documents=12, withdrawn=1))
    told = retell(told, accident.reports, words(accident))
    assert not told.is_unconfirmed
    assert told.confirmation == "3 outlets independently claim 8 dead: 央视新闻, 新华社, 城事快报."
    assert "dead" in told.conflicts
    assert "8人" in told.headline
    assert {"清江", "爆炸", "化工厂"} == set(told.terms[:3])


def test_a_story_of_one_document_without_a_title_can_be_told(report):
    single = [report("a", "  ", terms=())]
    empty = Words(weights={}, strongest=(), rarity=lambda _: 1.0)
    told = retell(tell(Told(), single, Size(documents=1)), single, empty)
    assert (told.headline, told.terms, told.is_unconfirmed) == ("", (), True)


def test_a_rumour_alone_sets_no_number_that_others_must_agree_with(accident):
    told = tell(Told(), accident.reports[:5], Size(documents=5))
    assert told.is_unconfirmed
    assert told.claim is None


def test_key_terms_are_rare_elsewhere_and_not_what_the_monitor_asks_for():
    strongest = [("地震", 3.0), ("宜宾", 2.0), ("宜宾市", 1.9), ("记者", 1.5), ("5.0", 2.0)]
    rarity = {"地震": 5.0, "宜宾": 6.0, "宜宾市": 7.0, "记者": 0.5, "5.0": 6.0}
    found = key_terms(strongest, rarity.__getitem__, asked_words(["地震 AND (四川 OR 云南)"]))
    assert found[0] == "宜宾市"
    assert "宜宾" not in found  # the longer word says it
    assert found.index("5.0") < found.index("地震")


def test_past_hours_end_now_and_hold_what_is_dated_ahead(accident):
    times = [one.time for one in accident.reports]
    assert past_hours(times, times[-1]) == [1.0, 4.0, 2.0, 2.0, 3.0]
    assert past_hours([], times[-1]) == []
    assert past_hours([times[-1]], times[0]) == [1.0]
