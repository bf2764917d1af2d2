"""The numbers behind a story's charts: counts, what is expected, how it spread; with their words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from groundswell_console.context import attempts, console, texts
from groundswell_console.texts import Texts
from groundswell_core.descriptions import Forecast, Spread, StoryDescription
from groundswell_core.grades import Level
from groundswell_core.stories import SeriesPoint, Story, StoryEvent

# The widest step that fits keeps a chart readable.
_STEPS = (1, 2, 5, 10, 30, 60, 180, 360, 1440)  # minutes
_POINTS = 180
_HOUR = timedelta(hours=1)
_PAST = timedelta(hours=24)
_CARRIED = timedelta(hours=2)  # boards are read now and then; a reading holds so long at most
WORDS = ("documents", "copies", "heat", "expected", "band", "now")
_TURN = timedelta(minutes=15)  # within which every board was read
COUNTS = ("outlets", "first_hand", "copies", "source_kinds", "places", "languages")


def step_of(story: Story) -> timedelta:
    """Returns the width of a chart's point that suits a story's age."""
    if not (story.start_time and story.update_time):
        return timedelta(minutes=1)
    minutes = (story.update_time - story.start_time) / timedelta(minutes=1)
    fitting = (step for step in _STEPS if minutes / step <= _POINTS)
    return timedelta(minutes=next(fitting, _STEPS[-1]))


def filled(points: Sequence[SeriesPoint], step: timedelta) -> list[SeriesPoint]:
    """Returns a series with its zeros, at most 2,000 points."""
    if not points:
        return []
    known = {point.start_time: point for point in points}
    first, last = min(known), max(known)
    count = min(int((last - first) / step) + 1, 2000)
    times = (last - step * back for back in reversed(range(count)))
    return [known.get(time) or SeriesPoint(start_time=time) for time in times]


def carried(points: Sequence[SeriesPoint]) -> list[SeriesPoint]:
    """Returns a series in which a board's heat holds until the next reading, for two hours at most.

    Boards take turns, so for a while the greatest of their readings counts.
    """
    made: list[SeriesPoint] = []
    readings: list[SeriesPoint] = []
    for point in points:
        readings += [point] if point.heat else []
        readings = [one for one in readings if point.start_time - one.start_time <= _CARRIED]
        turn = [one for one in readings if point.start_time - one.start_time < _TURN]
        heats = [one.heat or 0.0 for one in turn or readings[-1:]]
        made.append(replace(point, heat=max(heats, default=None)))
    return made


def _milliseconds(time: datetime) -> int:
    return int(time.timestamp() * 1000)


def _levels(timeline: object) -> list[dict[str, Any]]:
    """Returns when the level changed; that another monitor gives the same one is no change."""
    events: Sequence[StoryEvent] = timeline if isinstance(timeline, list) else ()
    marks: list[dict[str, Any]] = []
    for entry in events:
        is_news = not marks or marks[-1]["level"] != entry.level.name
        if entry.level is not Level.UNSPECIFIED and is_news:
            marks.append({"time": _milliseconds(entry.time), "level": entry.level.name})
    return marks


def _words(t: Texts) -> dict[str, str]:
    return {word: t(f"chart.{word}") for word in WORDS}


def series_figure(points: Sequence[SeriesPoint], levels: object, t: Texts) -> dict[str, Any]:
    """Returns a story's counts for its chart."""
    has_heat = any(point.heat is not None for point in points)
    return {
        "times": [_milliseconds(point.start_time) for point in points],
        "documents": [point.documents for point in points],
        "copies": [point.copies for point in points],
        "heat": [point.heat for point in points] if has_heat else [],
        "levels": levels,
        "words": _words(t),
    }


def forecast_figure(
    forecast: Forecast, hours: Sequence[SeriesPoint], levels: object, t: Texts
) -> dict[str, Any]:
    """Returns the last day by hours, and what is expected of the next one."""
    start = forecast.forecast_time - _PAST
    past = [point for point in hours if point.start_time >= start]
    return {
        "times": [_milliseconds(point.start_time) for point in past],
        "documents": [point.documents for point in past],
        "copies": [point.copies for point in past],
        "now": _milliseconds(forecast.forecast_time),
        "points": [
            [_milliseconds(one.start_time), one.expected, one.low, one.high]
            for one in forecast.points
        ],
        "levels": levels,
        "words": _words(t),
    }


def spread_figure(spread: Spread, t: Texts) -> dict[str, Any]:
    """Returns how a story spread, each count so far."""
    return {
        "times": [_milliseconds(point.end_time) for point in spread.points],
        "lines": [
            {
                "key": key,
                "name": t(f"spread.{key}"),
                "values": [getattr(point, key) for point in spread.points],
            }
            for key in COUNTS
        ],
    }


async def figures(request: Request) -> Response:
    """Answers the numbers of all charts of a story."""
    stories, t = console(request).peers.stories, texts(request)
    name = f"stories/{request.path_params['id']}"
    story = await stories.get(name)
    step = step_of(story)
    points = carried(filled(await stories.series(name, step), step))
    found = await attempts(
        request,
        timeline=stories.timeline(name),
        description=stories.describe(name),
        hours=stories.series(name, _HOUR),
    )
    levels = _levels(found["timeline"])
    made: dict[str, Any] = {"series": series_figure(points, levels, t)}
    described = found["description"]
    if isinstance(described, StoryDescription):
        if described.forecast and isinstance(found["hours"], list):
            made["forecast"] = forecast_figure(described.forecast, found["hours"], levels, t)
        if described.spread:
            made["spread"] = spread_figure(described.spread, t)
    return JSONResponse(made)


ROUTES = [Route("/stories/{id}/figures", figures)]
