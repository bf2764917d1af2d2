"""The notifier's gRPC surface."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from groundswell.alert.v1 import alert_service_pb2 as pb
from groundswell.alert.v1 import alert_service_pb2_grpc
from groundswell_core.alerts import ALERTS, NOTIFICATIONS, AlertState
from groundswell_core.errors import InvalidInput, NotFound
from groundswell_core.names import parse_name
from groundswell_core.pages import decode_token, encode_token, page_size
from groundswell_core.rpc import caller
from groundswell_notifier.book import AlertBook
from groundswell_notifier.held import FIRING_RANK, RESOLVED_RANK, Held
from groundswell_notifier.notification_log import NotificationLog
from groundswell_notifier.routes import Routes
from groundswell_notifier.watch import Watch

_RANKS = {AlertState.FIRING: FIRING_RANK, AlertState.RESOLVED: RESOLVED_RANK}
_COMMENT_LENGTH = 4000


class AlertService(alert_service_pb2_grpc.AlertServiceServicer):
    """Answers about alerts and streams them."""

    def __init__(
        self, *, book: AlertBook, notifications: NotificationLog, routes: Routes, watch: Watch
    ) -> None:
        """Takes the stores and the routing in force."""
        self._book = book
        self._notifications = notifications
        self._routes = routes
        self._watch = watch

    async def GetAlert(self, request: pb.GetAlertRequest, context: Any) -> pb.GetAlertResponse:  # noqa: N802 - gRPC's name
        """Answers one alert."""
        held = await self._visible(request.name)
        return pb.GetAlertResponse(alert=ALERTS.to_proto(held.alert))

    async def _visible(self, name: str) -> Held:
        """Returns an alert; another department's is not there."""
        held = await self._book.get(parse_name(name, "alerts"))
        department = caller().department
        if department and held.department != department:
            raise NotFound(f"there is no alert {name}", name=name)
        return held

    async def ListAlerts(  # noqa: N802 - gRPC's name
        self, request: pb.ListAlertsRequest, context: Any
    ) -> pb.ListAlertsResponse:
        """Lists alerts, firing first, then highest level, then newest."""
        size, bound = page_size(request.page_size), _bound(request)
        skip = decode_token(bound, request.page_token)
        found = await self._book.find(_alert_filter(request), limit=size + 1, skip=skip)
        return pb.ListAlertsResponse(
            alerts=[ALERTS.to_proto(held.alert) for held in found[:size]],
            next_page_token=encode_token(bound, skip + size) if len(found) > size else "",
        )

    async def WatchAlerts(  # noqa: N802 - gRPC's name
        self, request: pb.WatchAlertsRequest, context: Any
    ) -> AsyncIterator[pb.WatchAlertsResponse]:
        """Follows alerts until the caller leaves."""
        async for response in self._watch.watch(request, caller()):
            yield response

    async def AcknowledgeAlert(  # noqa: N802 - gRPC's name
        self, request: pb.AcknowledgeAlertRequest, context: Any
    ) -> pb.AcknowledgeAlertResponse:
        """Records who took note first."""
        if len(request.comment) > _COMMENT_LENGTH:
            raise InvalidInput(
                f"comment has {len(request.comment)} characters; at most {_COMMENT_LENGTH}",
                reason="COMMENT_TOO_LONG",
            )
        held = await self._visible(request.name)
        held = await self._book.acknowledge(held.id, caller().subject, request.comment)
        return pb.AcknowledgeAlertResponse(alert=ALERTS.to_proto(held.alert))

    async def ListNotifications(  # noqa: N802 - gRPC's name
        self, request: pb.ListNotificationsRequest, context: Any
    ) -> pb.ListNotificationsResponse:
        """Lists notifications, newest first."""
        size, bound = page_size(request.page_size), _bound(request)
        skip = decode_token(bound, request.page_token)
        found = await self._notifications.find(
            await self._notification_filter(request), limit=size + 1, skip=skip
        )
        return pb.ListNotificationsResponse(
            notifications=[NOTIFICATIONS.to_proto(one) for one in found[:size]],
            next_page_token=encode_token(bound, skip + size) if len(found) > size else "",
        )

    async def _notification_filter(self, request: pb.ListNotificationsRequest) -> dict[str, Any]:
        where: dict[str, Any] = {}
        if request.alert:
            where["alerts"] = (await self._visible(request.alert)).alert.name
        elif department := caller().department:
            where["departments"] = [department]
        if request.receiver:
            where["receiver"] = request.receiver
        return where

    async def TestRoute(self, request: pb.TestRouteRequest, context: Any) -> pb.TestRouteResponse:  # noqa: N802 - gRPC's name
        """Says which receivers an alert with such labels would reach, and why."""
        return pb.TestRouteResponse(
            matches=[
                pb.RouteMatch(
                    receiver=route.receiver,
                    path=route.path,
                    group_by=route.group_by,
                    group_wait_seconds=route.group_wait.total_seconds(),
                    group_interval_seconds=route.group_interval.total_seconds(),
                    repeat_interval_seconds=route.repeat_interval.total_seconds(),
                )
                for route in self._routes.tree.match(dict(request.labels))
            ]
        )


def _bound(request: Any) -> str:
    """Returns what a page token is bound to: the request without its page, and the caller's view."""
    copy = type(request)()
    copy.CopyFrom(request)
    copy.page_token, copy.page_size = "", 0
    return f"{caller().department} {copy.SerializeToString(deterministic=True).hex()}"


def _alert_filter(request: pb.ListAlertsRequest) -> dict[str, Any]:
    where: dict[str, Any] = {}
    if department := caller().department:
        where["department"] = department
    # Both named, not left out: so the index that is sorted for the list serves either way.
    where["exercise"] = {"$in": [False, True]} if request.include_exercises else False
    if request.state:
        where["rank"] = _rank(request.state)
    if request.minimum_level:
        where["level"] = {"$gte": int(request.minimum_level)}
    if request.monitor:
        where["monitor"] = request.monitor
    if request.story:
        where["story"] = request.story
    return where


def _rank(state: int) -> int:
    try:
        return _RANKS[AlertState(state)]
    except (KeyError, ValueError):
        raise InvalidInput(f"state {state} is none", reason="BAD_STATE") from None
