"""What a story's record tells beside its counts, and when it is worth telling anew."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from groundswell_analyzer.telling.amounts import contradicting
from groundswell_analyzer.telling.claims import conflicts
from groundswell_analyzer.telling.confirmation import confirmation
from groundswell_analyzer.telling.headline import central, headline
from groundswell_analyzer.telling.key_terms import key_terms
from groundswell_analyzer.telling.outlets import OutletShare, outlet_shares
from groundswell_analyzer.telling.report import Report, Said
from groundswell_analyzer.telling.summary import summary
from groundswell_core.stories import SummarySentence

_SMALL = 8  # documents up to which each new one is worth telling
_GROWN = 1.125  # of the size when told, from which a larger story is told anew
_RETOLD = 2  # the same of headline, terms and summary, which read more


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """What changes when there is more to tell."""

    documents: int = 0  # originals, copies and edits
    withdrawn: int = 0
    voices: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a story's record tells."""

    headline: str = ""
    headline_document: str = ""
    terms: tuple[str, ...] = ()
    summary: tuple[SummarySentence, ...] = ()
    is_unconfirmed: bool = False
    confirmation: str = ""
    claim: Said | None = None  # the number that the story stands for, once that is confirmed
    conflicts: tuple[str, ...] = ()
    outlets: tuple[OutletShare, ...] = ()
    size: Size = Size()  # when it was told
    retold: Size = Size()  # when headline, terms and summary were made


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the choice of headline and terms goes by."""

    weights: Mapping[str, float]  # of the story's terms
    strongest: Sequence[tuple[str, float]]
    rarity: Callable[[str], float]
    asked: Collection[str] = ()  # words of its monitors' queries
    outlets: Collection[str] = ()  # names of sites, in lower case


def is_due(told: Told, size: Size) -> bool:
    """Tells whether a story changed enough to be told anew."""
    return size != told.size and (
        (size.withdrawn, min(size.voices, 3)) != (told.size.withdrawn, min(told.size.voices, 3))
        or size.documents <= _SMALL
        or size.documents >= told.size.documents * _GROWN
    )


def is_due_again(told: Told, size: Size, speaking: Report | None) -> bool:
    """Tells whether headline, terms and summary are made anew: the story grew, or they went stale.

    Takes speaking: the document that gave the headline; None: it is not in the story any more.
    """
    return (
        speaking is None
        or (told.claim is not None and bool(contradicting(speaking.claims, told.claim)))
        or size.withdrawn != told.retold.withdrawn
        or size.documents >= max(told.retold.documents * _RETOLD, told.retold.documents + 1)
        or size.documents * _RETOLD < told.retold.documents  # it was split
    )


def tell(told: Told, reports: Sequence[Report], size: Size) -> Told:
    """Returns what is told, with what costs little made anew: confirmation, conflicts, outlets."""
    confirmed = confirmation(reports)
    return replace(
        told,
        is_unconfirmed=confirmed.is_unconfirmed,
        confirmation=confirmed.reason,
        claim=None if confirmed.is_unconfirmed else confirmed.claim,
        conflicts=tuple(dict.fromkeys(conflict.topic[0] for conflict in conflicts(reports))),
        outlets=outlet_shares(reports),
        size=size,
    )


def retell(told: Told, reports: Sequence[Report], words: Words) -> Told:
    """Returns what is told, with headline and terms made anew."""
    chosen = central(reports, words.weights, told.claim, told.headline_document)
    return replace(
        told,
        headline=headline(chosen, words.outlets),
        headline_document=chosen.id if chosen else "",
        terms=key_terms(words.strongest, words.rarity, words.asked),
        retold=told.size,
    )


def summarise(told: Told, reports: Sequence[Report], texts: Mapping[str, str]) -> Told:
    """Returns what is told, with a summary made anew of the documents and texts that were read."""
    return replace(told, summary=summary(reports, texts, told.summary, told.claim))
