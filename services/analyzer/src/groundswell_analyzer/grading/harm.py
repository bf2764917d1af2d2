"""Harm to people: what independent voices agree on, and the class of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from groundswell_analyzer.grading.rules import GRADED, HARMS, Harm
from groundswell_analyzer.grading.snapshot import Snapshot
from groundswell_core.grades import Level

# Kinds of claims, and the harm that they count as.
KINDS = {"dead": "dead", "missing": "missing", "trapped": "missing", "injured": "injured"}


@dataclass(frozen=True, slots=True)
class Claimed:
    """A number that somebody claims."""

    voice: str
    weight: float  # of the source, 0..1
    kind: str
    number: int


@dataclass(frozen=True, slots=True)
class HarmClass:
    """The class of harm, and the number that makes it."""

    level: Level
    kind: str
    number: int
    least: int  # the smallest number of that class


def agreed(claims: Iterable[Claimed], rules: Harm) -> Mapping[str, int]:
    """Returns the greatest number of each kind that enough voices say or exceed.

    Takes claims newest first: each voice counts with its newest number of a kind.
    """
    said: dict[str, dict[str, Claimed]] = {}
    for claim in claims:
        said.setdefault(claim.kind, {}).setdefault(claim.voice, claim)
    found = {kind: _agreed(by_voice.values(), rules) for kind, by_voice in said.items()}
    return {kind: number for kind, number in found.items() if number is not None}


def _agreed(claims: Iterable[Claimed], rules: Harm) -> int | None:
    numbers = sorted((claim.number for claim in claims), reverse=True)
    trusted = [claim.number for claim in claims if claim.weight >= rules.trusted_weight]
    shared = numbers[rules.voices - 1 : rules.voices]
    return max((*trusted, *shared), default=None)


def harm_class(snapshot: Snapshot, rules: Harm) -> HarmClass | None:
    """Returns the highest class that any kind of harm reaches; None: none, or no emergency."""
    if snapshot.category not in rules.categories:
        return None
    found = (_class_of(kind, getattr(snapshot, kind), rules) for kind in HARMS)
    return max((one for one in found if one), key=lambda one: one.level, default=None)


def _class_of(kind: str, number: int | None, rules: Harm) -> HarmClass | None:
    for level in GRADED:
        least = rules.least(level, kind)
        if number is not None and least is not None and number >= least:
            return HarmClass(level, kind, number, least)
    return None
