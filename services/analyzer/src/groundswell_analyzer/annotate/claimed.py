"""One number that a sentence claims, before it is a claim of a document."""

from __future__ import annotations

import re
from dataclasses import dataclass

from groundswell_core.analyses import Claim, ClaimQualifier


@dataclass(frozen=True, slots=True)
class Found:
    """A number of a kind; rank: of money, how near it is to harm, 0 is nearest."""

    kind: str
    value: float
    qualifier: ClaimQualifier
    unit: str
    rank: int = 0

    @property
    def topic(self) -> tuple[str, float, str]:
        """Returns what makes two of them the same claim."""
        return self.kind, self.value, self.unit

    def claim(self, sentence: str) -> Claim:
        """Returns the claim, with the sentence that makes it."""
        return Claim(
            kind=self.kind,
            value=self.value,
            qualifier=self.qualifier,
            unit=self.unit,
            text=sentence,
        )


def qualifier_of(words: str, table: dict[ClaimQualifier, re.Pattern[str]]) -> ClaimQualifier:
    """Returns how exactly a number is meant, by the words around it."""
    if words:
        for qualifier, pattern in table.items():
            if pattern.search(words):
                return qualifier
    return ClaimQualifier.EXACT
