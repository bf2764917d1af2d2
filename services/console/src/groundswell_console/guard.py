"""Every request's person, language and look; and nothing changes but by a form of our own."""

from __future__ import annotations

from http.cookies import CookieError
from urllib.parse import quote

from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from groundswell_console.context import Console, is_partial
from groundswell_console.errors import failed
from groundswell_console.forms import parse_form
from groundswell_console.person import set_person
from groundswell_console.render import THEMES, ZONES
from groundswell_console.texts import choose_language, texts_of
from groundswell_core.errors import GroundswellError, InvalidInput, PermissionDenied

MAXIMUM_BODY = 256 << 10  # bytes
SAFE = ("GET", "HEAD", "OPTIONS")
OPEN = ("/healthz", "/readyz", "/static/", "/login", "/preferences")  # need no log-in
PASSWORD_PAGE = "/account/password"  # noqa: S105 - a path


def is_open(path: str) -> bool:
    """Tells whether a path needs no log-in."""
    return any(path.startswith(one) if one.endswith("/") else path == one for one in OPEN)


class Guard:
    """Finds the person, then refuses what is not theirs to do; handlers behind it can trust both."""

    def __init__(self, app: ASGIApp, *, console: Console) -> None:
        """Takes the console's parts."""
        self._app = app
        self._console = console

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one connection."""
        if scope["type"] != "http" or scope["path"].startswith("/static/"):
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        self._prepare(request)
        try:
            refusal = await self._check(request)
        except ClientDisconnect:
            return
        except GroundswellError as error:
            refusal = failed(request, error)
        await (refusal or self._app)(scope, receive, send)

    def _prepare(self, request: Request) -> None:
        cookies, state = _cookies(request, self._console), request.state
        accepted = request.headers.get("Accept-Language", "")
        state.texts = texts_of(choose_language(cookies.get("language", ""), accepted))
        state.theme = cookies["theme"] if cookies.get("theme") in THEMES else "auto"
        state.zone = cookies["zone"] if cookies.get("zone") in ZONES else ""
        state.notice = cookies.get("notice", "")
        state.token = cookies.get("session", "")
        state.visitor = cookies.get("visitor", "")
        state.csrf = self._console.sessions.csrf_token(state.token or state.visitor)
        state.now = self._console.clock.now()
        state.person = None
        set_person(None)

    async def _check(self, request: Request) -> Response | None:
        path = request.url.path
        if path in ("/healthz", "/readyz"):
            return None
        await self._find_person(request)
        person = request.state.person
        is_changing = request.method not in SAFE
        if is_changing:
            self._check_origin(request)
        if person is None and not is_open(path):
            return _to_login(request)
        if is_changing:
            await self._read_form(request)
        if person is None:
            return None
        needs_password = person.must_change_password and not is_open(path)
        if needs_password and path not in (PASSWORD_PAGE, "/logout"):
            return _to(request, PASSWORD_PAGE)
        return None

    async def _find_person(self, request: Request) -> None:
        state, console = request.state, self._console
        session = await console.sessions.find(state.token)
        account = await console.accounts.find(session.account) if session else None
        if session is None or account is None:
            state.token = ""
            state.csrf = console.sessions.csrf_token(state.visitor)
            return
        state.person = account.person
        set_person(account.person)
        # What a page fetches by itself is no use by a person.
        if not is_partial(request) or request.method not in SAFE:
            await console.sessions.use(state.token, session)

    def _check_origin(self, request: Request) -> None:
        expected = self._console.settings.origin or f"{request.url.scheme}://{request.url.netloc}"
        origin = request.headers.get("Origin")
        fetched_from = request.headers.get("Sec-Fetch-Site", "same-origin" if origin else "")
        if (origin is not None and origin != expected) or fetched_from != "same-origin":
            raise PermissionDenied("the request comes from another site", reason="BAD_ORIGIN")

    async def _read_form(self, request: Request) -> None:
        if int(request.headers.get("Content-Length", "0") or 0) > MAXIMUM_BODY:
            raise InvalidInput("the form is too large", reason="BAD_FORM")
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAXIMUM_BODY:
                raise InvalidInput("the form is too large", reason="BAD_FORM")
        form = parse_form(body)
        given = request.headers.get("X-CSRF-Token") or form.text("csrf")
        state = request.state
        if not self._console.sessions.is_csrf_token(state.token or state.visitor, given):
            raise PermissionDenied("the form is too old or not ours", reason="BAD_ORIGIN")
        state.form = form


def _cookies(request: Request, console: Console) -> dict[str, str]:
    try:
        sent = request.cookies
    except CookieError:
        return {}
    purposes = ("session", "visitor", "language", "theme", "zone", "notice")
    names = {console.cookies.name(purpose): purpose for purpose in purposes}
    return {names[name]: value for name, value in sent.items() if name in names}


def _to_login(request: Request) -> Response:
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    wanted = here if request.method in SAFE and not is_partial(request) else "/"
    target = "/login" if wanted == "/" else f"/login?next={quote(wanted, safe='')}"
    return _to(request, target)


def _to(request: Request, path: str) -> Response:
    if is_partial(request) or request.url.path == "/live":
        return Response(status_code=401, headers={"HX-Redirect": path})
    return RedirectResponse(path, status_code=303)
