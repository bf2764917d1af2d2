"""Whatever the analyzer tells of a story's claims, the console says in Chinese."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from groundswell_analyzer.annotate import claims_en, claims_zh
from groundswell_analyzer.telling.amounts import phrase
from groundswell_analyzer.telling.report import said
from groundswell_console.sentences import translated
from groundswell_console.texts import texts_of
from groundswell_core.analyses import Claim, ClaimQualifier

CHINESE = texts_of("zh")
LETTERS = re.compile(r"[A-Za-z]{2,}")
CURRENCIES = {*claims_en._CURRENCIES.values(), *claims_zh._CURRENCIES.values()}
KINDS = ("dead", "injured", "missing", "trapped", "evacuated", "affected", "magnitude", "date")
CLAIMS = [
    *(Claim(kind="money", value=3_000_000, unit=unit) for unit in sorted(CURRENCIES)),
    *(Claim(kind=kind, value=5.5, time=datetime(2026, 11, 20, tzinfo=UTC)) for kind in KINDS),
    *(Claim(kind="dead", value=12, qualifier=one) for one in ClaimQualifier),
]


@pytest.mark.parametrize(
    "form",
    [
        "Only 甲, whose word weighs 0.40 of 1, claims {0}.",
        "甲, whose word weighs 0.90 of 1, claims {0}.",
        "3 outlets independently claim {0}: 甲, 乙, 丙.",
        "甲 claims {0} where 乙 claims {0}.",
        "The number grew from {0} to {0}.",
    ],
)
def test_every_number_that_a_story_claims_is_said_in_chinese(form):
    told = [translated(form.format(phrase(said(claim))), CHINESE) for claim in CLAIMS]
    assert [one for one in told if LETTERS.search(one)] == []


def test_every_currency_has_a_name():
    assert [unit for unit in CURRENCIES if not CHINESE.has(f"unit.{unit}")] == []
