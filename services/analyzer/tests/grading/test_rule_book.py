"""Rules are remembered by version, so that every stored grade can be explained for ever."""

from __future__ import annotations

import pytest
import yaml
from harness.grades import NOW

from groundswell_analyzer.grading import RuleBook, load_rules, parse_rules, read_rules
from groundswell_analyzer.grading.rule_book import SHIPPED, shipped_texts
from groundswell_analyzer.stores import GRADING_RULES
from groundswell_core.errors import InvalidInput


def own(**changes) -> str:
    """Returns rules of somebody's own, as text."""
    return yaml.safe_dump({**yaml.safe_load(shipped_texts()[SHIPPED]), **changes})


async def book(database, text: str) -> RuleBook:
    await database.ensure(GRADING_RULES)
    made = RuleBook(database.collection("grading_rules"), parse_rules(text, "own.yaml"), text)
    await made.remember(NOW)
    return made


async def test_rules_of_another_time_are_found_again_after_they_were_replaced(database):
    text = own(version="ours-1", quiet_minutes=30)
    await book(database, text)
    later = await book(database, own(version="ours-2", quiet_minutes=60))
    assert (await later.of("ours-1")).quiet_minutes == 30
    assert (await later.of("ours-2")).quiet_minutes == 60
    assert await later.of(SHIPPED) == load_rules()
    assert await later.of("never-there") is None


async def test_the_same_rules_may_start_again_and_other_numbers_need_another_version(database):
    await book(database, own(version="ours-1"))
    await book(database, "# a comment\n" + own(version="ours-1"))
    with pytest.raises(InvalidInput, match="raise their version"):
        await book(database, own(version="ours-1", quiet_minutes=30))


def test_a_file_of_ones_own_goes_before_what_ships(tmp_path):
    file = tmp_path / "ours.yaml"
    file.write_text(own(version="ours-1"), encoding="utf-8")
    assert read_rules(file)[0].version == "ours-1"
    assert read_rules(None)[0] is load_rules()
    with pytest.raises(InvalidInput, match=r"absent\.yaml cannot be read"):
        read_rules(tmp_path / "absent.yaml")
