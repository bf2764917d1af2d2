"""Streams that survive a restart of the service: connect, follow, connect again where it ended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from pathlib import Path
from typing import Any

import typer

from groundswell_cli.resources.connection import Peer, connected
from groundswell_core.errors import Exhausted, OutOfRange, Unavailable
from groundswell_core.retry import RetryPolicy

POLICY = RetryPolicy(initial_interval=0.5, maximum_interval=10.0)
_INTERRUPTED = 130  # the shell's exit code of Ctrl-C


async def follow(
    state: Path,
    peer: Peer,
    open_stream: Callable[[Any, bytes], Any],
    *,
    tell: Callable[[str], None] = lambda _: None,
) -> AsyncGenerator[Any, None]:
    """Yields a stream's messages for ever; open_stream gets the stub and the last resume token."""
    token, failures = b"", 0
    while True:
        try:
            async with connected(state, peer) as stub:
                async for message in open_stream(stub, token):
                    failures = 0
                    token = getattr(message, "resume_token", b"") or token
                    yield message
        except OutOfRange:
            token = b""  # what the token points at is no longer kept: the present state, then on
        except (Unavailable, Exhausted) as error:
            if not failures:
                tell(f"{error.message}; trying again")
        failures += 1
        await asyncio.sleep(POLICY.wait(failures))


def run_watch(work: Coroutine[Any, Any, None]) -> None:
    """Runs a watch until it ends or Ctrl-C is pressed."""
    try:
        asyncio.run(work)
    except KeyboardInterrupt:
        raise typer.Exit(_INTERRUPTED) from None
