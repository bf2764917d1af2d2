"""Whether a story's claim rests on one source without weight, and who confirms it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from groundswell_analyzer.telling.amounts import phrase, supports
from groundswell_analyzer.telling.claims import Topic, Word, histories, newest_words, topics
from groundswell_analyzer.telling.report import Report, Said, first_hand
from groundswell_analyzer.telling.voices import voices

WEIGHTY = 600  # thousandths: the word of such a source is enough by itself
_CONFIRMING = 2  # outlets that say so independently
_NAMED = 3
_WORDS_COMPARED = 60  # the newest
_GRAVE = ("dead", "missing", "trapped")  # one voice is enough to make them what a story claims
_FURTHER = ("injured", "affected", "evacuated", "money", "magnitude")  # a third of the voices is


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Whether a story is confirmed, and one sentence that says by whom."""

    is_unconfirmed: bool
    reason: str
    claim: Said | None = None  # the number that the story stands for; None: it claims none


@dataclass(frozen=True, slots=True)
class _Backing:
    """Who stands behind a claim, or behind a story as such."""

    speakers: tuple[str, ...]  # who say it in words of their own, the weightiest first
    witness: Report  # the weightiest document that says so, copies included

    @property
    def is_confirmed(self) -> bool:
        return len(self.speakers) >= _CONFIRMING or self.witness.source_weight >= WEIGHTY

    def sentence(self, what: str) -> str:
        """Returns who says so; {s} in what becomes the ending of one who does."""
        if len(self.speakers) >= _CONFIRMING:
            names = ", ".join(self.speakers[:_NAMED])
            return f"{len(self.speakers)} outlets independently {what.format(s='')}: {names}."
        only = "" if self.is_confirmed else "Only "
        weight = f"whose word weighs {self.witness.source_weight / 1000:.2f} of 1"
        return f"{only}{self.witness.outlet}, {weight}, {what.format(s='s')}."


def confirmation(reports: Sequence[Report]) -> Confirmation:
    """Tells whether a story's central number, or the story itself where it has none, is confirmed."""
    standing = [report for report in reports if not report.withdrawn]
    if not standing:
        return Confirmation(is_unconfirmed=True, reason="All that told of it was withdrawn.")
    spoken = voices(standing)
    topic = _central(standing, len(spoken))
    if topic is not None:
        claim, backing = _best(standing, topic)
        sentence = backing.sentence(f"claim{{s}} {phrase(claim)}")
        return Confirmation(not backing.is_confirmed, sentence, claim)
    backing = _Backing(_by_weight(spoken), max(standing, key=_weight))
    return Confirmation(not backing.is_confirmed, backing.sentence("tell{s} of it"))


def _weight(report: Report) -> tuple[int, float]:
    return report.source_weight, -report.time.timestamp()


def _central(standing: Sequence[Report], voice_count: int) -> Topic | None:
    """Returns what a story claims above all: the gravest kind that it has numbers of."""
    claiming = [report for report in first_hand(standing) if report.claims]
    claimed = topics(claiming)
    for kind in (*_GRAVE, *_FURTHER):
        for topic in claimed:
            if topic[0] == kind and _is_central(claiming, topic, voice_count):
                return topic
    return None


def _is_central(claiming: Sequence[Report], topic: Topic, voice_count: int) -> bool:
    if topic[0] in _GRAVE:
        return True
    speakers = {
        report.speaker
        for report in claiming
        if any((claim.kind, claim.unit) == topic for claim in report.claims)
    }
    return 3 * len(speakers) >= voice_count


def _best(standing: Sequence[Report], topic: Topic) -> tuple[Said, _Backing]:
    """Returns the greatest number that is confirmed; where none is, the greatest."""
    words = newest_words(histories(standing, topic))[-_WORDS_COMPARED:]
    witnesses = _witnesses(standing, topic)
    backed = [(word.most, _backing(word, words, witnesses)) for word in words]
    return max(
        backed,
        key=lambda one: (one[1].is_confirmed, one[0].value, one[1].witness.source_weight),
    )


def _witnesses(standing: Sequence[Report], topic: Topic) -> dict[Said, Report]:
    """Returns the weightiest document of each claim of a topic."""
    found: dict[Said, Report] = {}
    for report in standing:
        for claim in report.claims:
            if (claim.kind, claim.unit) == topic:
                found[claim] = max(found.get(claim, report), report, key=_weight)
    return found


def _backing(word: Word, words: Iterable[Word], witnesses: dict[Said, Report]) -> _Backing:
    claim = word.most
    agreeing = {
        one.report.speaker: one.report.source_weight
        for one in words
        if any(supports(other, claim) for other in one.claims)
    }
    saying = [report for other, report in witnesses.items() if supports(other, claim)]
    return _Backing(_by_weight(agreeing), max(saying, key=_weight))


def _by_weight(weights: dict[str, int]) -> tuple[str, ...]:
    return tuple(sorted(weights, key=lambda name: (-weights[name], name)))
