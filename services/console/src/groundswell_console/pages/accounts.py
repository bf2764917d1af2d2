"""Accounts: who may log in; for administrators."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from groundswell_console.accounts import ROLES, Account
from groundswell_console.context import attempts, console, form_of, go, page, person_of, texts
from groundswell_console.failures import Failure, explain
from groundswell_console.person import need_admin
from groundswell_core.errors import AlreadyExists, InvalidInput
from groundswell_core.tokens import Role


async def _list(
    request: Request,
    *,
    failure: Failure | None = None,
    one_time: tuple[str, str] | None = None,
    typed: Account | None = None,
) -> Response:
    need_admin(person_of(request))
    parts = console(request)
    found = await attempts(request, departments=parts.peers.departments.list())
    return page(
        request,
        "accounts/index.html",
        status=failure.status if failure else 200,
        accounts=await parts.accounts.list(),
        roles=ROLES,
        failure=failure,
        one_time=one_time,
        typed=typed or Account(name="", display_name="", role=Role.DUTY_OFFICER),
        **found,
    )


async def index(request: Request) -> Response:
    """Lists accounts."""
    return await _list(request)


async def create(request: Request) -> Response:
    """Makes an account and shows its one-time password once."""
    need_admin(person_of(request))
    form = form_of(request)
    typed = Account(
        name=form.text("name", limit=200).lower(),
        display_name=form.text("display_name", limit=100),
        role=form.choice("role", Role, Role.VIEWER),
        department=form.text("department"),
    )
    try:
        password = await console(request).accounts.create(typed)
    except (AlreadyExists, InvalidInput) as error:
        return await _list(request, failure=explain(error, texts(request)), typed=typed)
    return await _list(request, one_time=(typed.name, password))


async def reset(request: Request) -> Response:
    """Gives an account a new one-time password, shown once, and ends its sessions."""
    need_admin(person_of(request))
    parts, name = console(request), request.path_params["name"]
    password = await parts.accounts.reset_password(name)
    await parts.sessions.end_all(name)
    return await _list(request, one_time=(name, password))


async def set_disabled(request: Request) -> Response:
    """Lets an account log in, or not; a disabled one loses its sessions."""
    need_admin(person_of(request))
    parts, name = console(request), request.path_params["name"]
    disabled = form_of(request).is_ticked("disabled")
    await parts.accounts.set_disabled(name, disabled=disabled)
    if disabled:
        await parts.sessions.end_all(name)
    return go(request, "/accounts", notice="account_saved")


async def set_rights(request: Request) -> Response:
    """Changes role and department of an account."""
    need_admin(person_of(request))
    form = form_of(request)
    role = form.choice("role", Role, Role.VIEWER)
    accounts = console(request).accounts
    await accounts.set_rights(request.path_params["name"], role, form.text("department"))
    return go(request, "/accounts", notice="account_saved")


ROUTES = [
    Route("/accounts", index),
    Route("/accounts", create, methods=["POST"]),
    Route("/accounts/{name}/reset", reset, methods=["POST"]),
    Route("/accounts/{name}/disabled", set_disabled, methods=["POST"]),
    Route("/accounts/{name}/rights", set_rights, methods=["POST"]),
]
