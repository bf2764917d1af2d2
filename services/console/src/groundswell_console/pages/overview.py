"""The live overview: alerts, swelling stories, incidents, sources; each panel fails alone."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from groundswell_console.context import console, page, person_of, texts
from groundswell_console.remember import Panel
from groundswell_console.shapes import Sparkline, sparkline
from groundswell_core.alerts import Alert, AlertState
from groundswell_core.analyses import Analysis
from groundswell_core.grades import Level
from groundswell_core.incidents import Incident, IncidentState
from groundswell_core.source_records import Coverage, HealthState, Source, SourceState
from groundswell_core.stories import Story

T = TypeVar("T")
STEP = timedelta(minutes=5)
STEPS = 36
_STORIES = 8
_TROUBLES = (HealthState.UNREACHABLE, HealthState.FAILING, HealthState.SILENT)


@dataclass(frozen=True, slots=True)
class FiringAlerts:
    """The alerts that hold now."""

    alerts: tuple[Alert, ...]
    by_level: dict[Level, int]
    waiting: int  # not yet acknowledged
    is_cut: bool  # there are more than we counted


@dataclass(frozen=True, slots=True)
class Swelling:
    """A story with its line of the last three hours."""

    story: Story
    line: Sparkline


@dataclass(frozen=True, slots=True)
class SourceSummary:
    """How the sources fare."""

    by_state: dict[str, int]
    troubled: list[Source]
    coverage: Coverage
    success_time: datetime | None


@dataclass(frozen=True, slots=True)
class Freshness:
    """How old the newest document is, and how long it took."""

    collect_time: datetime | None
    delay: timedelta | None


def summarise_alerts(alerts: tuple[Alert, ...], *, is_cut: bool) -> FiringAlerts:
    """Returns firing alerts with their counts."""
    levels = Counter(alert.grade.level for alert in alerts if alert.grade)
    waiting = sum(alert.acknowledge_time is None for alert in alerts)
    return FiringAlerts(alerts, dict(levels), waiting, is_cut)


def summarise_sources(sources: list[Source], coverage: Coverage) -> SourceSummary:
    """Returns how sources fare: how many in each state, and which need a person."""
    states: Counter[str] = Counter()
    troubled = []
    times = [source.health.last_success_time for source in sources if source.health]
    for source in sources:
        state = source.health.state if source.health else HealthState.PENDING
        is_paused = source.state is SourceState.PAUSED
        states["paused" if is_paused else state.name.lower()] += 1
        if state in _TROUBLES and not is_paused:
            troubled.append(source)
    known = [time for time in times if time]
    return SourceSummary(dict(states), troubled, coverage, max(known, default=None))


async def _firing(request: Request) -> FiringAlerts:
    found = await console(request).peers.alerts.list(state=AlertState.FIRING, size=500)
    return summarise_alerts(found.items, is_cut=bool(found.next_token))


async def _swelling(request: Request) -> list[Swelling]:
    stories = console(request).peers.stories
    graded, grown = await asyncio.gather(
        stories.find(order="growth", minimum_level=Level.IV, size=_STORIES),
        stories.find(order="growth", size=_STORIES),
    )
    found = graded_first(graded.items, grown.items)
    series = await asyncio.gather(*(stories.series(story.name, STEP) for story in found))
    return [
        Swelling(story, sparkline(points, end_of(story, request.state.now), step=STEP, count=STEPS))
        for story, points in zip(found, series, strict=True)
    ]


def graded_first(graded: Sequence[Story], grown: Sequence[Story]) -> list[Story]:
    """Returns the stories that have a level, then the others, each as they grow."""
    found = {story.name: story for story in (*graded, *grown)}
    return list(found.values())[:_STORIES]


def end_of(story: Story, now: datetime) -> datetime:
    """Returns where a story's line ends: now, or its last document when it was replayed from the past."""
    if story.update_time and not timedelta(0) <= now - story.update_time < STEP * STEPS:
        return story.update_time + STEP
    return now


async def _sources(request: Request) -> SourceSummary:
    sources = console(request).peers.sources
    return summarise_sources(*await asyncio.gather(sources.list(), sources.coverage()))


async def _incidents(request: Request) -> tuple[Incident, ...]:
    peers = console(request).peers
    # Departments are listed for their names, which rows show.
    found, _ = await asyncio.gather(peers.incidents.list(size=20), peers.departments.list())
    return tuple(one for one in found.items if one.state is not IncidentState.CLOSED)[:6]


async def _freshness(request: Request) -> Freshness:
    found = await console(request).peers.documents.search(size=1)
    newest: Analysis | None = next(iter(found.items), None)
    if newest is None or not (newest.document.collect_time and newest.analyze_time):
        return Freshness(None, None)
    collected = newest.document.collect_time
    return Freshness(collected, max(newest.analyze_time - collected, timedelta(0)))


async def _panel(request: Request, name: str, work: Awaitable[T]) -> Panel[T]:
    account = person_of(request).account
    return await console(request).last_good.panel(account, name, work, texts(request))


async def panels(request: Request) -> dict[str, Any]:
    """Returns every panel of the overview, asked for at the same time."""
    works: dict[str, Awaitable[object]] = {
        "alerts": _firing(request),
        "stories": _swelling(request),
        "sources": _sources(request),
        "incidents": _incidents(request),
        "freshness": _freshness(request),
    }
    made = await asyncio.gather(*(_panel(request, name, work) for name, work in works.items()))
    return dict(zip(works, made, strict=True))


async def overview(request: Request) -> Response:
    """Shows the overview."""
    return page(request, "overview.html", **await panels(request))


async def refresh(request: Request) -> Response:
    """Answers the overview's changing part."""
    return page(request, "overview/_panels.html", **await panels(request))


ROUTES = [Route("/", overview), Route("/overview", refresh)]
