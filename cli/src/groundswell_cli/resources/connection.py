"""Calls of the running services, made as the operator of the state folder."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from google.protobuf.message import Message

from groundswell_cli.keys import operator_signer
from groundswell_cli.settings import UpSettings
from groundswell_cli.state import StateFolder
from groundswell_core.errors import FailedPrecondition, InvalidInput, Unavailable
from groundswell_core.rpc import connect_peer, translate
from groundswell_core.settings import load_settings
from groundswell_core.tokens import Identity, Role

OPERATOR = Identity("operator", Role.ADMIN)
_TIMEOUT = 30.0  # seconds of one call; a dry run of a source takes up to 20
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Peer:
    """A gRPC service and the process that serves it."""

    process: str
    stub: Callable[[Any], Any]


@asynccontextmanager
async def connected(state: Path, peer: Peer) -> AsyncIterator[Any]:
    """Yields a stub of the peer that runs on a state folder."""
    folder = StateFolder(state)
    address = address_of(folder, peer.process)
    channel = connect_peer(
        address,
        audience=peer.process,
        signer=operator_signer(folder),
        identify=lambda: OPERATOR,
        tls=load_settings(UpSettings).tls,
        timeout=_TIMEOUT,
    )
    async with channel as opened:
        with explained(peer.process, address):
            yield peer.stub(opened)


def address_of(folder: StateFolder, process: str) -> str:
    """Returns where a process listens; raises FailedPrecondition when nothing runs."""
    if folder.holder() is None:
        raise FailedPrecondition(
            f"nothing runs on {folder.path}; start it with `groundswell up`, "
            "or name another folder with --state",
            reason="NOT_RUNNING",
        )
    return str(getattr(folder.read_run().peers(), process))


@contextmanager
def explained(process: str, address: str) -> Iterator[None]:
    """Turns a call's status into a failure of the tree, with the cure where nobody answered."""
    try:
        yield
    except grpc.aio.AioRpcError as error:
        failure = translate(error)
        # Only a status that a server sent has trailing metadata.
        if isinstance(failure, Unavailable) and not error.trailing_metadata():
            failure = _silent(process, address)
        raise failure from None


def _silent(process: str, address: str) -> Unavailable:
    return Unavailable(
        f"the {process} does not answer at {address}; `groundswell doctor` explains what is wrong"
    )


def ask(state: Path, peer: Peer, call: Callable[[Any], Awaitable[Any]]) -> Any:
    """Returns what a call of a peer's stub answers."""

    async def work() -> Any:
        async with connected(state, peer) as stub:
            return await call(stub)

    return asyncio.run(work())


def send(state: Path, peer: Peer, method: str, request: Any) -> Any:
    """Returns what one method of a peer answers to one request."""
    return ask(state, peer, lambda stub: getattr(stub, method)(request))


async def collect(method: Any, request: Any, field: str, limit: int) -> list[Any]:
    """Returns up to limit items of a paged list."""
    items: list[Any] = []
    while len(items) < limit:
        request.page_size = min(_PAGE, limit - len(items))
        page: Message = await method(request)
        items += getattr(page, field)
        request.page_token = getattr(page, "next_page_token", "")
        if not request.page_token:
            break
    return items[:limit]


def full_name(given: str, collection: str) -> str:
    """Returns collection/id of an id or a full name."""
    return given if "/" in given else f"{collection}/{given}"


async def find_name(given: str, collection: str, items: Callable[[], Awaitable[list[Any]]]) -> str:
    """Returns the full name of an id's beginning; what nothing begins with stays as it is."""
    name = full_name(given, collection)
    if len(name) - len(collection) > 16:
        return name
    found = [item.name for item in await items() if item.name.startswith(name)]
    if len(found) > 1 and name not in found:
        raise InvalidInput(
            f'"{given}" begins {len(found)} of the {collection}; type more of it',
            reason="AMBIGUOUS",
        )
    return found[0] if len(found) == 1 else name
