"""What stories got in past hours: the ordinary one of a monitor or of a kind of source, and each itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from groundswell_analyzer.bursts import MOST_HOURS, Usual, hour_number, typical_of, usual_of
from groundswell_analyzer.stories.member import minute_of
from groundswell_analyzer.stories.open_story import OpenStory

COLLECTED = "collected"  # documents of everybody: an hour that lacks them is a gap
_KINDS = "kinds/"
_STORIES_OF_A_KIND = 5  # in an hour; else one event would be its own kind's usual
_TO_BE_PAST = 24  # hours: what is older is a story's own baseline


def kind_name(kind: str) -> str:
    """Returns the name under which baselines hold a kind of source."""
    return _KINDS + kind


def main_kind(story: OpenStory) -> str:
    """Returns the kind of source that most of its documents come from; empty when none has more than half."""
    kinds = story.tally.source_kinds
    return next((kind for kind, count in kinds.items() if 2 * count > len(story.members)), "")


def typical_hour(stories: Mapping[str, OpenStory], hour: datetime) -> dict[str, float]:
    """Returns what an hour was like: for each monitor and kind an ordinary story, and all documents.

    What got nothing is left out: whether nothing happened or nobody looked, no one can tell.
    """
    counts: dict[str, list[int]] = {}
    start = minute_of(hour)
    for story in stories.values():
        if story.update_time is None or story.update_time < hour:
            continue
        count = story.count_since(start) - story.count_since(start + 60)
        for name in _names(story):
            counts.setdefault(name, []).append(count)
    found = {name: _typical(name, of_stories) for name, of_stories in counts.items()}
    return {name: typical for name, typical in found.items() if typical is not None}


def _names(story: OpenStory) -> Iterator[str]:
    """Yields whose usual hour a story tells of."""
    yield from story.tally.monitors
    if kind := main_kind(story):
        yield kind_name(kind)
    yield COLLECTED


def _typical(name: str, counts: Sequence[int]) -> float | None:
    if name == COLLECTED:
        return float(sum(counts)) or None
    return typical_of(counts, least=_STORIES_OF_A_KIND if name.startswith(_KINDS) else 1)


def own_usual(
    story: OpenStory, event_now: datetime, collected: Mapping[int, float]
) -> Usual | None:
    """Returns the usual hour of a story that is older than a day; None for a younger one.

    Takes collected: the hours in which anything was. Of those before the first one nothing is known.
    """
    now = hour_number(event_now)
    start = max(hour_number(story.start_time or event_now), now - MOST_HOURS)
    counts: Counter[int] = Counter()
    for minute, of_minute in story.tally.minutes.items():
        counts[minute // 60] += sum(of_minute)
    first = min(collected, default=now)
    hours = (
        hour
        for hour in range(start, now - _TO_BE_PAST)
        if hour < first or hour in collected or hour in counts
    )
    return usual_of({hour: counts[hour] for hour in hours}, now)
