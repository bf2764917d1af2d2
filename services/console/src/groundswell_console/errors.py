"""Answers to failures: a whole page, or a short message for a script."""

from __future__ import annotations

import uuid
from typing import cast
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from groundswell_console.context import is_partial, page, texts
from groundswell_console.failures import Failure, explain, unexpected
from groundswell_console.headers import HEADERS
from groundswell_core.errors import GroundswellError, NotFound
from groundswell_core.log import get_logger

log = get_logger(__name__)


def failed(request: Request, error: GroundswellError) -> Response:
    """Answers a failure of the tree."""
    failure = explain(error, texts(request))
    log.info("request refused", path=request.url.path, reason=error.reason, status=failure.status)
    return show_failure(request, failure)


def show_failure(request: Request, failure: Failure) -> Response:
    """Answers a failure as a page, or in a header that our script shows as a message."""
    if is_partial(request):
        words = f"{failure.title} {failure.detail or failure.hint}".strip()
        headers = {"X-Message": quote(words[:500])}
        return PlainTextResponse(words, failure.status, headers=headers)
    return page(request, "failure.html", status=failure.status, failure=failure)


async def on_failure(request: Request, error: Exception) -> Response:
    """Handles what a handler raised."""
    return failed(request, cast("GroundswellError", error))


async def on_http(request: Request, error: Exception) -> Response:
    """Handles what the router refused: no such page, no such method."""
    raised = cast("HTTPException", error)
    if raised.status_code == 404 and hasattr(request.state, "texts"):
        return failed(request, NotFound("there is no such page"))
    return PlainTextResponse(raised.detail, raised.status_code, headers=raised.headers)


async def on_bug(request: Request, error: Exception) -> Response:
    """Handles anything else: the person gets an id, the log gets the traceback."""
    identifier = uuid.uuid4().hex[:12]
    log.error("request failed", path=request.url.path, error_id=identifier, exc_info=error)
    if not hasattr(request.state, "texts"):
        return PlainTextResponse(f"internal error {identifier}", 500, headers=HEADERS)
    response = show_failure(request, unexpected(identifier, texts(request)))
    response.headers.update(HEADERS)
    return response
