"""Rules are checked whole; a mistake names the file and the cure."""

from __future__ import annotations

import pytest
import yaml

from groundswell_analyzer.annotate.category import rules as category_rules
from groundswell_analyzer.grading import load_rules
from groundswell_analyzer.grading.rule_book import SHIPPED, shipped_texts
from groundswell_analyzer.grading.rules import parse_rules
from groundswell_core.errors import InvalidInput

TEXT = shipped_texts()[SHIPPED]


def broken(**changes) -> str:
    rules = yaml.safe_load(TEXT)
    for path, value in changes.items():
        part = rules
        *way, last = path.split("__")
        for name in way:
            part = part[name]
        if value is None:
            del part[last]
        else:
            part[last] = value
    return yaml.safe_dump(rules)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (broken(weights__burst=0.9), "add up to 1.45"),
        (broken(levels__II=None), "IV < III < II < I"),
        (broken(levels__III=90), "IV < III < II < I"),
        (broken(levels__V=10), "a level is I, II, III or IV"),
        (broken(burst__fulll=3), "burst.fulll"),
        (broken(burst__full=float("inf")), "burst.full"),
        (broken(categories__other=None), "other and none"),
        (broken(harm__classes__II__dead=50), "numbers of dead must grow"),
        (broken(harm__classes__II__lost=50), "harm is dead, missing or injured"),
        (broken(limits__unconfirmed="high"), "a level is I, II, III or IV"),
        (broken(limits__voices__I=0), "must grow from IV to I"),
        (broken(method=1), "method 1 is not known"),
        ("weights: [", "rules"),
    ],
    ids=[
        "weights",
        "missing level",
        "levels out of order",
        "unknown level",
        "unknown key",
        "no number",
        "no other",
        "harm out of order",
        "unknown harm",
        "unknown limit",
        "voices out of order",
        "formulas of another version",
        "no yaml",
    ],
)
def test_a_mistake_in_the_rules_is_named(text, said):
    with pytest.raises(InvalidInput, match=r"rules\.yaml") as caught:
        parse_rules(text, "rules.yaml")
    assert said in str(caught.value)


def test_every_version_that_ever_shipped_can_still_be_read_and_says_its_own_name():
    for version, text in shipped_texts().items():
        assert parse_rules(text, version).version == version
    assert max(shipped_texts()) == SHIPPED == load_rules().version


def test_every_category_that_the_stages_find_has_a_weight():
    found = {group.category for group in category_rules().groups}
    assert found <= set(load_rules().categories)


def test_every_sub_topic_with_a_weight_of_its_own_is_one_that_the_stages_find():
    named = {name for name in load_rules().categories if "/" in name}
    assert named <= set(category_rules().subjects)
