"""Incidents: list, one with its timeline, open by hand, acknowledge, note, close, open again."""

from __future__ import annotations

import secrets
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from groundswell_console.context import attempts, console, form_of, go, page, person_of, texts
from groundswell_console.failures import Failure, explain
from groundswell_core.errors import GroundswellError, InvalidInput
from groundswell_core.grades import Level
from groundswell_core.incidents import CloseReason, Incident, IncidentState

_NAMES = 120  # characters of a headline that become the incident's name


async def index(request: Request) -> Response:
    """Lists incidents."""
    asked = request.query_params
    state, department = asked.get("state", ""), asked.get("department", "")[:100]
    peers = console(request).peers
    found = await attempts(
        request,
        incidents=peers.incidents.list(
            state=IncidentState.__members__.get(state, IncidentState.UNSPECIFIED),
            department=department,
            token=asked.get("page", ""),
        ),
        departments=peers.departments.list(),
    )
    chosen = {"state": state, "department": department}
    return page(request, "incidents/index.html", chosen=chosen, **found)


async def show(request: Request) -> Response:
    """Shows an incident."""
    peers, name = console(request).peers, f"incidents/{request.path_params['id']}"
    incident = await peers.incidents.get(name)
    linked: dict[str, Any] = {
        f"story{i}": peers.stories.get(one) for i, one in enumerate(incident.stories[:10])
    }
    linked |= {f"alert{i}": peers.alerts.get(one) for i, one in enumerate(incident.alerts[:10])}
    found = await attempts(request, departments=peers.departments.list(), **linked)
    return page(
        request,
        "incidents/show.html",
        incident=incident,
        departments=found.pop("departments"),
        stories=[value for key, value in found.items() if key.startswith("story")],
        alerts=[value for key, value in found.items() if key.startswith("alert")],
        request_id=secrets.token_hex(16),
    )


async def new(request: Request) -> Response:
    """Shows the form of a new incident, filled from a story or an alert."""
    asked, peers = request.query_params, console(request).peers
    story, alert = asked.get("story", ""), asked.get("alert", "")
    draft = Incident(name="", level=Level.NONE, department=person_of(request).department)
    if alert:
        found = await peers.alerts.get(alert)
        draft = _draft(found.headline, found.grade.level if found.grade else Level.NONE, draft)
        story = story or found.story
    elif story:
        told = await peers.stories.get(story)
        draft = _draft(told.headline, told.level, draft)
    return await _form(request, draft, stories=story, alerts=alert)


def _draft(headline: str, level: Level, empty: Incident) -> Incident:
    return Incident(
        name="", display_name=headline[:_NAMES], level=level, department=empty.department
    )


async def _form(
    request: Request,
    draft: Incident,
    *,
    stories: str,
    alerts: str,
    request_id: str = "",
    failure: Failure | None = None,
) -> Response:
    found = await attempts(request, departments=console(request).peers.departments.list())
    return page(
        request,
        "incidents/new.html",
        status=failure.status if failure else 200,
        draft=draft,
        stories=stories,
        alerts=alerts,
        failure=failure,
        request_id=request_id or secrets.token_hex(16),
        **found,
    )


async def create(request: Request) -> Response:
    """Opens an incident; sending the form twice opens one."""
    form = form_of(request)
    draft = Incident(
        name="",
        display_name=form.text("display_name", limit=300),
        department=form.text("department"),
        level=form.choice("level", Level, Level.NONE),
        stories=form.words("stories"),
        alerts=form.words("alerts"),
    )
    request_id = form.text("request_id", limit=64)
    try:
        if not draft.display_name:
            raise InvalidInput("give the incident a name", reason="NO_NAME")
        made = await console(request).peers.incidents.create(
            draft, note=form.text("note", limit=4000), request_id=request_id
        )
    except GroundswellError as error:
        failure = explain(error, texts(request))
        return await _form(
            request,
            draft,
            stories=" ".join(draft.stories),
            alerts=" ".join(draft.alerts),
            request_id=request_id,
            failure=failure,
        )
    return go(request, f"/{made.name}", notice="incident_opened")


def _asked(request: Request) -> tuple[str, int]:
    version = form_of(request).number("version")
    return f"incidents/{request.path_params['id']}", int(version or 0)


async def acknowledge(request: Request) -> Response:
    """Takes note of an incident."""
    name, version = _asked(request)
    await console(request).peers.incidents.acknowledge(name, version)
    return go(request, f"/{name}", notice="acknowledged")


async def note(request: Request) -> Response:
    """Adds a note."""
    name, _ = _asked(request)
    form = form_of(request)
    text = form.text("text", limit=4000)
    if not text:
        raise InvalidInput("the note is empty", reason="NO_TEXT")
    await console(request).peers.incidents.add_note(name, text, form.text("request_id", limit=64))
    return go(request, f"/{name}#timeline", notice="note_added")


async def close(request: Request) -> Response:
    """Closes an incident with a reason."""
    name, version = _asked(request)
    form = form_of(request)
    reason = form.choice("reason", CloseReason, CloseReason.UNSPECIFIED)
    if reason is CloseReason.UNSPECIFIED:
        raise InvalidInput("choose why it is closed", reason="NO_CLOSE_REASON")
    incidents = console(request).peers.incidents
    await incidents.close(name, reason, form.text("note", limit=4000), version)
    return go(request, f"/{name}", notice="incident_closed")


async def reopen(request: Request) -> Response:
    """Opens a closed incident again."""
    name, version = _asked(request)
    text = form_of(request).text("note", limit=4000)
    await console(request).peers.incidents.reopen(name, text, version)
    return go(request, f"/{name}", notice="incident_reopened")


ROUTES = [
    Route("/incidents", index),
    Route("/incidents", create, methods=["POST"]),
    Route("/incidents/new", new),
    Route("/incidents/{id}", show),
    Route("/incidents/{id}/acknowledge", acknowledge, methods=["POST"]),
    Route("/incidents/{id}/note", note, methods=["POST"]),
    Route("/incidents/{id}/close", close, methods=["POST"]),
    Route("/incidents/{id}/reopen", reopen, methods=["POST"]),
]
