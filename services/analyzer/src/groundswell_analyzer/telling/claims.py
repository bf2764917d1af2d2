"""Which claims of a story's documents contradict each other, and which merely follow each other.

Each outlet's newest word counts; what an outlet says anew replaces what it said. A document may name
several numbers of one kind: two documents contradict each other when none of one's agrees with any
of the other's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from groundswell_analyzer.telling.amounts import agree, any_agree, days_clash, phrase
from groundswell_analyzer.telling.report import Report, Said, first_hand, in_time

WINDOW = timedelta(hours=2)  # within which two outlets' different numbers contradict each other
_WORDS_COMPARED = 40  # the newest; each is compared with each
_WORDS_REMEMBERED = 10  # of each outlet, to see how its number moved
Topic = tuple[str, str]  # kind and unit


class Course(Enum):
    """How the truth of a kind of claim may change."""

    GROWS = 1
    CHANGES = 2
    STAYS = 3


_COURSES = {
    "dead": Course.GROWS,
    "evacuated": Course.GROWS,
    "affected": Course.GROWS,
    "money": Course.GROWS,
    "injured": Course.CHANGES,  # some of them die
    "missing": Course.CHANGES,
    "trapped": Course.CHANGES,
    "magnitude": Course.STAYS,
    "date": Course.STAYS,
}


@dataclass(frozen=True, slots=True)
class Word:
    """What one document claims of one topic."""

    report: Report
    claims: tuple[Said, ...]

    @property
    def most(self) -> Said:
        """Returns its greatest number: one that grows is told beside what it was."""
        return max(self.claims, key=lambda claim: (claim.value, claim.time is not None))


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two claims that cannot both be true."""

    topic: Topic
    earlier: Word
    later: Word

    @property
    def reason(self) -> str:
        """Returns one sentence for people."""
        one, other = _opposed(self.earlier, self.later)
        return (
            f"{self.later.report.outlet} claims {phrase(other)} "
            f"where {self.earlier.report.outlet} claims {phrase(one)}."
        )


def _opposed(earlier: Word, later: Word) -> tuple[Said, Said]:
    if earlier.claims[0].kind == "date":
        return earlier.claims[0], later.claims[0]
    return earlier.most, later.most


def topics(reports: Iterable[Report]) -> list[Topic]:
    """Returns what is claimed in a story, in order of name."""
    return sorted({(claim.kind, claim.unit) for one in reports for claim in one.claims})


def histories(reports: Iterable[Report], topic: Topic) -> dict[str, list[Word]]:
    """Returns what each outlet said of a topic, first published first."""
    found: dict[str, list[Word]] = {}
    for report in in_time(first_hand(reports)):
        claims = tuple(claim for claim in report.claims if (claim.kind, claim.unit) == topic)
        if claims:
            found.setdefault(report.speaker, []).append(Word(report, claims))
    return found


def newest_words(told: dict[str, list[Word]]) -> list[Word]:
    """Returns each outlet's newest word, first published first."""
    words = [words[-1] for words in told.values()]
    return sorted(words, key=lambda word: (word.report.time, word.report.order))


def conflicts(reports: Sequence[Report]) -> list[Conflict]:
    """Returns the plainest contradiction of each topic."""
    claiming = [report for report in first_hand(reports) if report.claims]
    found = (conflict_of(histories(claiming, topic), topic) for topic in topics(claiming))
    return [conflict for conflict in found if conflict is not None]


def conflict_of(told: dict[str, list[Word]], topic: Topic) -> Conflict | None:
    """Returns the contradiction between the weightiest outlets on a topic; None when they agree."""
    words = newest_words(told)[-_WORDS_COMPARED:]
    course = _COURSES.get(topic[0], Course.CHANGES)
    known = [told[word.report.speaker][-_WORDS_REMEMBERED:] for word in words]
    found = sorted((Conflict(topic, *pair) for pair in _pairs(words)), key=_plainness, reverse=True)
    return next((one for one in found if _clash(one.earlier, one.later, course, known)), None)


def _plainness(conflict: Conflict) -> tuple[int, float]:
    weights = (conflict.earlier.report.source_weight, conflict.later.report.source_weight)
    return min(weights), conflict.later.report.time.timestamp()


def _pairs(words: Sequence[Word]) -> Iterator[tuple[Word, Word]]:
    for index, later in enumerate(words):
        for earlier in words[:index]:
            yield earlier, later


def _clash(earlier: Word, later: Word, course: Course, known: Sequence[Sequence[Word]]) -> bool:
    if any_agree(earlier.claims, later.claims):
        return False
    if earlier.claims[0].kind == "date":
        return all(
            days_clash(one, earlier.report.time, other, later.report.time)
            for one in earlier.claims
            for other in later.claims
        )
    if course is Course.STAYS:
        return True
    if course is Course.GROWS and later.most.value < earlier.most.value:
        return True
    is_at_once = later.report.time - earlier.report.time <= WINDOW
    return is_at_once and not _is_attested(earlier.most, later.most, known)


def _is_attested(before: Said, after: Said, known: Sequence[Sequence[Word]]) -> bool:
    """Tells whether an outlet itself moved from one number to the other: then it is an update."""
    return any(_moved(words, before, after) for words in known)


def _moved(words: Sequence[Word], before: Said, after: Said) -> bool:
    had = False
    for word in words:
        had = had or any(agree(claim, before) for claim in word.claims)
        if had and any(agree(claim, after) for claim in word.claims):
            return True
    return False


def course_of(told: dict[str, list[Word]]) -> str:
    """Returns one sentence for people: how a number grew, or who agrees on it."""
    said = [word for words in told.values() for word in words]
    opening = min(said, key=lambda word: (word.report.time, word.report.order))
    first, last = opening.most, max((word.most for word in said), key=lambda one: one.value)
    if first.kind != "date" and last.value > first.value and not agree(first, last):
        return f"The number grew from {phrase(first)} to {phrase(last)}."
    if len(told) == 1:
        return f"Only {opening.report.outlet} claims it."
    return f"{len(told)} outlets claim it and do not contradict each other."
