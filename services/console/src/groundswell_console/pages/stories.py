"""Stories: the list, and one story: what, where, how fast, how serious and why."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from groundswell_console.clients.monitors import Explained
from groundswell_console.clients.stories import ORDERS
from groundswell_console.context import attempts, console, page
from groundswell_console.described import shown
from groundswell_console.pages import story_figures
from groundswell_core.alerts import Alert
from groundswell_core.grades import Level
from groundswell_core.stories import MonitorGrade, Story

_DOCUMENTS = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """A story's grade for one monitor, with the monitor's name and its explanation."""

    grade: MonitorGrade
    display_name: str
    explained: Explained


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
        *(attempts(request, told=monitors.explain(story.name, one.monitor)) for one in graded[:5])
    )
    return [
        Judged(
            one,
            names.get(one.monitor, one.monitor.rpartition("/")[2]),
            told["told"] if isinstance(told["told"], Explained) else Explained(),
        )
        for one, told in zip(graded, found, strict=False)
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
        description=peers.stories.describe(name),
    )
    alerts = getattr(found["alerts"], "items", ())
    return page(
        request,
        "stories/show.html",
        story=story,
        covered=_coverage_of(alerts),
        **found,
        **shown(found["description"]),
    )


async def documents(request: Request) -> Response:
    """Answers more of a story's documents."""
    name = f"stories/{request.path_params['id']}"
    token = request.query_params.get("page", "")
    found = await console(request).peers.documents.search(story=name, size=_DOCUMENTS, token=token)
    return page(request, "stories/_documents.html", documents=found, story_name=name)


ROUTES = [
    Route("/stories", index),
    Route("/stories/{id}", show),
    Route("/stories/{id}/documents", documents),
    *story_figures.ROUTES,
]
