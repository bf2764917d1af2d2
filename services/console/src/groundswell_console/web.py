"""The web server: routes, the ordered list of middleware, uvicorn inside a service's life."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from groundswell_console.context import Console
from groundswell_console.errors import on_bug, on_failure, on_http
from groundswell_console.guard import Guard
from groundswell_console.headers import SecurityHeaders
from groundswell_console.metrics import Timed
from groundswell_console.pages import (
    account,
    accounts,
    alerts,
    backtests,
    documents,
    incidents,
    live,
    monitors,
    overview,
    search,
    sources,
    stories,
)
from groundswell_console.render import STATIC
from groundswell_console.settings import ConsoleSettings
from groundswell_core.errors import GroundswellError, InvalidInput, Unavailable
from groundswell_core.mongo import Database
from groundswell_core.service import Heartbeat

PAGES = (
    overview, stories, search, documents, alerts, incidents, monitors, backtests, sources, account,
    accounts, live,
)  # fmt: skip
_STOP_SECONDS = 5  # for requests that still run at the end


class StaticAssets(StaticFiles):
    """Files of ours only; their address changes with their content, so browsers may keep them."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answers one file."""
        response = await super().get_response(path, scope)
        is_versioned = b"v=" in scope["query_string"] and response.status_code == 200
        age = "public, max-age=31536000, immutable" if is_versioned else "no-cache"
        response.headers["Cache-Control"] = age
        return response


def health_routes(database: Database, heartbeat: Heartbeat) -> list[BaseRoute]:
    """Returns the probes: alive while the loops turn, ready while MongoDB answers."""

    async def healthz(request: Request) -> Response:
        alive = heartbeat.is_alive()
        return PlainTextResponse("ok" if alive else "stalled", 200 if alive else 503)

    async def readyz(request: Request) -> Response:
        try:
            await database.ping()
        except Unavailable:
            return PlainTextResponse("MongoDB does not answer", 503)
        return PlainTextResponse("ok")

    return [Route("/healthz", healthz), Route("/readyz", readyz)]


def build(console: Console, probes: list[BaseRoute]) -> Starlette:
    """Returns the application."""
    routes: list[BaseRoute] = [*probes, Mount("/static", StaticAssets(directory=STATIC))]
    for noun in PAGES:
        routes += noun.ROUTES
    app = Starlette(
        routes=routes,
        middleware=[
            Middleware(Timed),
            Middleware(SecurityHeaders, is_secure=console.settings.is_secure),
            Middleware(Guard, console=console),
        ],
        exception_handlers={
            GroundswellError: on_failure,
            HTTPException: on_http,
            Exception: on_bug,
        },
    )
    app.state.console = console
    return app


class _Server(uvicorn.Server):
    """Leaves signals to the service."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Takes no signal."""
        yield


def listen(settings: ConsoleSettings) -> socket.socket:
    """Returns the listening socket; raises InvalidInput when the port is taken."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((settings.host, settings.port))
    except OSError as error:
        sock.close()
        raise InvalidInput(
            f"cannot listen on {settings.host}:{settings.port}: {error.strerror}; "
            "choose GROUNDSWELL_CONSOLE__HOST and __PORT",
            reason="PORT_TAKEN",
        ) from error
    return sock


async def serve(
    app: Starlette, settings: ConsoleSettings, sock: socket.socket, stopping: asyncio.Event
) -> None:
    """Serves until stopping is set, then lets requests finish."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies or None,
        timeout_graceful_shutdown=_STOP_SECONDS,
        h11_max_incomplete_event_size=32 << 10,
        limit_concurrency=1000,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[sock]))
    stopped = asyncio.create_task(stopping.wait())
    await asyncio.wait((serving, stopped), return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    stopped.cancel()
    await serving
