"""The life of a service: signals, one task group, health, an orderly and bounded end."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Any, TypeVar, cast

from prometheus_client import start_http_server

from groundswell_core import __version__, rpc
from groundswell_core.clock import Clock, SystemClock
from groundswell_core.errors import GroundswellError, InvalidInput
from groundswell_core.log import configure_logging, get_logger
from groundswell_core.metrics import BUILD, READY
from groundswell_core.settings import MetricsSettings, ServiceSettings, load_settings
from groundswell_core.tokens import TokenSigner, TokenVerifier
from groundswell_core.trace import configure_tracing

log = get_logger(__name__)
T = TypeVar("T")
S = TypeVar("S", bound=ServiceSettings)
App = Callable[[S, "Service"], Awaitable[None]]

STOP_SECONDS = 25.0  # for everything together; then the process leaves anyway
HEARTBEAT_SECONDS = 60.0  # a loop that has not turned for so long is dead


class Heartbeat:
    """Beats once a turn of a loop; liveness is this, not the process being up."""

    def __init__(self) -> None:
        """Starts alive."""
        self._last = time.monotonic()

    def beat(self) -> None:
        """Says that the loop turned."""
        self._last = time.monotonic()

    def is_alive(self, *, within: float = HEARTBEAT_SECONDS) -> bool:
        """Tells whether the loop turned within so many seconds."""
        return time.monotonic() - self._last < within


class Service:
    """What app.py wires into: resources, tasks, health."""

    def __init__(
        self, name: str, settings: ServiceSettings, stack: AsyncExitStack, group: asyncio.TaskGroup
    ) -> None:
        """Is made by run."""
        self.name = name
        self.settings = settings
        self.clock: Clock = SystemClock()
        self.stopping = asyncio.Event()
        self.ready_checks: list[Callable[[], bool]] = []
        self._stack = stack
        self._group = group
        self._heartbeats: dict[str, Heartbeat] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self.server: rpc.RpcServer | None = None

    async def enter(self, resource: AbstractAsyncContextManager[T]) -> T:
        """Opens a resource; all are closed in reverse order at the end."""
        return await self._stack.enter_async_context(resource)

    def heartbeat(self, name: str) -> Heartbeat:
        """Returns the heartbeat of a loop; when one stops the service is no longer alive."""
        return self._heartbeats.setdefault(name, Heartbeat())

    def spawn(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Runs work until it ends; when it fails the process ends with a traceback.

        Work must end by itself soon after `stopping` is set.
        """
        self._tasks.append(self._group.create_task(work, name=name))

    def signer(self) -> TokenSigner:
        """Returns the signer of this service's own tokens; InvalidInput without a key file."""
        auth = self.settings.auth
        if auth.key_file is None:
            raise InvalidInput(
                "GROUNDSWELL_AUTH__KEY_FILE is not set: this service cannot prove who it is",
                reason="BAD_SETTINGS",
            )
        return TokenSigner.from_file(auth.key_file, self.name, lifetime=auth.token_lifetime)

    async def serve(
        self, servicers: Sequence[tuple[Callable[[Any, Any], None], Any, str]]
    ) -> rpc.RpcServer:
        """Serves gRPC; without a trust file every call is refused."""
        trust = self.settings.auth.trust_file
        verifier = TokenVerifier.from_file(trust, self.name) if trust else None
        self.server = await self.enter(
            rpc.serve(self.settings.rpc, servicers, verifier=verifier, tls=self.settings.tls)
        )
        log.info("serving", port=self.server.port, services=[name for _, _, name in servicers])
        return self.server

    async def watch_health(self) -> None:
        """Publishes liveness and readiness once a second."""
        while not self.stopping.is_set():
            alive = all(beat.is_alive() for beat in self._heartbeats.values())
            ready = alive and all(check() for check in self.ready_checks)
            READY.set(ready)
            if self.server is not None:
                await self.server.set_alive(alive)
                await self.server.set_ready(ready)
            await self.pause(1.0)
        READY.set(0)
        if self.server is not None:
            await self.server.set_ready(False)

    async def pause(self, seconds: float) -> None:
        """Waits so long, or until the service stops."""
        try:
            async with asyncio.timeout(seconds):
                await self.stopping.wait()
        except TimeoutError:
            return

    async def finish(self) -> None:
        """Waits for the stop, then for the tasks to end by themselves; cancels those that hang."""
        await self.stopping.wait()
        _, pending = (
            await asyncio.wait(self._tasks, timeout=STOP_SECONDS / 2) if self._tasks else ((), ())
        )
        for task in pending:
            log.warning("task did not end in time", task=task.get_name())
            task.cancel()


def run(kind: type[S], app: App[S], name: str) -> int:
    """Runs a service until SIGTERM or SIGINT; returns its exit code."""
    try:
        settings = load_settings(kind)
    except GroundswellError as error:
        print(error, file=sys.stderr)  # noqa: T201 - logging is not configured yet
        return 2
    configure_logging(name, level=settings.log.level, json=settings.log.json_lines)
    try:
        configure_tracing(settings.trace, name)
        asyncio.run(_run(settings, app, name))
    except BaseExceptionGroup as group:
        return max(_explain(error) for error in _leaves(group))
    except Exception as error:  # noqa: BLE001 - the last place: it goes to the log, whole
        return _explain(error)
    log.info("stopped")
    return 0


def _leaves(group: BaseExceptionGroup[BaseException]) -> list[BaseException]:
    found: list[BaseException] = []
    for error in group.exceptions:
        found += _leaves(error) if isinstance(error, BaseExceptionGroup) else [error]
    return found


def _explain(error: BaseException) -> int:
    """Logs why the service stops and returns its exit code: 1 for a named failure, 70 for a bug."""
    if isinstance(error, GroundswellError):
        log.error("stopped by an error", reason=error.reason, error=error.message)
        return 1
    log.critical("stopped by a bug", exc_info=error)
    return 70


async def _run(settings: S, app: App[S], name: str) -> None:
    BUILD.labels(name, __version__).set(1)
    _serve_metrics(settings.metrics)
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as group:
        # Entered last, so left first: tasks end before the resources they use are closed.
        service = Service(name, settings, stack, group)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, service.stopping.set)
        group.create_task(_bounded_end(service), name="bounded end")
        if await _wired(app(settings, service), service):
            log.info("started", version=__version__)
            group.create_task(service.watch_health(), name="health")
        await service.finish()


async def _wired(wiring: Awaitable[None], service: Service) -> bool:
    """Tells whether the wiring came to its end; a stop breaks off its waits, for a broker say."""
    this = cast("asyncio.Task[None]", asyncio.current_task())
    watcher = asyncio.create_task(service.stopping.wait())

    def break_off(_: object) -> None:
        this.cancel()

    watcher.add_done_callback(break_off)
    try:
        await wiring
    except asyncio.CancelledError:
        if not service.stopping.is_set() or this.uncancel():
            raise
        log.info("stopped before it had started")
        return False
    finally:
        watcher.remove_done_callback(break_off)
        watcher.cancel()
    return True


def _serve_metrics(settings: MetricsSettings) -> None:
    try:
        server, _ = start_http_server(settings.port, addr=settings.host)
    except OSError as error:
        raise InvalidInput(
            f"cannot serve metrics on {settings.host}:{settings.port}: {error.strerror}; "
            "choose GROUNDSWELL_METRICS__PORT",
            reason="PORT_TAKEN",
        ) from error
    log.info("serving metrics", port=server.server_port)


async def _bounded_end(service: Service) -> None:
    """Leaves the process hard when the end takes too long, also the end after a failure."""
    try:
        await service.stopping.wait()
    finally:
        # A thread of its own: a loop that hangs would not wake it.
        timer = threading.Timer(STOP_SECONDS, _leave)
        timer.daemon = True
        timer.start()


def _leave() -> None:
    log.critical("the end took too long; leaving")
    os._exit(75)
