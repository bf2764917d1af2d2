"""Stories: the list, and one story: what, where, how fast, how serious and why."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from groundswell_console.clients.stories import ORDERS
from groundswell_console.context import attempts, console, page, texts
from groundswell_core.alerts import Alert
from groundswell_core.grades import Level
from groundswell_core.stories import MonitorGrade, SeriesPoint, Story

# The widest step that fits keeps a chart readable.
_STEPS = (1, 2, 5, 10, 30, 60, 180, 360, 1440)  # minutes
_POINTS = 180
_DOCUMENTS = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """A story's grade for one monitor, with the monitor's name and what would move it."""

    grade: MonitorGrade
    display_name: str
    moves: tuple[str, ...]


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


async def index(request: Request) -> Response:
    """Lists stories."""
    asked = request.query_params
    order = asked.get("order", "") if asked.get("order", "") in ORDERS else "level"
    level = asked.get("level", "")
    minimum = Level[level] if level in Level.__members__ else Level.UNSPECIFIED
    monitor, query = asked.get("monitor", "")[:100], asked.get("q", "")[:200].strip()
    peers = console(request).peers
    found = await attempts(
        request,
        stories=peers.stories.find(
            monitor=monitor,
            minimum_level=minimum,
            query=query,
            order=order,
            token=asked.get("page", ""),
        ),
        monitors=peers.monitors.list(),
    )
    chosen = {"order": order, "level": level, "monitor": monitor, "q": query}
    return page(request, "stories/index.html", chosen=chosen, **found)


async def _judged(request: Request, story: Story) -> list[Judged]:
    monitors = console(request).peers.monitors
    shown = await attempts(request, monitors=monitors.list())
    names = (
        {one.name: one.display_name for one in shown["monitors"]}
        if isinstance(shown["monitors"], list)
        else {}
    )
    graded = sorted(story.grades, key=lambda one: -one.grade.score)
    found = await asyncio.gather(
        *(attempts(request, moves=monitors.moves(story.name, one.monitor)) for one in graded[:5])
    )
    return [
        Judged(
            one,
            names.get(one.monitor, one.monitor.rpartition("/")[2]),
            moves["moves"] if isinstance(moves["moves"], tuple) else (),
        )
        for one, moves in zip(graded, found, strict=False)
    ]


def _coverage_of(alerts: Sequence[Alert]) -> Alert | None:
    covered = [alert for alert in alerts if alert.coverage]
    return max(covered, key=lambda alert: alert.version, default=None)


async def show(request: Request) -> Response:
    """Shows a story."""
    peers, name = console(request).peers, f"stories/{request.path_params['id']}"
    story = await peers.stories.get(name)
    found = await attempts(
        request,
        judged=_judged(request, story),
        timeline=peers.stories.timeline(name),
        documents=peers.documents.search(story=name, size=_DOCUMENTS),
        alerts=peers.alerts.list(story=name, size=20),
    )
    alerts = getattr(found["alerts"], "items", ())
    return page(request, "stories/show.html", story=story, covered=_coverage_of(alerts), **found)


async def documents(request: Request) -> Response:
    """Answers more of a story's documents."""
    name = f"stories/{request.path_params['id']}"
    token = request.query_params.get("page", "")
    found = await console(request).peers.documents.search(story=name, size=_DOCUMENTS, token=token)
    return page(request, "stories/_documents.html", documents=found, story_name=name)


def _milliseconds(time: datetime) -> int:
    return int(time.timestamp() * 1000)


async def series(request: Request) -> Response:
    """Answers a story's counts for its chart, with the chart's words."""
    stories, t = console(request).peers.stories, texts(request)
    name = f"stories/{request.path_params['id']}"
    story = await stories.get(name)
    step = step_of(story)
    points = filled(await stories.series(name, step), step)
    events = [entry for entry in await stories.timeline(name) if entry.level]
    has_heat = any(point.heat is not None for point in points)
    return JSONResponse(
        {
            "times": [_milliseconds(point.start_time) for point in points],
            "documents": [point.documents for point in points],
            "copies": [point.copies for point in points],
            "heat": [point.heat for point in points] if has_heat else [],
            "levels": [
                {"time": _milliseconds(entry.time), "level": entry.level.name} for entry in events
            ],
            "step": int(step.total_seconds()),
            "words": {
                "documents": t("chart.documents"),
                "copies": t("chart.copies"),
                "heat": t("chart.heat"),
            },
        }
    )


ROUTES = [
    Route("/stories", index),
    Route("/stories/{id}", show),
    Route("/stories/{id}/documents", documents),
    Route("/stories/{id}/series", series),
]
