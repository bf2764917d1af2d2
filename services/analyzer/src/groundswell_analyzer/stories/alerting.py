"""Sends alerts from the stories' records: new versions at once, the present state again and again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from groundswell_analyzer.metrics import ALERTS_SENT
from groundswell_analyzer.stories.open_story import OpenStory
from groundswell_core.alerts import Alert, AlertState

FIRST_REPEAT = timedelta(minutes=1)  # after the end; then twice as long each time
REPEATS_FOR = timedelta(hours=24)


class Publisher(Protocol):
    """Sends alerts."""

    async def publish(self, alerts: Sequence[Alert]) -> None:
        """Returns when they are acknowledged."""
        ...


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent last of an alert, and when it is due again; None: never."""

    version: int
    alert: Alert
    due: datetime | None


class Outbox:
    """Every alert of the stories in memory, and when each is to be sent again."""

    def __init__(self, publisher: Publisher, *, interval: timedelta, hold: timedelta) -> None:
        """Takes interval: between sendings of a firing alert; hold: how long one fires unsent."""
        self._publisher = publisher
        self._interval = interval
        self._hold = hold
        self._sent: dict[str, Sent] = {}
        self._left: set[str] = set()  # alerts of stories that left memory

    def remember(self, story: OpenStory, now: datetime) -> None:
        """Takes over the alerts of a stored story: all are due, as nobody knows what arrived."""
        for box in story.alerts.values():
            is_over = self._next(box.alert, now) is None
            self._sent[box.alert.name] = Sent(
                box.alert.version, box.alert, None if is_over else now
            )

    def forget(self, story: OpenStory) -> None:
        """Drops the alerts of a story that leaves memory, once their end was told for long enough."""
        self._left.update(box.alert.name for box in story.alerts.values())

    async def send(self, stories: Iterable[OpenStory], now: datetime) -> None:
        """Sends the alerts of stories that are new, and all that are due."""
        alerts = self.due(stories, now)
        await self._publisher.publish(alerts)
        self.note_sent(alerts, now)

    def due(self, stories: Iterable[OpenStory], now: datetime) -> list[Alert]:
        """Returns what is to be sent now, the end of firing alerts pushed forward."""
        new = {
            box.alert.name: box.alert
            for story in stories
            for box in story.alerts.values()
            if self._is_new(box.alert)
        }
        again = [
            sent.alert
            for name, sent in self._sent.items()
            if name not in new and sent.due is not None and sent.due <= now
        ]
        return [self._pushed(alert, now) for alert in (*new.values(), *again)]

    def note_sent(self, alerts: Iterable[Alert], now: datetime) -> None:
        """Notes that alerts were sent, and when each is due again."""
        for alert in alerts:
            self._sent[alert.name] = Sent(alert.version, alert, self._next(alert, now))
            ALERTS_SENT.labels(alert.state.name).inc()
        self._drop_left()

    def _drop_left(self) -> None:
        for name in [one for one in self._left if self._is_told(one)]:
            self._sent.pop(name, None)
            self._left.discard(name)

    def _is_told(self, name: str) -> bool:
        sent = self._sent.get(name)
        return sent is None or sent.due is None

    def _is_new(self, alert: Alert) -> bool:
        sent = self._sent.get(alert.name)
        return sent is None or sent.version != alert.version

    def _pushed(self, alert: Alert, now: datetime) -> Alert:
        """Returns a firing alert with its end pushed forward; it ends by itself when we die."""
        if alert.state is AlertState.FIRING:
            return replace(alert, end_time=now + self._hold)
        return alert

    def _next(self, alert: Alert, now: datetime) -> datetime | None:
        if alert.state is AlertState.FIRING:
            return now + self._interval
        ended = alert.end_time or now
        since = now - ended
        if since > REPEATS_FOR:
            return None
        return now + max(since, FIRST_REPEAT)
