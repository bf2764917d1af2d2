"""What the console measures of itself."""

from __future__ import annotations

import time

from prometheus_client import Gauge, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REQUEST_SECONDS = Histogram(
    "groundswell_console_request_seconds",
    "Time until a page begins to be sent.",
    ["page", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
STREAMS = Gauge("groundswell_console_streams", "Open pages that follow live changes.")


class Timed:
    """Measures each request by the function that answered it."""

    def __init__(self, app: ASGIApp) -> None:
        """Takes what it measures."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one connection."""
        started = time.monotonic()

        async def measure(message: Message) -> None:
            if message["type"] == "http.response.start":
                seconds = time.monotonic() - started
                REQUEST_SECONDS.labels(_page(scope), message["status"]).observe(seconds)
            await send(message)

        await self._app(scope, receive, measure if scope["type"] == "http" else send)


def _page(scope: Scope) -> str:
    """Returns the module and name of the function that answers: a closed set."""
    endpoint = scope.get("endpoint")
    module = getattr(endpoint, "__module__", "none").rpartition(".")[2]
    return f"{module}.{getattr(endpoint, '__name__', type(endpoint).__name__)}"
