"""A service as small as can be, for test_service.py: its first argument says how it ends."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from groundswell_core import service as life
from groundswell_core.errors import InvalidInput
from groundswell_core.log import get_logger
from groundswell_core.service import Service, run
from groundswell_core.settings import ServiceSettings

log = get_logger(__name__)


@asynccontextmanager
async def resource(name: str) -> AsyncIterator[None]:
    log.info("opened", resource=name)
    try:
        yield
    finally:
        log.info("closed", resource=name)


async def work(service: Service) -> None:
    heartbeat = service.heartbeat("work")
    while not service.stopping.is_set():
        heartbeat.beat()
        await service.pause(0.05)
    if sys.argv[1] == "blocked":
        threading.Event().wait(60)  # the fault itself: a loop that hangs at its end
    log.info("work ended")


async def refuse() -> None:
    raise InvalidInput("the third key is missing; add it", reason="NO_KEY")


async def forever(*, stubborn: bool) -> None:
    while True:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            log.info("cancelled")
            if not stubborn:
                raise


async def app(settings: ServiceSettings, service: Service) -> None:
    how = sys.argv[1]
    await service.enter(resource("first"))
    await service.enter(resource("second"))
    if how == "never wired":
        log.info("waiting")
        await asyncio.Event().wait()
    if how == "broken wiring":
        raise InvalidInput("the file is missing; make it", reason="NO_FILE")
    if how in {"hanging", "stubborn"}:
        service.spawn("hanging", forever(stubborn=how == "stubborn"))
    if how == "bug":
        service.spawn("bug", asyncio.to_thread(divmod, 1, 0))
    if how == "refused":
        service.spawn("refused", refuse())
    service.spawn("work", work(service))
    await service.serve([])


if __name__ == "__main__":
    life.STOP_SECONDS = 2.0  # tests need not wait as long as people
    sys.exit(run(ServiceSettings, app, "small"))
