"""Alerts and notifications, asked of the notifier."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from groundswell.alert.v1 import alert_service_pb2 as pb2
from groundswell.alert.v1 import alert_service_pb2_grpc as pb2_grpc
from groundswell_console.clients.peer import Page, Peer
from groundswell_core import rpc
from groundswell_core.alerts import ALERTS, NOTIFICATIONS, Alert, AlertState, Notification
from groundswell_core.grades import Level


class Alerts:
    """Reads, follows and answers alerts."""

    def __init__(self, peer: Peer) -> None:
        """Takes the notifier."""
        self._peer = peer
        self._stub: Any = pb2_grpc.AlertServiceStub(peer.channel)

    async def get(self, name: str) -> Alert:
        """Returns an alert."""
        request = pb2.GetAlertRequest(name=name)
        return ALERTS.from_proto((await self._peer.ask(self._stub.GetAlert, request)).alert)

    async def list(
        self,
        *,
        state: AlertState = AlertState.UNSPECIFIED,
        minimum_level: Level = Level.UNSPECIFIED,
        monitor: str = "",
        story: str = "",
        size: int = 50,
        token: str = "",
    ) -> Page[Alert]:
        """Returns a page of alerts: firing first, then the highest level, then the newest."""
        request = pb2.ListAlertsRequest(
            state=int(state),  # type: ignore[arg-type]
            minimum_level=int(minimum_level),  # type: ignore[arg-type]
            monitor=monitor,
            story=story,
            page_size=size,
            page_token=token,
        )
        answer = await self._peer.ask(self._stub.ListAlerts, request)
        return Page(tuple(map(ALERTS.from_proto, answer.alerts)), answer.next_page_token)

    async def acknowledge(self, name: str, comment: str) -> Alert:
        """Records that the person took note."""
        request = pb2.AcknowledgeAlertRequest(name=name, comment=comment)
        return ALERTS.from_proto((await self._peer.ask(self._stub.AcknowledgeAlert, request)).alert)

    async def notifications(self, alert: str) -> Page[Notification]:
        """Returns what was sent of an alert, newest first."""
        request = pb2.ListNotificationsRequest(alert=alert, page_size=100)
        answer = await self._peer.ask(self._stub.ListNotifications, request)
        found = tuple(map(NOTIFICATIONS.from_proto, answer.notifications))
        return Page(found, answer.next_page_token)

    async def watch(self, token: bytes) -> AsyncIterator[pb2.WatchAlertsResponse]:
        """Yields the stream's messages from a token on; failures are of the tree."""
        call = self._stub.WatchAlerts(pb2.WatchAlertsRequest(resume_token=token))
        try:
            with rpc.translated():
                async for message in call:
                    yield message
        finally:
            call.cancel()
