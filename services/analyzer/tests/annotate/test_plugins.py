"""Further stages from plugins."""

from __future__ import annotations

import pytest

from groundswell_analyzer.annotate.plugins import load_stages
from groundswell_core.errors import InvalidInput

GOOD = """
from dataclasses import replace
from groundswell_analyzer.annotate import Stage
from groundswell_core.sources import hookimpl

def shout(drafts, tools):
    return [replace(draft, category="loud") for draft in drafts]

@hookimpl
def groundswell_stages():
    return [Stage(name="{name}", run=shout, summary="calls all loud")]
"""


def test_an_allow_listed_plugin_brings_its_stages_in_the_order_of_the_list(install):
    install("stages-two", GOOD.format(name="two"))
    install("stages-one", GOOD.format(name="one"))
    assert [stage.name for stage in load_stages(["stages-one", "Stages_Two"])] == ["one", "two"]


def test_no_plugins_bring_no_stages():
    assert load_stages([]) == ()


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("raise RuntimeError('boom')", "RuntimeError: boom"),
        (GOOD.format(name="terms"), 'its stage "terms" exists already'),
        (GOOD.format(name="monitors"), 'its stage "monitors" exists already'),
        (
            GOOD.replace("return [Stage", "return ['text'] or [Stage").format(name="x"),
            "str, not Stage",
        ),
        (
            GOOD.replace("groundswell_stages()", "groundswell_stages(colour)").format(name="x"),
            "colour",
        ),
        (
            GOOD.replace("groundswell_stages", "groundswell_stagez").format(name="x"),
            "groundswell_stagez",
        ),
        (
            GOOD.replace("return [Stage", "1 / 0\n    return [Stage").format(name="x"),
            "ZeroDivisionError",
        ),
    ],
    ids=["import", "taken", "monitors", "type", "argument", "misspelt", "raises"],
)
def test_a_broken_plugin_is_named_with_what_is_wrong(install, code, words):
    install("stages-bad", code)
    with pytest.raises(InvalidInput, match='plugin "stages-bad"') as raised:
        load_stages(["stages-bad"])
    assert words in raised.value.message


def test_a_plugin_that_is_not_installed_is_named():
    with pytest.raises(InvalidInput, match='"stages-none" is on the allow-list but not installed'):
        load_stages(["stages-none"])
