"""What the active notifier does turn by turn: log, expire, wake groups, send. A standby rests."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from groundswell_core.clock import Clock
from groundswell_core.errors import Aborted, Unavailable
from groundswell_core.kafka import Reader
from groundswell_core.log import get_logger
from groundswell_core.service import Heartbeat, Service
from groundswell_notifier.delivery import Delivery
from groundswell_notifier.dispatch import Dispatcher
from groundswell_notifier.groups import Group, GroupStore
from groundswell_notifier.pipeline import Pipeline
from groundswell_notifier.revisions import RevisionLog
from groundswell_notifier.routes import Routes
from groundswell_notifier.settings import WatchSettings

log = get_logger(__name__)

CLAIM_LEASE = timedelta(seconds=30)
PRUNE_SECONDS = 600.0
EXPIRY_SECONDS = 2.0  # between looks for alerts whose end has passed
_GROUPS_A_TURN = 200  # then sending has its turn
_LANES = 8  # groups that are decided at once: each step waits for MongoDB


class Duty:
    """The timers of the active notifier; all their state is in MongoDB."""

    def __init__(
        self,
        *,
        dispatcher: Dispatcher,
        groups: GroupStore,
        pipeline: Pipeline,
        delivery: Delivery,
        clock: Clock,
        expiry_grace: float,
    ) -> None:
        """Takes expiry_grace in seconds: senders get so long to speak up after a take-over."""
        self._dispatcher = dispatcher
        self._groups = groups
        self._pipeline = pipeline
        self._delivery = delivery
        self._clock = clock
        self._expiry_grace = expiry_grace
        self._since: float | None = None
        self._takes_over = False
        self._looked = -EXPIRY_SECONDS

    async def take_over(self) -> None:
        """Notes that this process became the active one."""
        self._since = self._clock.monotonic()
        self._takes_over = True

    async def turn(self) -> None:
        """Does what is due now: decides, then sends."""
        await self.decide()
        await self.send()

    async def decide(self) -> None:
        """Logs, expires, and writes down what groups are to be told."""
        if self._takes_over:
            await self._dispatcher.reroute()
            self._takes_over = False
        if self._may_expire():
            await self._dispatcher.expire()
        await self._dispatcher.publish()
        await self._wake_groups()

    def _may_expire(self) -> bool:
        """Tells whether senders had their time, and some has passed since the last look."""
        now = self._clock.monotonic()
        if self._since is None or now - self._since < self._expiry_grace:
            return False
        if now - self._looked < EXPIRY_SECONDS:
            return False
        self._looked = now
        return True

    async def send(self) -> int:
        """Begins to send what was written down; returns how many."""
        return await self._delivery.turn()

    async def finish(self) -> None:
        """Waits for the tries that are under way."""
        await self._delivery.drain()

    async def reroute(self) -> None:
        """Regroups what fires after the routing tree changed."""
        self._takes_over = True

    async def _wake_groups(self) -> None:
        for _ in range(_GROUPS_A_TURN // _LANES):
            groups = await self._due_groups()
            ends = await asyncio.gather(*map(self._pipeline.notify, groups), return_exceptions=True)
            for failure in (end for end in ends if isinstance(end, BaseException)):
                raise failure
            if len(groups) < _LANES:
                return

    async def _due_groups(self) -> list[Group]:
        groups: list[Group] = []
        while len(groups) < _LANES:
            group = await self._groups.claim(self._clock.now(), CLAIM_LEASE)
            if group is None:
                break
            groups.append(group)
        return groups


async def keep_duty(
    duty: Duty, reader: Reader, service: Service, heartbeat: Heartbeat, every: float
) -> None:
    """Decides until the service stops, while the alerts topic is ours; a bad moment is waited out."""
    while not service.stopping.is_set():
        heartbeat.beat()
        try:
            if reader.is_active:
                await duty.decide()
        except (Unavailable, Aborted) as error:
            log.warning("duty waits: what is due is done next turn", why=str(error))
            await service.pause(1.0)
        await service.pause(every)


async def keep_sending(
    duty: Duty, reader: Reader, service: Service, heartbeat: Heartbeat, every: float
) -> None:
    """Sends on a rhythm of its own, so that many groups to decide on delay nothing decided."""
    while not service.stopping.is_set():
        heartbeat.beat()
        begun = 0
        try:
            if reader.is_active:
                begun = await duty.send()
        except (Unavailable, Aborted) as error:
            log.warning("sending waits: what is due is sent next turn", why=str(error))
            await service.pause(1.0)
        if not begun:
            await service.pause(every)
    await duty.finish()


async def keep_routes(routes: Routes, duty: Duty, service: Service, every: float) -> None:
    """Looks at the routing tree until the service stops."""
    while not service.stopping.is_set():
        if await routes.reload():
            await duty.reroute()
        await service.pause(every)


async def keep_history(revisions: RevisionLog, service: Service, settings: WatchSettings) -> None:
    """Removes revisions past both limits until the service stops."""
    while not service.stopping.is_set():
        try:
            removed = await revisions.prune(
                keep=settings.history_revisions,
                younger_than=timedelta(hours=settings.history_hours),
            )
            if removed:
                log.info("history pruned", revisions=removed)
        except Unavailable as error:
            log.warning("history not pruned now", why=str(error))
        await service.pause(PRUNE_SECONDS)
