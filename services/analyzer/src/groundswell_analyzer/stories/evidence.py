"""What places and time add to, or take from, likeness in words."""

from __future__ import annotations

from groundswell_analyzer.stories.member import Member
from groundswell_analyzer.stories.open_story import OpenStory

SAME_PLACE = 0.04
OTHER_PLACE = -0.12
FADING = 0.0002  # a minute without documents; 0.012 an hour
MOST_FADING = 0.08


def evidence(member: Member, story: OpenStory) -> float:
    """Returns what places and time add to, or take from, likeness in words."""
    quiet = abs(member.minute - _latest_minute(story))
    return _place_evidence(member, story) - min(quiet * FADING, MOST_FADING)


def stories_evidence(one: OpenStory, other: OpenStory) -> float:
    """Returns what places and time add to, or take from, likeness of two stories."""
    quiet = abs(_latest_minute(one) - _latest_minute(other))
    places = _places_evidence(_known(one), _known(other))
    return places - min(quiet * FADING, MOST_FADING)


def _latest_minute(story: OpenStory) -> int:
    latest = story.update_time
    return int(latest.timestamp() // 60) if latest else 0


def _place_evidence(member: Member, story: OpenStory) -> float:
    return _places_evidence({place.code for place, _ in member.places}, _known(story))


def _known(story: OpenStory) -> set[str]:
    return {place.code for place in story.tally.places}


def _places_evidence(named: set[str], known: set[str]) -> float:
    if not named or not known:
        return 0.0
    if any(_within(one, other) for one in named for other in known):
        return SAME_PLACE
    return OTHER_PLACE


def _within(one: str, other: str) -> bool:
    return one == other or one.startswith(other + "-") or other.startswith(one + "-")
