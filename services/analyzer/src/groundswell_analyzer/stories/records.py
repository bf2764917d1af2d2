"""A story as others see it, and as MongoDB keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from groundswell_analyzer.grading.alerts import AlertBox
from groundswell_analyzer.grading.facts import StoryFacts
from groundswell_analyzer.grading.graded import Graded
from groundswell_analyzer.query import key
from groundswell_analyzer.stories.centroid import term_weights
from groundswell_analyzer.stories.member import minute_of, minute_time
from groundswell_analyzer.stories.open_story import OpenStory
from groundswell_core.analyses import Place
from groundswell_core.grades import Level
from groundswell_core.stories import STORIES, STORY_EVENTS, Story, StoryState

TERMS_SHOWN = 12
PLACES_SHOWN = 10
_HEADLINES_COMPARED = 32


def story_of(story: OpenStory) -> Story:
    """Returns a story as others see it."""
    tally = story.tally
    return Story(
        name=story.name,
        headline=headline(story),
        language=story.language,
        terms=tuple(term for term, _ in story.centroid.strongest()[:TERMS_SHOWN]),
        state=story.state,
        merged_into=f"stories/{story.merged_into}" if story.merged_into else "",
        document_count=tally.documents,
        copy_count=tally.copies,
        revision_count=tally.edits,
        outlet_count=len(tally.outlets),
        source_kind_count=len(tally.source_kinds),
        heat=story.heats.best_heat,
        best_rank=story.heats.best_rank,
        places=_places(story),
        category=story.category(),
        sentiment=story.mean_sentiment(),
        grades=tuple(story.grades[name].public() for name in sorted(story.grades)),
        level=level_of(story),
        start_time=story.start_time,
        update_time=story.update_time,
        exercise=story.exercise,
        wave_count=story.wave_count,
    )


def level_of(story: OpenStory) -> Level:
    """Returns the highest level that any monitor gives it."""
    return max((graded.grade.level for graded in story.grades.values()), default=Level.NONE)


def headline(story: OpenStory) -> str:
    """Returns the title of its most central document: the one nearest to what all of them say."""
    weights = story.centroid.weights
    best, best_score = "", -1.0
    for index, member in enumerate(story.members.values()):
        if index >= _HEADLINES_COMPARED and best:
            break
        if not member.title or member.withdrawn:
            continue
        score = sum(
            weight * weights.get(term, 0.0) for term, weight in term_weights(member.terms).items()
        )
        if not member.near_copy and score > best_score * (1 + 1e-9):
            best, best_score = member.title, score
    return best or next((one.title for one in story.members.values() if one.title), "")


def _places(story: OpenStory) -> tuple[Place, ...]:
    counted = sorted(story.tally.places.items(), key=lambda item: (-item[1], item[0].code))
    return tuple(
        Place(code=place.code, display_name=place.display_name, mentions=count)
        for place, count in counted[:PLACES_SHOWN]
    )


def facts_of(story: OpenStory) -> StoryFacts:
    """Returns what an alert says of a story."""
    places, newest = _places(story), story.newest
    return StoryFacts(
        name=story.name,
        headline=headline(story),
        language=story.language,
        exercise=story.exercise,
        merged_into=story.merged_into,
        document_count=story.tally.documents,
        copy_count=story.tally.copies,
        outlet_count=len(story.tally.outlets),
        edits=story.tally.edits,
        withdrawals=story.tally.withdrawn,
        place_code=places[0].code if places else "",
        place_names=tuple(place.display_name for place in places),
        category=story.category(),
        sentiment=story.mean_sentiment(),
        url=newest.url if newest else "",
        publish_time=story.start_time,
        collect_time=newest.collect_time if newest else None,
        analyze_time=newest.analyze_time if newest else None,
        story_time=newest.story_time if newest else None,
    )


def story_record(
    story: OpenStory, *, event_now: datetime, now: datetime, keep: timedelta
) -> dict[str, Any]:
    """Returns the record of a story, one version on."""
    public = story_of(story)
    return {
        **STORIES.to_record(public),
        "_id": story.id,
        "version": story.version + 1,
        "grades": [story.grades[name].to_record() for name in sorted(story.grades)],
        "alerts": [story.alerts[name].to_record() for name in sorted(story.alerts)],
        "timeline": [STORY_EVENTS.to_record(event) for event in story.timeline],
        "told_outlets": list(story.told_outlets),
        # Beside what is shown: for orders and searches.
        "level_rank": int(public.level),
        "growth": story.count_since(minute_of(event_now) - 59),
        "search": key(" ".join((public.headline, *public.terms))),
        "write_time": now,
        "expire_time": now + keep,
    }


def opened(record: Mapping[str, Any]) -> OpenStory:
    """Returns a stored story without its documents, which are added one by one."""
    start: datetime = record["start_time"]
    story = OpenStory(
        record["_id"], record["language"], exercise=record["exercise"], origin=minute_of(start)
    )
    story.version = record["version"]
    story.state = StoryState[record["state"]]
    story.merged_into = record["merged_into"].removeprefix("stories/")
    story.wave_count = record["wave_count"]
    story.timeline = [STORY_EVENTS.from_record(entry) for entry in record["timeline"]]
    story.told_outlets = dict.fromkeys(record["told_outlets"])
    story.grades = {one.monitor: one for one in map(Graded.from_record, record["grades"])}
    boxes = map(AlertBox.from_record, record["alerts"])
    story.alerts = {box.alert.monitor: box for box in boxes}
    return story


def public_story(record: Mapping[str, Any]) -> Story:
    """Returns a stored story as others see it."""
    return STORIES.from_record(record)


def series_records(story: OpenStory, keep_until: datetime) -> list[dict[str, Any]]:
    """Returns the records of the minutes that changed, counted anew."""
    return [_series_record(story, minute, keep_until) for minute in sorted(story.dirty_minutes)]


def _series_record(story: OpenStory, minute: int, keep_until: datetime) -> dict[str, Any]:
    documents, copies = story.tally.minutes.get(minute, (0, 0))
    return {
        "_id": f"{story.id}/{minute}",
        "story": story.id,
        "start_time": minute_time(minute),
        "documents": documents,
        "copies": copies,
        "heat": story.heats.heats.get(minute),
        "expire_time": keep_until,
    }
