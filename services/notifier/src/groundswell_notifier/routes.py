"""The routing in force: read at start, looked at again for changes; a bad file changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from groundswell_core.errors import InvalidInput
from groundswell_core.log import get_logger
from groundswell_notifier.metrics import ROUTES_GOOD
from groundswell_notifier.receivers import Receiver, build_receivers
from groundswell_notifier.routes_file import read_routes
from groundswell_notifier.routing import Route, build
from groundswell_notifier.settings import NotifierSettings

log = get_logger(__name__)


class Routes:
    """The tree and the receivers, swapped as one."""

    def __init__(self, settings: NotifierSettings) -> None:
        """Reads the file; raises InvalidInput when it is bad: a first start needs a good one."""
        self._settings = settings
        self._stamp = _stamp(settings.routes_file)
        self.tree: Route
        self._receivers: dict[str, Receiver] = {}
        self._retired: list[Receiver] = []
        self._take()

    def _take(self) -> None:
        file = read_routes(self._settings.routes_file)
        receivers = build_receivers(file, self._settings)
        self.tree, old = build(file), self._receivers
        self._receivers = receivers
        self._retired.extend(old.values())
        ROUTES_GOOD.set(1)

    def receiver(self, name: str) -> Receiver:
        """Returns a receiver; one that the file no longer has stays silent."""
        return self._receivers.get(name) or Receiver(name=name)

    async def reload(self) -> bool:
        """Takes the file over when it changed; a bad one leaves the old in force and is reported."""
        stamp = _stamp(self._settings.routes_file)
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        try:
            self._take()
        except InvalidInput as error:
            ROUTES_GOOD.set(0)
            log.warning("routing tree is bad; the old one stays in force", why=error.message)
            return False
        log.info("routing tree taken over", receivers=len(self._receivers))
        return True

    async def __aenter__(self) -> Self:
        """Opens nothing: receivers connect when they first send."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Closes the connections of every receiver there ever was."""
        for receiver in (*self._retired, *self._receivers.values()):
            for integration in receiver.integrations:
                await integration.close()


def _stamp(path: Path | None) -> tuple[int, int]:
    """Returns what changes when a file is written; a file that is gone has its own stamp."""
    try:
        stat = path.stat() if path else None
    except OSError:
        return (0, -1)
    return (stat.st_mtime_ns, stat.st_size) if stat else (0, 0)
