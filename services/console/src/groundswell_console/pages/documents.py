"""One document with what was learned of it: what citations lead to."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from groundswell_console.context import console, page


async def show(request: Request) -> Response:
    """Shows a document."""
    name = f"documents/{request.path_params['id']}"
    found = await console(request).peers.documents.get(name)
    return page(request, "documents/show.html", found=found, document=found.document)


ROUTES = [Route("/documents/{id}", show)]
