"""Sources: list with health and cure, one source, add with a dry run, pause, resume, delete."""

from __future__ import annotations

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from groundswell_console.clients.sources import Kind
from groundswell_console.clients.wanted import Wanted
from groundswell_console.config_fields import inputs, read_config
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
from groundswell_core.errors import (
    AlreadyExists,
    FailedPrecondition,
    GroundswellError,
    InvalidInput,
    PermissionDenied,
)
from groundswell_core.names import check_id
from groundswell_core.source_records import HealthState, Source, SourceState

_REFUSED = (InvalidInput, AlreadyExists, FailedPrecondition, PermissionDenied)
# Those that need a person stand first.
_URGENCY = {
    HealthState.FAILING: 0,
    HealthState.UNREACHABLE: 1,
    HealthState.SILENT: 2,
    HealthState.PENDING: 3,
    HealthState.HEALTHY: 4,
}


def read_source(form: Form, identifier: str, kind: Kind) -> Source:
    """Returns the source of a form; raises InvalidInput naming the field."""
    minutes, weight = form.number("interval_minutes"), form.number("weight")
    return Source(
        name=f"sources/{identifier}",
        display_name=form.text("display_name", limit=200),
        kind=kind.kind,
        config=read_config(form, kind),
        interval=timedelta(minutes=minutes) if minutes else None,
        language=form.text("language", limit=35),
        region=form.text("region", limit=10),
        department=form.text("department"),
        weight=weight,
        exercise=form.is_ticked("exercise"),
    )


def urgency(source: Source) -> tuple[int, str]:
    """Returns where a source stands in the list: troubled ones first, paused ones last."""
    state = source.health.state if source.health else HealthState.PENDING
    rank = 9 if source.state is SourceState.PAUSED else _URGENCY.get(state, 3)
    return rank, source.display_name


async def index(request: Request) -> Response:
    """Lists sources."""
    sources = console(request).peers.sources
    found = await attempts(request, sources=sources.list(), coverage=sources.coverage())
    if isinstance(found["sources"], list):
        found["sources"].sort(key=urgency)
    template = "sources/_list.html" if is_partial(request) else "sources/index.html"
    return page(request, template, **found)


async def show(request: Request) -> Response:
    """Shows a source."""
    peers, name = console(request).peers, f"sources/{request.path_params['id']}"
    source = await peers.sources.get(name)
    found = await attempts(
        request,
        documents=peers.documents.search(Wanted(source=name), size=20),
        departments=peers.departments.list(),
    )
    return page(request, "sources/show.html", source=source, **found)


async def _kind(request: Request, name: str) -> Kind | None:
    kinds = await console(request).peers.sources.kinds()
    return next((kind for kind in kinds if kind.kind == name), None)


async def _editor(
    request: Request,
    source: Source,
    kind: Kind,
    *,
    is_new: bool,
    failure: Failure | None = None,
) -> Response:
    found = await attempts(request, departments=console(request).peers.departments.list())
    return page(
        request,
        "sources/edit.html",
        status=failure.status if failure else 200,
        source=source,
        kind=kind,
        inputs=inputs(kind, source.config),
        is_new=is_new,
        failure=failure,
        **found,
    )


async def new(request: Request) -> Response:
    """Shows the kinds to choose from, then the form of the chosen one."""
    kind = await _kind(request, request.query_params.get("kind", ""))
    if kind is None:
        found = await attempts(request, kinds=console(request).peers.sources.kinds())
        return page(request, "sources/kinds.html", **found)
    source = Source(name="sources/", kind=kind.kind, department=person_of(request).department)
    return await _editor(request, source, kind, is_new=True)


async def edit(request: Request) -> Response:
    """Shows a source to change."""
    source = await console(request).peers.sources.get(f"sources/{request.path_params['id']}")
    kind = await _kind(request, source.kind) or Kind(source.kind, "", "", "", ())
    return await _editor(request, source, kind, is_new=False)


async def _read_kind(request: Request) -> Kind:
    kind = await _kind(request, form_of(request).text("kind"))
    if kind is None:
        raise InvalidInput("this kind of source is not installed", reason="NO_KIND")
    return kind


async def create(request: Request) -> Response:
    """Makes a source, or shows the form again with what is wrong."""
    kind, form = await _read_kind(request), form_of(request)
    identifier = form.text("id", limit=80)
    try:
        source = read_source(form, check_id(identifier), kind)
        made = await console(request).peers.sources.create(source)
    except _REFUSED as error:
        return await _refused(request, identifier, kind, error, is_new=True)
    return go(request, f"/{made.name}", notice="source_created")


async def update(request: Request) -> Response:
    """Changes a source, or shows the form again with what is wrong."""
    kind, identifier = await _read_kind(request), request.path_params["id"]
    try:
        source = read_source(form_of(request), identifier, kind)
        made = await console(request).peers.sources.update(source)
    except _REFUSED as error:
        return await _refused(request, identifier, kind, error, is_new=False)
    return go(request, f"/{made.name}", notice="source_saved")


async def _refused(
    request: Request, identifier: str, kind: Kind, error: GroundswellError, *, is_new: bool
) -> Response:
    form = form_of(request)
    typed = {field.name: form.text(f"config.{field.name}", limit=100_000) for field in kind.fields}
    source = Source(
        name=f"sources/{identifier}",
        display_name=form.text("display_name", limit=10_000),
        kind=kind.kind,
        config={name: value for name, value in typed.items() if value},
        language=form.text("language"),
        region=form.text("region"),
        department=form.text("department"),
    )
    failure = explain(error, texts(request))
    return await _editor(request, source, kind, is_new=is_new, failure=failure)


async def check(request: Request) -> Response:
    """Answers what a source would give, reading it once and storing nothing."""
    kind = await _read_kind(request)
    source = read_source(form_of(request), "check", kind)
    found = await attempts(request, check=console(request).peers.sources.check(source))
    return page(request, "sources/_check.html", **found)


async def _switched(request: Request, source: Source) -> Response:
    if is_partial(request):
        return page(request, "sources/_row.html", source=source)
    return go(request, "/sources", notice="source_saved")


async def pause(request: Request) -> Response:
    """Stops reading a source."""
    name = f"sources/{request.path_params['id']}"
    return await _switched(request, await console(request).peers.sources.pause(name))


async def resume(request: Request) -> Response:
    """Reads a source again."""
    name = f"sources/{request.path_params['id']}"
    return await _switched(request, await console(request).peers.sources.resume(name))


async def delete(request: Request) -> Response:
    """Deletes a source; its documents stay."""
    await console(request).peers.sources.delete(f"sources/{request.path_params['id']}")
    return go(request, "/sources", notice="source_deleted")


ROUTES = [
    Route("/sources", index),
    Route("/sources", create, methods=["POST"]),
    Route("/sources/new", new),
    Route("/sources/check", check, methods=["POST"]),
    Route("/sources/{id}", show),
    Route("/sources/{id}", update, methods=["POST"]),
    Route("/sources/{id}/edit", edit),
    Route("/sources/{id}/pause", pause, methods=["POST"]),
    Route("/sources/{id}/resume", resume, methods=["POST"]),
    Route("/sources/{id}/delete", delete, methods=["POST"]),
]
