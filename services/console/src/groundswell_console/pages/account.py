"""Logging in and out, one's own password, language, theme and time zone; about."""

from __future__ import annotations

import platform
import secrets
from importlib.metadata import version

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from groundswell_console.accounts import FIRST_ACCOUNT
from groundswell_console.context import attempts, console, form_of, go, page, person_of, texts
from groundswell_console.failures import Failure, explain
from groundswell_console.render import THEMES, ZONES
from groundswell_console.shapes import local_path
from groundswell_console.texts import LANGUAGES
from groundswell_core.errors import Exhausted, InvalidInput, Unauthenticated
from groundswell_core.log import get_logger

log = get_logger(__name__)
_SHOWN = ("groundswell-console", "groundswell-core", "groundswell-protos", "starlette", "uvicorn")


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _login_page(request: Request, *, name: str = "", failure: Failure | None = None) -> Response:
    state, parts = request.state, console(request)
    visitor = state.visitor or secrets.token_urlsafe(24)
    if not state.visitor:
        state.csrf = parts.sessions.csrf_token(visitor)
    wanted = request.query_params.get("next", "") or "/"
    response = page(
        request,
        "login.html",
        status=failure.status if failure else 200,
        name=name,
        failure=failure,
        wanted=local_path(wanted),
        is_risky=parts.settings.is_open_to_others,
    )
    parts.cookies.set(response, "visitor", visitor)
    return response


async def login_page(request: Request) -> Response:
    """Shows the log-in."""
    if request.state.person:
        return RedirectResponse(local_path(request.query_params.get("next", "/")), 303)
    return _login_page(request)


async def log_in(request: Request) -> Response:
    """Opens a session, always a new one, after too many failures none."""
    parts, form = console(request), form_of(request)
    name, address = form.text("name", limit=200).lower(), _address(request)
    try:
        parts.failed_logins.check(name, address)
        account = await parts.accounts.log_in(name, form.secret("password"))
    except (Exhausted, Unauthenticated) as error:
        if isinstance(error, Unauthenticated):
            parts.failed_logins.add(name, address)
        log.info("log-in refused", reason=error.reason)
        return _login_page(request, name=name, failure=explain(error, texts(request)))
    parts.failed_logins.forget(name, address)
    if request.state.token:
        await parts.sessions.end(request.state.token)
    token = await parts.sessions.open(account.name)
    log.info("logged in", account=account.name)
    response = go(request, local_path(form.text("next") or "/"))
    parts.cookies.set_session(response, token, lifetime=parts.settings.session_lifetime)
    parts.cookies.drop(response, "visitor")
    return response


async def log_out(request: Request) -> Response:
    """Ends the session."""
    parts = console(request)
    await parts.sessions.end(request.state.token)
    response = go(request, "/login", notice="logged_out")
    parts.cookies.drop(response, "session")
    return response


async def account(request: Request) -> Response:
    """Shows one's own account."""
    parts = console(request)
    found = await parts.accounts.get(person_of(request).account)
    listed = await attempts(request, departments=parts.peers.departments.list())
    return page(request, "account/index.html", account=found, **listed)


async def password_page(request: Request) -> Response:
    """Shows the form for a new password."""
    return page(request, "account/password.html", failure=None)


async def change_password(request: Request) -> Response:
    """Sets a new password, ends every session and opens a fresh one."""
    parts, form, person = console(request), form_of(request), person_of(request)
    try:
        parts.failed_logins.check(person.account, _address(request))
        _check_same(form.secret("new"), form.secret("again"))
        await parts.accounts.change_password(person.account, form.secret("old"), form.secret("new"))
    except (Exhausted, InvalidInput) as error:
        if error.reason == "BAD_OLD_PASSWORD":
            parts.failed_logins.add(person.account, _address(request))
        failure = explain(error, texts(request))
        return page(request, "account/password.html", status=failure.status, failure=failure)
    await parts.sessions.end_all(person.account)
    _forget_first_password(request)
    response = go(request, "/", notice="password_changed")
    token = await parts.sessions.open(person.account)
    parts.cookies.set_session(response, token, lifetime=parts.settings.session_lifetime)
    return response


def _check_same(new: str, again: str) -> None:
    if new != again:
        raise InvalidInput("the two new passwords differ", reason="PASSWORDS_DIFFER")


def _forget_first_password(request: Request) -> None:
    file = console(request).settings.first_password_file
    if person_of(request).account == FIRST_ACCOUNT and file is not None:
        file.unlink(missing_ok=True)


async def preferences(request: Request) -> Response:
    """Remembers language, theme or time zone in this browser."""
    form, cookies = form_of(request), console(request).cookies
    response = go(request, local_path(form.text("next", limit=2000) or "/"))
    for purpose, known in (("language", LANGUAGES), ("theme", THEMES), ("zone", ZONES)):
        value = form.text(purpose)
        if purpose in form.names and value in known:
            cookies.set_preference(response, purpose, value)
    return response


async def about(request: Request) -> Response:
    """Shows versions, and whether the services answer."""
    parts = console(request)
    versions = {name: version(name) for name in _SHOWN}
    versions["Python"] = platform.python_version()
    return page(
        request,
        "account/about.html",
        versions=versions,
        peers=list(parts.peers.by_name.values()),
        hub=parts.hub,
    )


ROUTES = [
    Route("/login", login_page),
    Route("/login", log_in, methods=["POST"]),
    Route("/logout", log_out, methods=["POST"]),
    Route("/account", account),
    Route("/account/password", password_page),
    Route("/account/password", change_password, methods=["POST"]),
    Route("/preferences", preferences, methods=["POST"]),
    Route("/about", about),
]
