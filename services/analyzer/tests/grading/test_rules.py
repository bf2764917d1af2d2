"""Rules are checked whole; a mistake names the file and the cure."""

from __future__ import annotations

from importlib.resources import files

import pytest
import yaml

from groundswell_analyzer.annotate.category import rules as category_rules
from groundswell_analyzer.grading import load_rules
from groundswell_analyzer.grading.rules import parse_rules
from groundswell_core.errors import InvalidInput

TEXT = (files("groundswell_analyzer.grading") / "rules.yaml").read_text(encoding="utf-8")


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
        (broken(weights__burst=0.9), "add up to 1.5"),
        (broken(levels__II=None), "IV < III < II < I"),
        (broken(levels__III=90), "IV < III < II < I"),
        (broken(burst__fulll=3), "burst.fulll"),
        (broken(categories__other=None), "other and none"),
        ("weights: [", "rules"),
    ],
    ids=["weights", "missing level", "levels out of order", "unknown key", "no other", "no yaml"],
)
def test_a_mistake_in_the_rules_is_named(text, said):
    with pytest.raises(InvalidInput, match=r"rules\.yaml") as caught:
        parse_rules(text, "rules.yaml")
    assert said in str(caught.value)


def test_every_category_that_the_stages_find_has_a_weight():
    assert set(category_rules().categories) <= set(load_rules().categories)
