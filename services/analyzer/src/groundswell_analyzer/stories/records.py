"""A story as others see it, and as MongoDB keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from groundswell_analyzer.grading.alerts import AlertBox
from groundswell_analyzer.grading.facts import StoryFacts
from groundswell_analyzer.grading.graded import Graded
from groundswell_analyzer.search import story_grams
from groundswell_analyzer.stories.member import minute_of, minute_time
from groundswell_analyzer.stories.open_story import OpenStory
from groundswell_analyzer.stories.teller import told_of
from groundswell_analyzer.telling.outlets import OutletShare, first_outlet
from groundswell_analyzer.telling.told import Size, Told
from groundswell_core.analyses import Place
from groundswell_core.grades import Level
from groundswell_core.stories import RELATED_STORIES, STORIES, STORY_EVENTS, Story, StoryState

PLACES_SHOWN = 10
_REGION_LENGTH = 3  # characters of a subdivision; longer ones are numbers of cities
ORGANISATIONS_SHOWN = 10
TOPICS_SHOWN = 5


def story_of(story: OpenStory) -> Story:
    """Returns a story as others see it."""
    tally, told = story.tally, told_of(story)
    return Story(
        name=story.name,
        headline=told.headline,
        language=story.language,
        terms=told.terms,
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
        organisations=_most(tally.organisations, ORGANISATIONS_SHOWN),
        topics=_most(tally.topics, TOPICS_SHOWN),
        is_unconfirmed=told.is_unconfirmed,
        confirmation=told.confirmation,
        conflicts=told.conflicts,
        summary=told.summary,
        related=story.related,
        split_from=f"stories/{story.split_from}" if story.split_from else "",
    )


def _most(counter: Mapping[str, int], count: int) -> tuple[str, ...]:
    """Returns the keys counted most, the first by name among equals."""
    return tuple(sorted(counter, key=lambda name: (-counter[name], name))[:count])


def level_of(story: OpenStory) -> Level:
    """Returns the highest level that any monitor gives it."""
    return max((graded.grade.level for graded in story.grades.values()), default=Level.NONE)


def region_of(code: str) -> str:
    """Returns the country or first subdivision that holds a place: CN-44 of CN-44-4403.

    Alerts are routed by it: nobody wants to name every county.
    """
    parts = code.split("-")
    has_region = len(parts) > 1 and len(parts[1]) <= _REGION_LENGTH
    return "-".join(parts[: 1 + has_region])


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
        headline=told_of(story).headline,
        language=story.language,
        exercise=story.exercise,
        merged_into=story.merged_into,
        document_count=story.tally.documents,
        copy_count=story.tally.copies,
        outlet_count=len(story.tally.outlets),
        edits=story.tally.edits,
        withdrawals=story.tally.withdrawn,
        place_code=region_of(places[0].code) if places else "",
        place_names=tuple(place.display_name for place in places),
        category=story.category(),
        sentiment=story.mean_sentiment(),
        conflicts=told_of(story).conflicts,
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
    public, told = story_of(story), told_of(story)
    return {
        **STORIES.to_record(public),
        "_id": story.id,
        "version": story.version + 1,
        "grades": [story.grades[name].to_record() for name in sorted(story.grades)],
        "alerts": [story.alerts[name].to_record() for name in sorted(story.alerts)],
        "timeline": [STORY_EVENTS.to_record(event) for event in story.timeline],
        "told_outlets": list(story.told_outlets),
        # What cannot be counted anew from documents: how rare its words were as they came.
        "length": story.centroid.length,
        "told": _told_record(told),
        # What outlet_records counts: who told of it, the first one first.
        "outlets": [share._asdict() for share in told.outlets],
        "first_outlet": first_outlet(told.outlets, public.outlet_count),
        # Beside what is shown: for orders and searches.
        "level_rank": int(public.level),
        "growth": story.count_since(minute_of(event_now) - 59),
        "grams": story_grams(public),
        "write_time": now,
        "expire_time": now + keep,
    }


def _told_record(told: Told) -> dict[str, Any]:
    return {
        "headline_document": told.headline_document,
        "size": asdict(told.size),
        "retold": asdict(told.retold),
    }


def _told(record: Mapping[str, Any]) -> Told | None:
    """Returns what a stored story told; None: it was stored before that was kept."""
    stored = record.get("told")
    if stored is None:
        return None
    public = public_story(record)
    return Told(
        headline=public.headline,
        headline_document=stored["headline_document"],
        terms=public.terms,
        summary=public.summary,
        is_unconfirmed=public.is_unconfirmed,
        confirmation=public.confirmation,
        conflicts=public.conflicts,
        outlets=tuple(OutletShare(**share) for share in record["outlets"]),
        size=Size(**stored["size"]),
        retold=Size(**stored["retold"]),
    )


def opened(record: Mapping[str, Any]) -> OpenStory:
    """Returns a stored story without its documents, which are added one by one."""
    start: datetime = record["start_time"]
    story = OpenStory(
        record["_id"], record["language"], exercise=record["exercise"], origin=minute_of(start)
    )
    story.version = record["version"]
    story.state = StoryState[record["state"]]
    story.merged_into = record["merged_into"].removeprefix("stories/")
    story.split_from = record.get("split_from", "").removeprefix("stories/")
    story.wave_count = record["wave_count"]
    story.timeline = [STORY_EVENTS.from_record(entry) for entry in record["timeline"]]
    story.told_outlets = dict.fromkeys(record["told_outlets"])
    story.told = _told(record)
    story.related = tuple(map(RELATED_STORIES.from_record, record.get("related", ())))
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
