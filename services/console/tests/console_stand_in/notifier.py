"""The notifier's service over the world."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

from console_stand_in.analyzer import cut, found
from console_stand_in.world import World
from groundswell.alert.v1 import alert_service_pb2 as alert_pb2
from groundswell.alert.v1 import alert_service_pb2_grpc as alert_grpc
from groundswell_core.alerts import ALERTS, NOTIFICATIONS, Alert
from groundswell_core.errors import OutOfRange
from groundswell_core.rpc import caller


class Alerts(alert_grpc.AlertServiceServicer):
    def __init__(self, world: World) -> None:
        self.world = world
        self.log: list[Alert] = []
        self.changed = asyncio.Condition()
        self.lost_history = 0
        self.stopping = asyncio.Event()

    async def publish(self, alert: Alert) -> None:
        self.world.alerts[alert.name] = alert
        self.log.append(alert)
        async with self.changed:
            self.changed.notify_all()

    async def GetAlert(self, request, context):
        alert = found(self.world.alerts, request.name)
        return alert_pb2.GetAlertResponse(alert=ALERTS.to_proto(alert))

    async def ListAlerts(self, request, context):
        alerts = [
            alert
            for alert in self.world.alerts.values()
            if (not request.state or alert.state == request.state)
            and (not request.minimum_level or alert.grade.level >= request.minimum_level)
            and request.monitor in ("", alert.monitor)
            and request.story in ("", alert.story)
        ]
        alerts.sort(key=lambda alert: (alert.state, -alert.grade.level))
        page, token = cut(alerts, request)
        return alert_pb2.ListAlertsResponse(
            alerts=map(ALERTS.to_proto, page), next_page_token=token
        )

    async def WatchAlerts(self, request, context):
        kind = alert_pb2.WatchAlertsResponse
        position = int(request.resume_token or b"0")
        if request.resume_token and position < self.lost_history:
            raise OutOfRange("the token is too old", reason="RESUME_TOKEN_EXPIRED")
        if not request.resume_token:
            position = len(self.log)
            for alert in self.world.alerts.values():
                yield kind(event=alert_pb2.AlertEvent(alert=ALERTS.to_proto(alert)))
            token = str(position).encode()
            yield kind(
                snapshot_end=alert_pb2.SnapshotEnd(), resume_token=token, revision=position + 1
            )
        while not self.stopping.is_set():
            while position < len(self.log):
                alert, position = self.log[position], position + 1
                event = alert_pb2.AlertEvent(alert=ALERTS.to_proto(alert))
                yield kind(event=event, resume_token=str(position).encode(), revision=position + 1)
            yield kind(
                bookmark=alert_pb2.Bookmark(),
                resume_token=str(position).encode(),
                revision=position + 1,
            )
            await self._next()

    async def _next(self) -> None:
        try:
            async with asyncio.timeout(1), self.changed:
                await self.changed.wait()
        except TimeoutError:
            return

    async def AcknowledgeAlert(self, request, context):
        alert = found(self.world.alerts, request.name)
        if alert.acknowledge_time is None:
            alert = replace(
                alert, acknowledge_time=datetime.now(UTC), acknowledged_by=caller().subject
            )
            await self.publish(alert)
        return alert_pb2.AcknowledgeAlertResponse(alert=ALERTS.to_proto(alert))

    async def ListNotifications(self, request, context):
        sent = [one for one in self.world.notifications if request.alert in one.alerts]
        return alert_pb2.ListNotificationsResponse(notifications=map(NOTIFICATIONS.to_proto, sent))
