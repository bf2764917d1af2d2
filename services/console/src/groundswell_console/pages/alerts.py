"""Alerts: the list, one alert with proof of delivery, acknowledging."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from groundswell_console.context import attempts, console, form_of, go, is_partial, page
from groundswell_console.shapes import local_path
from groundswell_core.alerts import Alert, AlertState
from groundswell_core.grades import Level

# The way of an alert through the services: each delay that people see is between two of these.
WAY = (
    "publish_time",
    "collect_time",
    "analyze_time",
    "story_time",
    "grade_time",
    "notify_time",
    "acknowledge_time",
)


async def index(request: Request) -> Response:
    """Lists alerts."""
    asked = request.query_params
    state, level = asked.get("state", "FIRING"), asked.get("level", "")
    monitor = asked.get("monitor", "")[:100]
    peers = console(request).peers
    found = await attempts(
        request,
        alerts=peers.alerts.list(
            state=AlertState[state] if state in AlertState.__members__ else AlertState.UNSPECIFIED,
            minimum_level=Level[level] if level in Level.__members__ else Level.UNSPECIFIED,
            monitor=monitor,
            token=asked.get("page", ""),
        ),
        monitors=peers.monitors.list(),
    )
    chosen = {"state": state, "level": level, "monitor": monitor}
    template = "alerts/_list.html" if is_partial(request) else "alerts/index.html"
    return page(request, template, chosen=chosen, **found)


def way(alert: Alert) -> list[tuple[str, object, object]]:
    """Returns the steps that an alert has taken: name, time, and the time since the step before."""
    steps: list[tuple[str, object, object]] = []
    before = None
    for name in WAY:
        time = getattr(alert, name)
        if time is not None:
            steps.append((name, time, time - before if before and time >= before else None))
            before = time
    return steps


async def show(request: Request) -> Response:
    """Shows an alert."""
    peers, name = console(request).peers, f"alerts/{request.path_params['id']}"
    alert = await peers.alerts.get(name)
    found = await attempts(request, notifications=peers.alerts.notifications(name))
    return page(request, "alerts/show.html", alert=alert, way=way(alert), **found)


async def acknowledge(request: Request) -> Response:
    """Records that the person took note; a script gets the alert's row back."""
    form, name = form_of(request), f"alerts/{request.path_params['id']}"
    alert = await console(request).peers.alerts.acknowledge(name, form.text("comment"))
    if is_partial(request):
        return page(request, "alerts/_row.html", alert=alert)
    back = local_path(form.text("next")) if form.text("next") else f"/{name}"
    return go(request, back, notice="acknowledged")


ROUTES = [
    Route("/alerts", index),
    Route("/alerts/{id}", show),
    Route("/alerts/{id}/acknowledge", acknowledge, methods=["POST"]),
]
