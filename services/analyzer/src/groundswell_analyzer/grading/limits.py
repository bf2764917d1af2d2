"""What holds a level down whatever the score, each with its sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from groundswell_analyzer.grading.rules import GRADED, Rules
from groundswell_analyzer.grading.snapshot import Snapshot
from groundswell_core.grades import Level


@dataclass(frozen=True, slots=True)
class Limit:
    """The highest level that a rule allows, and why."""

    level: Level
    why: str


def limits_of(snapshot: Snapshot, rules: Rules) -> tuple[Limit, ...]:
    """Returns the limits of a story, whether they hold anything down or not."""
    return tuple(_limits(snapshot, rules))


def ceiling(limits: tuple[Limit, ...]) -> Level:
    """Returns the highest level that all limits allow."""
    return min((limit.level for limit in limits), default=Level.I)


def _limits(snapshot: Snapshot, rules: Rules) -> Iterator[Limit]:
    if snapshot.quiet_minutes >= rules.quiet_minutes:
        why = (
            f"Nothing was heard of it for {snapshot.quiet_minutes:.0f} minutes; "
            f"after {rules.quiet_minutes:g} it has no level."
        )
        yield Limit(Level.NONE, why)
    if not is_supported(snapshot, rules):
        missing = max(snapshot.minimum_support - snapshot.support, 1)
        why = (
            f"It has no level before {missing} more of its documents match the monitor "
            f"or it is among the first {rules.limits.support_rank} of a board."
        )
        yield Limit(Level.NONE, why)
    yield from _voices(snapshot, rules)
    if snapshot.is_unconfirmed:
        level = Level[rules.limits.unconfirmed]
        yield Limit(level, f"It is unconfirmed, which allows level {level.name} at most.")


def is_supported(snapshot: Snapshot, rules: Rules) -> bool:
    """Tells whether enough speaks for the story to give it a level at all.

    One entry high on a ranked board stands for many voices, so it stands in for the documents.
    """
    best = snapshot.top_rank
    on_top = best is not None and best <= rules.limits.support_rank
    return snapshot.support >= snapshot.minimum_support or (on_top and snapshot.support > 0)


def _voices(snapshot: Snapshot, rules: Rules) -> Iterator[Limit]:
    """Yields what too few independent voices allow; a place on a board speaks for some more."""
    voices = snapshot.voices + rules.limits.voices_of(snapshot.top_rank)
    allowed = next((one for one in GRADED if voices >= rules.limits.needed_voices(one)), Level.NONE)
    if allowed is Level.I:
        return
    needed = rules.limits.needed_voices(Level(allowed + 1))
    noun = "voice speaks" if voices == 1 else "voices speak"
    yield Limit(
        allowed,
        f"{voices} independent {noun} for it; level {Level(allowed + 1).name} needs {needed}.",
    )
