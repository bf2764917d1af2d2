"""What every request handler has at hand."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, TypeVar, cast
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from groundswell_console.accounts import Accounts
from groundswell_console.attempts import FailedLogins
from groundswell_console.cookies import Cookies
from groundswell_console.failures import Failure, explain
from groundswell_console.forms import Form
from groundswell_console.live import Hub
from groundswell_console.peers import Peers
from groundswell_console.person import Person
from groundswell_console.remember import LastGood
from groundswell_console.render import Renderer
from groundswell_console.sessions import Sessions
from groundswell_console.settings import ConsoleSettings
from groundswell_console.texts import Texts
from groundswell_core.clock import Clock
from groundswell_core.errors import GroundswellError, Unauthenticated

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """The parts of the console, wired in app.py."""

    settings: ConsoleSettings
    peers: Peers
    accounts: Accounts
    sessions: Sessions
    failed_logins: FailedLogins
    hub: Hub
    last_good: LastGood
    renderer: Renderer
    cookies: Cookies
    clock: Clock
    stopping: asyncio.Event


def console(request: Request) -> Console:
    """Returns the console's parts."""
    return cast("Console", request.app.state.console)


def texts(request: Request) -> Texts:
    """Returns the catalogue of the request's language."""
    return cast("Texts", request.state.texts)


def form_of(request: Request) -> Form:
    """Returns the form that the guard has read and found genuine."""
    return cast("Form", request.state.form)


def person_of(request: Request) -> Person:
    """Returns who is logged in."""
    person: Person | None = request.state.person
    if person is None:
        raise Unauthenticated("log in first", reason="NO_SESSION")
    return person


def is_partial(request: Request) -> bool:
    """Tells whether a script asks for a piece of a page."""
    return request.headers.get("HX-Request") == "true"


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """Returns a page, or a fragment of one."""
    parts = console(request)
    values["department"] = parts.peers.departments.shown
    response = parts.renderer.page(request, template, status=status, **values)
    if request.state.notice and not is_partial(request):
        parts.cookies.drop(response, "notice")
    return response


def go(request: Request, path: str, *, notice: str = "") -> Response:
    """Sends the browser to another page, which then shows a notice of the catalogue."""
    if is_partial(request):
        response = Response(status_code=200, headers={"HX-Redirect": quote(path, safe="/?=&%#")})
    else:
        response = RedirectResponse(path, status_code=303)
    if notice:
        console(request).cookies.set_notice(response, notice)
    return response


async def attempt(request: Request, work: Awaitable[T]) -> T | Failure:
    """Returns what work returns, or its failure in the person's language: for panels that fail alone."""
    try:
        return await work
    except GroundswellError as error:
        return explain(error, texts(request))


async def attempts(request: Request, **works: Awaitable[Any]) -> dict[str, Any]:
    """Does several things at once, each failing alone; returns the results by name."""
    results = await asyncio.gather(*(attempt(request, work) for work in works.values()))
    return dict(zip(works, results, strict=True))
