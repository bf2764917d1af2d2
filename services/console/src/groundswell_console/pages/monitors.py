"""Monitors: list, create and change with query errors at their place, preview, on/shadow/off, delete."""

from __future__ import annotations

import dataclasses
from collections import Counter

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from groundswell_console.context import (
    attempts,
    console,
    form_of,
    go,
    is_partial,
    page,
    person_of,
    texts,
)
from groundswell_console.failures import Failure, explain
from groundswell_console.forms import Form
from groundswell_console.shapes import marked
from groundswell_core.alerts import AlertState
from groundswell_core.errors import (
    AlreadyExists,
    FailedPrecondition,
    GroundswellError,
    InvalidInput,
    PermissionDenied,
)
from groundswell_core.grades import Level
from groundswell_core.monitors import Monitor, MonitorState
from groundswell_core.names import check_id

_REFUSED = (InvalidInput, AlreadyExists, FailedPrecondition, PermissionDenied)


def read_monitor(form: Form, identifier: str) -> Monitor:
    """Returns the monitor of a form; raises InvalidInput naming the field."""
    support = form.number("minimum_support")
    return Monitor(
        name=f"monitors/{identifier}",
        display_name=form.text("display_name", limit=200),
        query=form.text("query", limit=20_000, strip=False),
        languages=form.words("languages"),
        sources=form.many("sources"),
        department=form.text("department"),
        labels=form.pairs("labels"),
        minimum_support=None if support is None else max(int(support), 1),
        alert_level=form.choice("alert_level", Level, Level.IV),
        state=form.choice("state", MonitorState, MonitorState.ON),
        exercise=form.is_ticked("exercise"),
        alarms_per_day=form.number("alarms_per_day"),
        alert_score=form.number("alert_score"),
    )


async def index(request: Request) -> Response:
    """Lists monitors with the number of their firing alerts."""
    peers = console(request).peers
    found = await attempts(
        request,
        monitors=peers.monitors.list(),
        alerts=peers.alerts.list(state=AlertState.FIRING, size=500),
        departments=peers.departments.list(),
    )
    firing = Counter(alert.monitor for alert in getattr(found["alerts"], "items", ()))
    return page(request, "monitors/index.html", firing=firing, **found)


async def _editor(
    request: Request, monitor: Monitor, *, is_new: bool, failure: Failure | None = None
) -> Response:
    peers = console(request).peers
    found = await attempts(
        request,
        departments=peers.departments.list(),
        sources=peers.sources.list(),
        parsed=peers.monitors.parse(monitor.query),
        **({} if is_new else {"backtests": peers.backtests.list(monitor.name)}),
    )
    return page(
        request,
        "monitors/edit.html",
        status=failure.status if failure else 200,
        monitor=monitor,
        is_new=is_new,
        failure=failure,
        pieces=_pieces(monitor.query, found["parsed"]),
        **found,
    )


def _pieces(query: str, parsed: object) -> object:
    return marked(query, getattr(parsed, "errors", ()) if query else ())


async def new(request: Request) -> Response:
    """Shows an empty monitor, or one with a query that another page suggests."""
    asked = request.query_params
    monitor = Monitor(
        name="monitors/",
        display_name=asked.get("name", "")[:200],
        query=asked.get("query", "")[:2000],
        department=person_of(request).department,
        alert_level=Level.IV,
    )
    return await _editor(request, monitor, is_new=True)


async def edit(request: Request) -> Response:
    """Shows a monitor to change."""
    name = f"monitors/{request.path_params['id']}"
    return await _editor(request, await console(request).peers.monitors.get(name), is_new=False)


async def create(request: Request) -> Response:
    """Makes a monitor, or shows the form again with what is wrong."""
    form = form_of(request)
    identifier = form.text("id", limit=80)
    try:
        monitor = read_monitor(form, check_id(identifier))
        await console(request).peers.monitors.create(monitor)
    except _REFUSED as error:
        return await _refused(request, identifier, error, is_new=True)
    return go(request, "/monitors", notice="monitor_created")


async def update(request: Request) -> Response:
    """Changes a monitor, or shows the form again with what is wrong."""
    identifier = request.path_params["id"]
    try:
        monitor = read_monitor(form_of(request), identifier)
        await console(request).peers.monitors.update(monitor)
    except _REFUSED as error:
        return await _refused(request, identifier, error, is_new=False)
    return go(request, "/monitors", notice="monitor_saved")


async def _refused(
    request: Request, identifier: str, error: GroundswellError, *, is_new: bool
) -> Response:
    form = form_of(request)
    typed = Monitor(
        name=f"monitors/{identifier}",
        display_name=form.text("display_name", limit=10_000),
        query=form.text("query", limit=100_000, strip=False),
        languages=form.words("languages"),
        sources=form.many("sources"),
        department=form.text("department"),
        alert_level=form.choice("alert_level", Level, Level.IV),
        state=form.choice("state", MonitorState, MonitorState.ON),
    )
    failure = explain(error, texts(request))
    return await _editor(request, typed, is_new=is_new, failure=failure)


async def set_state(request: Request) -> Response:
    """Switches a monitor on, to shadow or off."""
    name = f"monitors/{request.path_params['id']}"
    monitors = console(request).peers.monitors
    state = form_of(request).choice("state", MonitorState, MonitorState.UNSPECIFIED)
    if state is MonitorState.UNSPECIFIED:
        raise InvalidInput("choose on, shadow or off", reason="BAD_FORM")
    monitor = await monitors.update(dataclasses.replace(await monitors.get(name), state=state))
    if not is_partial(request):
        return go(request, "/monitors", notice="monitor_saved")
    return page(request, "monitors/_state.html", monitor=monitor)


async def delete(request: Request) -> Response:
    """Deletes a monitor; its alerts resolve."""
    await console(request).peers.monitors.delete(f"monitors/{request.path_params['id']}")
    return go(request, "/monitors", notice="monitor_deleted")


async def parse(request: Request) -> Response:
    """Answers a query with its errors underlined."""
    query = form_of(request).text("query", limit=20_000, strip=False)
    found = await attempts(request, parsed=console(request).peers.monitors.parse(query))
    pieces = _pieces(query, found["parsed"])
    return page(request, "monitors/_query.html", pieces=pieces, query=query, **found)


async def preview(request: Request) -> Response:
    """Answers what the monitor of a form would have matched in the last day."""
    monitor = read_monitor(form_of(request), "preview")
    if not monitor.query.strip():
        return page(request, "monitors/_preview.html", is_good=True, preview=None)
    monitors = console(request).peers.monitors
    is_good = not (await monitors.parse(monitor.query)).errors
    found = await attempts(request, preview=monitors.preview(monitor)) if is_good else {}
    return page(request, "monitors/_preview.html", is_good=is_good, **{"preview": None, **found})


ROUTES = [
    Route("/monitors", index),
    Route("/monitors", create, methods=["POST"]),
    Route("/monitors/new", new),
    Route("/monitors/parse", parse, methods=["POST"]),
    Route("/monitors/preview", preview, methods=["POST"]),
    Route("/monitors/{id}", edit),
    Route("/monitors/{id}", update, methods=["POST"]),
    Route("/monitors/{id}/state", set_state, methods=["POST"]),
    Route("/monitors/{id}/delete", delete, methods=["POST"]),
]
